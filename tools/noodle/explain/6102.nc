$ noodle node
error 6102: datagram of kind 9 from node 4f21…: this node knows kinds 0 to 4
