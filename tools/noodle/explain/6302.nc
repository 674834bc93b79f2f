$ noodle shell
error 6302: node alpha has 100 sessions
