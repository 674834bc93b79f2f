$ noodle node
error 6133: 65536 names of this node are the limit
