$ noodle audit tail --data /mnt/gone/n1
error 5010: cannot open the store /mnt/gone/n1/store: No such file or directory
