// Errors around actors.
actor A { on hi(n: int): int { return n; } func helper(): int { return 1; } }
func main() {
  let a = spawn A();
  a.hi(1);
  send a.nothing();
  send a.helper();
  let r: String = ask a.hi(1);
  send a.hi("x");
  spawn 5;
  spawn A(1);
  spawn A() with { colour: "red" };
  stop 5;
  let f = (x: int) => x;
  send a <- f;
  receive { case Unknown(x) => print(x) }
  throw "text";
  throw Error(99, "code too small");
}
// expect compile error: 1102 line 5
