$ noodle sim --scenario partition.toml
error 6140: partition.toml: fault 2: unknown kind `partion`; did you mean `partition`?
