$ noodle node
error 6201: the actor is down
