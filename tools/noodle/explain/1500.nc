$ noodle run picture.png.nbc
error 1500: not an NBC file
