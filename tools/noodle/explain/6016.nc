$ noodle node
error 6016: the link to 10.0.0.7:7700 was closed by the peer
