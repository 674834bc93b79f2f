$ noodle node --config node.toml
error 6106: probe_timeout (300 ms) has to be below probe_interval (200 ms)
