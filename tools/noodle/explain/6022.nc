$ noodle node
error 6022: the link to 77ab... exists already
