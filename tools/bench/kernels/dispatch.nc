// Virtual calls over four classes.
class Node {
  a: int;
  b: int;
  next: Node?;
  func step(x: int): int;
}
class Adder extends Node {
  func step(x: int): int {
    a = (a + x) % 1000;
    return a;
  }
}
class Toggle extends Node {
  func step(x: int): int {
    if (b != 0) {
      b = 0;
      return x + 1;
    }
    b = 1;
    return x + 2;
  }
}
class Accumulator extends Node {
  func step(x: int): int {
    a += x;
    if (a > b) {
      a -= b;
      return 1;
    }
    return x;
  }
}
class Link extends Node {
  func step(x: int): int {
    a += 1;
    let n = next;
    return n == null ? 0 : n.step(x + 1);
  }
}

func dispatch(n: int): int {
  let nodes: List<Node> = [];
  for (i in 0..<16) {
    match ((i * 7 + i / 4) % 4) {
      case 0 => nodes.push(Adder(a: i, b: 500)),
      case 1 => nodes.push(Toggle(a: i, b: 500)),
      case 2 => nodes.push(Accumulator(a: i, b: 500)),
      case _ => nodes.push(Link(a: i, b: 500))
    }
  }
  for (i in 0..<16) {
    let k = 0;
    if ((i * 7 + i / 4) % 4 == 3) {
      k = (i + 1) % 16;
      if (nodes[k] is Link) { k = 0; }
    }
    nodes[i].next = nodes[k];
  }
  let acc = 0;
  let k = 0;
  for (i in 0..<n) {
    acc = (acc + nodes[k].step(acc)) % 10007;
    k += 1;
    if (k == 16) { k = 0; }
  }
  return acc;
}

func main(args: List<String>): int {
  let n = args[0].parseInt() ?? 2000000;
  let result = 0;
  for (rep in 0..<(args[1].parseInt() ?? 1)) { result = dispatch(n); }
  print(result);
  return 0;
}
