$ noodle build generated.nc
error 1169: function `main` has 41 000 words of code; the limit is 32 000
