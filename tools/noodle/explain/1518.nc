$ noodle verify hostile.nbc
error 1518: byte code: type table invalid
