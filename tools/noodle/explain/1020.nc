$ noodle run seventeen_megabytes.nc
error 1020: source file is too large
