$ noodle token show --ca ca token.txt
error 8023: token 3f0c... of alice was revoked
