$ noodle node --config beta.toml
error 7105: the data folder /var/lib/noodle/beta is in use by process 4711
