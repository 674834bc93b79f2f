$ noodle node
error 6101: datagram of 2048 bytes is over the limit of 1400 bytes
