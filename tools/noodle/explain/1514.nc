$ noodle verify hostile.nbc
error 1514: byte code: code runs past its end
