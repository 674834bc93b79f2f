$ noodle build generated.nc
error 1164: function `main` needs 312 scalar registers; the limit is 250
