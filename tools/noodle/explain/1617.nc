$ noodle run app.nc
error 1617: text is not valid UTF-8 or not of the expected form
