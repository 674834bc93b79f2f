$ noodle run helo.nc
error 7001: no such file: `helo.nc`
