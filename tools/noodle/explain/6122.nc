$ noodle node
error 6122: link state of node 4f21… has 5000 links, at most 256
