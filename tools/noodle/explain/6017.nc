$ noodle node
error 6017: lane user of the link to 77ab... is full (8388608 bytes wait)
