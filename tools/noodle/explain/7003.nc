$ noodle run app
error 7003: app/noodle.toml:3: unknown key `verson`; did you mean `version`?
