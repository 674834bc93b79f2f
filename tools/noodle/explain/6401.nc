$ noodle node --config node.toml
error 6401: `greeter.so`: No such file or directory
