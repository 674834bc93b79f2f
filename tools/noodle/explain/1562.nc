$ noodle replay copied.nrr
error 1562: recording is damaged
