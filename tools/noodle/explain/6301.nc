$ noodle shell
error 6301: the session was ended by the node, which stops
