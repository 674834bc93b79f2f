$ noodle verify hostile.nbc
error 1510: byte code: operand out of range
