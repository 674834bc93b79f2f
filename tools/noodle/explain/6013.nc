$ noodle node
error 6013: cluster: the peer belongs to `staging`, this node to `production`
