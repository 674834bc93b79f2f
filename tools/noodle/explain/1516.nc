$ noodle verify hostile.nbc
error 1516: byte code: limit exceeded
