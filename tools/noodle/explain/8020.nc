$ noodle token show abc
error 8020: not a token: 1 of 3 parts
