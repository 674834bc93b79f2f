$ noodle audit tail --data n1
error 5013: the store n1/store has format 2; this version of noodle reads up to format 1
