$ noodle node
error 6100: membership message from 10.0.0.7: 12 bytes are not a whole number of 8-byte words
