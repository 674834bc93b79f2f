$ noodle run old.nc
error 1165: assignment has no value here
