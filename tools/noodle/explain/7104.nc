$ noodle up cluster.toml
error 7104: node beta ended with code 3 before it was ready; see .noodle/beta/log
