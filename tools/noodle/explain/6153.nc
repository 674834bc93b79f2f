$ noodle exec 'cluster.lease("leader")'
error 6153: 16384 leases are the limit
