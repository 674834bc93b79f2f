$ noodle replay run.nrr
error 1564: replay does not do what was recorded
