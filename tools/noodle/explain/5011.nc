$ noodle audit verify --data n1
error 5011: the store n1/store is in use by another process; stop it, or use another data folder
