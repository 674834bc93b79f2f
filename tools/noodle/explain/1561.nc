$ noodle replay old.nrr
error 1561: recording of another version
