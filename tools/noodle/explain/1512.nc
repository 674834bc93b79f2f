$ noodle verify hostile.nbc
error 1512: byte code: types do not agree
