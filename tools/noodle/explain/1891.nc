$ noodle run --allow fs.read app.nc
error 1891: cannot read `/nowhere`: no such file or directory
