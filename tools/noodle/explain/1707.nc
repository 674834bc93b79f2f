$ noodle run app.nc
error 1707: message too large
