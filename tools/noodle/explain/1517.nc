$ noodle verify hostile.nbc
error 1517: byte code: signatures do not agree
