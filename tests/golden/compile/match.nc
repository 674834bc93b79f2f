// Exhaustiveness and bad patterns.
enum E { a, b(n: int), c }
func f(e: E): int { return match (e) { case E.a => 1, case E.b(_) => 2 }; }
func g(i: int): int { return match (i) { case 1 => 1, case 2 => 2 }; }
func h(b: bool): int { return match (b) { case true => 1 }; }
func k(e: E): int { return match (e) { case _ => 1, case E.a => 2 }; }
func l(e: E): int { return match (e) { case E.b(x, y) => 1, case E.d => 2, case _ => 3 }; }
func m(s: String): int { return match (s) { case 5 => 1, case _ => 2 }; }
func n(x: int?): int { return match (x) { case null => 1 }; }
func o(e: E): int { return match (e) { case E.a | E.b(q) => 1, case _ => 2 }; }
func main() {}
// expect compile error: 1138 line 3
// expect compile error: 1138 line 4
// expect compile error: 1138 line 5
// expect compile error: 1139 line 6
// expect compile error: 1140 line 7
// expect compile error: 1110 line 7
// expect compile error: 1140 line 8
// expect compile error: 1138 line 9
// expect compile error: 1140 line 10
