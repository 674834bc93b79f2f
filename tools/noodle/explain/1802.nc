$ noodle run endless.nc
^C
error 1802: process was killed
