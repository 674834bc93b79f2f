$ noodle shell
error 6207: node beta was declared dead
