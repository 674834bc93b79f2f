$ noodle up cluster.toml
error 7104: node beta ended with exit code 1; its log is /home/alice/.noodle/logs/beta.log
