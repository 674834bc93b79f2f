$ noodle node
error 6131: name is empty
