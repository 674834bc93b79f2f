$ noodle up cluster.toml
error 7101: cluster.toml:7:8: two nodes are called `beta`
