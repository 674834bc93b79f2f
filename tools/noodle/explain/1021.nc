$ noodle run very_broken.nc
error 1021: too many errors; the first 20 are shown
