$ noodle up cluster.toml
error 7102: the cluster of cluster.toml is running already (process 4711)
