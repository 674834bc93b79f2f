$ noodle token show --ca ca token.txt
error 8021: no key of this cluster has signed the token
