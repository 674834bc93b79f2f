$ noodle node
error 6026: a datagram of 2000 bytes is too large; the limit is 1332
