// Every kind of pattern.
record P(x: int, y: int)
enum E { a, b(n: int), c(p: P, s: String) }
func f(e: E): String {
  return match (e) {
    case E.a => "a"
    case E.b(0) => "zero"
    case E.b(n) if n < 0 => "negative"
    case E.b(1 | 2 | 3) => "small"
    case E.b(_) => "big"
    case E.c(P(0, y), _) => "y axis " + y
    case E.c(_, "s") => "s"
    case E.c(p, _) => `${p}`
  };
}
func g(i: int): String {
  return match (i) { case -1 => "minus", case 0 | 1 => "bit", case n if n % 2 == 0 => "even", case _ => "odd" };
}
func h(s: String?): int { return match (s) { case null => -1, case "" => 0, case t => t.length }; }
func k(b: bool): int { return match (b) { case true => 1, case false => 0 }; }
func leave(i: int): int {
  let v = match (i) {
    case 0 => return 100
    case 1 => throw Error(2222, "one")
    case n => n
  };
  return v + 1;
}
func block(i: int): int {
  return match (i) {
    case 0 => {
      let t = 5;
      t * 2;
    }
    case _ => 0
  };
}
func main() {
  print([E.a, E.b(0), E.b(-5), E.b(2), E.b(9), E.c(P(0, 3), "q"), E.c(P(1, 1), "s"), E.c(P(1, 1), "t")].map(f));
  // expect: ["a", "zero", "negative", "small", "big", "y axis 3", "s", "P(x: 1, y: 1)"]
  print([-1, 0, 1, 2, 3].map(g));
  // expect: ["minus", "bit", "bit", "even", "odd"]
  print(h(null), h(""), h("abc"), k(true), k(false), leave(0), leave(5), block(0), block(1));
  // expect: -1 0 3 1 0 100 6 10 0
  try { leave(1); } catch (e) { print(e.code); }
  // expect: 2222
  for (i in 0..<5) {
    match (i) {
      case 1 => continue
      case 3 => break
      case n => print(n)
    }
  }
  // expect: 0
  // expect: 2
  let x: any = 3s;
  print(match (x) { case d: Duration if d > 1s => "long", case _: Duration => "short", case _ => "?" });
  // expect: long
}
