$ noodle node
error 5001: run 7 exists already
