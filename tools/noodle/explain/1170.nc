$ noodle build generated.nc
error 1170: `Big` has 251 fields; the limit is 250
