$ noodle node
error 5016: the store /var/lib/noodle/n1/store failed: Input/output error
