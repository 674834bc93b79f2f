$ noodle run latin1.nc
error 1007: source is not valid UTF-8
