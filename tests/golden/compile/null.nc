// A value that may be null cannot be used as one that is not.
record P(name: String?, n: int?)
class C { next: C? = null; value: int = 1; }
func f(s: String?): int { return s.length; }
func g(n: int?): int { return n + 1; }
func h(p: P): int {
  if (p.n != null) { return p.n; }
  return 0;
}
func k(c: C): int { return c.next.value; }
func ok(c: C): int {
  let n = c.next;
  if (n != null) { return n.value; }
  return 0;
}
func closure(s: String?): int {
  let t = s;
  let set = () => { t = null; };
  if (t != null) {
    set();
    return t.length;
  }
  return 0;
}
func main() { let x: String = null; }
// expect compile error: 1127 line 4
// expect compile error: 1127 line 5
// expect compile error: 1167 line 7
// expect compile error: 1127 line 10
// expect compile error: 1167 line 21
// expect compile error: 1127 line 25
