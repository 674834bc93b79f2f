$ noodle replay crashed.nrr
error 1563: recording ends before its run
