$ noodle node
error 5015: the store /var/lib/noodle/n1/store is on a read-only file system
