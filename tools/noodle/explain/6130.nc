$ noodle node
error 6130: no name `workers/index` in the cluster
