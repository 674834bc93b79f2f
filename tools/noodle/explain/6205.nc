$ noodle node
error 6205: a message of type `int` cannot go to node beta
