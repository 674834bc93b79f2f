$ noodle run --time-limit 1s endless.nc
error 1709: time limit reached
