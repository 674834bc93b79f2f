$ noodle run --config vm.toml app.nc
error 7011: vm.toml:2: unknown key `vm.wokers`; did you mean `vm.workers`?
