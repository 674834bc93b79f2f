class Node { next: Node?; }
func second(n: Node): Node {
  if (n.next != null) { return n.next; }
  return n;
}
// ---- instead
class Node { next: Node?; }
func second(n: Node): Node {
  let next = n.next;
  if (next != null) { return next; }
  return n;
}
print(second(Node()) is Node);
