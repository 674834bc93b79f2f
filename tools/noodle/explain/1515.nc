$ noodle verify hostile.nbc
error 1515: byte code: exception handler invalid
