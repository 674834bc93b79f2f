$ noodle run damaged.nbc
error 1502: NBC file is damaged
