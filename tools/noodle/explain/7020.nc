$ noodle rnu hello.nc
error 7020: no such command: `rnu`; did you mean `noodle run`?
