$ noodle nodes
error 6019: cannot connect to 10.0.0.7:7700: Connection refused
