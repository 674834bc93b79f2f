$ noodle exec 'cluster.lease("leader")' --node n2
error 6150: lease `leader` is held by node 4f21… for 4.2 s
