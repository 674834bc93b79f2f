$ noodle node
error 5017: a value of 20971520 bytes is too large for the store; the limit is 16777216
