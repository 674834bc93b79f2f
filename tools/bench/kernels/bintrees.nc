// Allocation and collection of binary trees.
class Tree(left: Tree?, right: Tree?) {
  func count(): int {
    let l = left;
    let r = right;
    if (l == null || r == null) { return 1; }
    return 1 + l.count() + r.count();
  }
}

func make(depth: int): Tree {
  return depth == 0 ? Tree(null, null) : Tree(make(depth - 1), make(depth - 1));
}

func bintrees(depth: int): int {
  let longLived = make(depth);
  let total = 0;
  let d = 4;
  while (d <= depth) {
    let sum = 0;
    for (i in 0..<(1 << (depth - d + 4))) { sum += make(d).count(); }
    total += sum;
    d += 2;
  }
  return total + longLived.count();
}

func main(args: List<String>): int {
  let n = args[0].parseInt() ?? 13;
  let result = 0;
  for (rep in 0..<(args[1].parseInt() ?? 1)) { result = bintrees(n); }
  print(result);
  return 0;
}
