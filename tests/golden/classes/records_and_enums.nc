// Immutable data with methods.
record Vec(x: float, y: float) {
  func plus(o: Vec): Vec { return Vec(x + o.x, y + o.y); }
  func length(): float { return (x * x + y * y); }
}
record Config(name: String, retries: int = 3, tags: List<String> = [])
enum Weekday {
  monday, tuesday, sunday
  func isWeekend(): bool { return self == Weekday.sunday; }
}
enum Tree<T> {
  leaf, node(left: Tree<T>, value: T, right: Tree<T>)
}
func insert(t: Tree<int>, v: int): Tree<int> {
  return match (t) {
    case Tree.leaf => Tree.node(t, v, t)
    case Tree.node(l, x, r) if v < x => Tree.node(insert(l, v), x, r)
    case Tree.node(l, x, r) => Tree.node(l, x, insert(r, v))
  };
}
func walk(t: Tree<int>, out: List<int>) {
  match (t) {
    case Tree.leaf => {}
    case Tree.node(l, x, r) => {
      walk(l, out);
      out.push(x);
      walk(r, out);
    }
  }
}
func main() {
  let v = Vec(1, 2).plus(Vec(x: 3, y: 4));
  print(v, v.length());
  // expect: Vec(x: 4.0, y: 6.0) 52.0
  print(Config("a"), Config(name: "b", tags: ["t"]));
  // expect: Config(name: "a", retries: 3, tags: []) Config(name: "b", retries: 3, tags: ["t"])
  let c: Config = {name: "c", retries: 1};
  print(c, c.retries);
  // expect: Config(name: "c", retries: 1, tags: []) 1
  print(Weekday.sunday.isWeekend(), Weekday.monday.isWeekend(), Weekday.tuesday);
  // expect: true false Weekday.tuesday
  let t: Tree<int> = Tree.leaf;
  for (x in [5, 2, 8, 1]) { t = insert(t, x); }
  let out: List<int> = [];
  walk(t, out);
  print(out);
  // expect: [1, 2, 5, 8]
  let days: Map<Weekday, int> = {};
  days[Weekday.monday] = 1;
  days[Weekday.sunday] = 7;
  print(days);
  // expect: {Weekday.monday: 1, Weekday.sunday: 7}
}
