$ noodle up --status cluster.toml
error 7103: the cluster of cluster.toml is not running
