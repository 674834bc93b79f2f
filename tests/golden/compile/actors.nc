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
// expect compile error: 1121 line 5
// expect compile error: 1111 line 6
// expect compile error: 1111 line 7
// expect compile error: 1120 line 8
// expect compile error: 1120 line 9
// expect compile error: 1159 line 10
// expect compile error: 1122 line 11
// expect compile error: 1160 line 12
// expect compile error: 1120 line 13
// expect compile error: 1150 line 15
// expect compile error: 1100 line 16
// expect compile error: 1155 line 17
// expect compile error: 1156 line 18
