$ noodle run --config vm.toml app.nc
error 7010: vm.toml:2:9: expected a value
