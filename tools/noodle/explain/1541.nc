$ noodle run receiver.nc
error 1541: message holds `geometry.Point`, which this module does not know
