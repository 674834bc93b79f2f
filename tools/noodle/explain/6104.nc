$ noodle node
error 6104: message for incarnation 4 of node a, which is at 5
