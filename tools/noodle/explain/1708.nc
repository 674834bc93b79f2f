$ noodle run swarm.nc
error 1708: VM memory of the node is used up
