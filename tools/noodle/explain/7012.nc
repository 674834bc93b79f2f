$ noodle run --config vm.toml app.nc
error 7012: vm.toml:2: `vm.workers` must be 0 to 1024, not 5000
