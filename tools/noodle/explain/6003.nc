$ noodle node
error 6003: message frame holds another type
