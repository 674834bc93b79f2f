record node_info(id: String);
print(node_info("a").id);
// ---- instead
record NodeInfo(id: String);
print(NodeInfo("a").id);
