$ noodle node --config node.toml
error 6103: label `rack` has a value of 300 bytes, at most 128
