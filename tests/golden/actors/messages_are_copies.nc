// Messages are deep copies that keep sharing and cycles.
// heavy
class Node { value: int; next: Node? = null; }
actor Keeper {
  kept: List<List<int>> = [];
  on keep(xs: List<List<int>>): int {
    kept = xs;
    xs[0].push(99);
    return xs[1].length;
  }
  on last(): List<int> { return kept[1]; }
  on cycle(n: Node): bool { return n.next == n; }
  on text(s: String): int { return s.length; }
}
func main() {
  let k = spawn Keeper();
  let inner = [1, 2];
  let xs = [inner, inner];
  print(ask k.keep(xs), xs, inner.length);
  // expect: 3 [[1, 2], [1, 2]] 2
  let back = ask k.last();
  back.push(5);
  print(back, ask k.last());
  // expect: [1, 2, 99, 5] [1, 2, 99]
  let n = Node(value: 1);
  n.next = n;
  print(ask k.cycle(n));
  // expect: true
  print(ask k.text("x".repeat(1000000)));
  // expect: 1000000
}
