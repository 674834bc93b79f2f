$ noodle run app.nc
error 1892: no cluster
