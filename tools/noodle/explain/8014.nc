$ noodle node
error 8014: the certificate of alice is for a client, a node is wanted
