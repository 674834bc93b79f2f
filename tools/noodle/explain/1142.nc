$ noodle run returns_outside.nc
error 1142: `return` outside a function
