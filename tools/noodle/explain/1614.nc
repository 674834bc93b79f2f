$ noodle run old.nbc
error 1614: no case matched
