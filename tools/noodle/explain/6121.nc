$ noodle node
error 6121: message to node 4f21… was relayed 16 times
