$ noodle node --config beta.toml
error 7105: /var/lib/noodle/beta is used by process 4711
