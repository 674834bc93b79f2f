$ noodle node
error 6011: protocolVersion: the peer speaks 4 to 5, this node 1 to 1
