$ noodle swap shop shop2.nc --canary 10 --watch 5s
error 1552: 3 processes of the new version ended with an error, of 12 that had moved
