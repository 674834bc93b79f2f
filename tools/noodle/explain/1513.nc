$ noodle verify hostile.nbc
error 1513: byte code: register read before it is set
