$ noodle run app.nc
error 1613: argument not accepted: the pattern `[a-` is not a regular expression
