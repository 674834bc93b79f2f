$ noodle exec 'cluster.lease("leader")'
error 6152: no node keeps leases: cluster.lease_node is empty
