$ noodle verify hostile.nbc
error 1511: byte code: branch target invalid
