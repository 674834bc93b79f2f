$ noodle shell
alpha> :kill beta/77
error 6204: node beta has no actor 77
