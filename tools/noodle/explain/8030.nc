$ noodle node --config cluster.toml
error 8030: policy.toml:4:1: unknown key `role`; did you mean `roles`?
