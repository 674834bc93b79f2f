$ noodle run receiver.nc
error 1540: message image is malformed
