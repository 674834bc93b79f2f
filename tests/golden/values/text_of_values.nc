// The text of every kind of value.
record Point(x: int, y: int)
record Named(name: String, at: Point?)
class Square { side: float = 1.0; tags: List<String> = ["a"]; }
enum Color { red, green }
enum Expr { num(value: int), add(left: Expr, right: Expr) }
class Node { name: String; next: Node? = null; }

func main() {
  print([1, 2], ["a", "b\n"], {"a": 1, "b": 2});
  // expect: [1, 2] ["a", "b\n"] {"a": 1, "b": 2}
  let s: Set<int>;
  s.add(1);
  s.add(2);
  print(s);
  // expect: Set{1, 2}
  print(Point(1, 2), Named("n", null), Named("m", Point(x: 3, y: 4)));
  // expect: Point(x: 1, y: 2) Named(name: "n", at: null) Named(name: "m", at: Point(x: 3, y: 4))
  print(Square());
  // expect: Square{side: 1.0, tags: ["a"]}
  print(Color.red, Expr.add(Expr.num(1), Expr.num(2)));
  // expect: Color.red Expr.add(Expr.num(1), Expr.num(2))
  let n = Node(name: "x");
  n.next = n;
  print(n);
  // expect: Node{name: "x", next: ...}
  let maybe: int? = null;
  let some: any = 3.0;
  print(maybe, some, true, "text", [null, 4]);
  // expect: null 3.0 true text [null, 4]
  print("sum: " + 3 + " and " + 1.5 + " " + true + " " + Color.green);
  // expect: sum: 3 and 1.5 true Color.green
  print(`nested ${[1, 2].map(x => `<${x}>`).join(",")} end`);
  // expect: nested <1>,<2> end
  print([[1], [2]], {"k": [2.0]}, [Color.red], ["it's \"q\""]);
  // expect: [[1], [2]] {"k": [2.0]} [Color.red] ["it's \"q\""]
}
