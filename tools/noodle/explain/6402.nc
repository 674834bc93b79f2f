$ noodle node --config node.toml
error 6402: `greeter.so` was built with noodle 0.1.0 00e46faa2a3b6f02, this is noodle 0.1.0 51d3f1d1e7c2a9b4
