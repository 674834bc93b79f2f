$ noodle run swarm.nc
error 1705: node has 4000000 processes, the limit
