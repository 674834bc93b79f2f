// Every arithmetic trap has its code.
func code(f: func()): int {
  try { f(); } catch (e) { return e.code; }
  return 0;
}
func main() {
  let max = 9223372036854775807;
  let min_ = -9223372036854775808;
  let zero = 0;
  print(code(() => print(max + 1)), code(() => print(min_ - 1)), code(() => print(max * 2)), code(() => print(-min_)));
  // expect: 1600 1600 1600 1600
  print(code(() => print(1 / zero)), code(() => print(1 % zero)), code(() => print(min_ / (zero - 1))));
  // expect: 1601 1601 1600
  print(code(() => print(1 << 64)), code(() => print(1 >> (zero - 1))));
  // expect: 1606 1606
  print(code(() => print(int(1e30))), code(() => print(int(0.0 / 0.0))), code(() => print(abs(min_))));
  // expect: 1607 1607 1600
  print(code(() => print([1][1])), code(() => print([1][-1])), code(() => print("a"[1])), code(() => print("a".bytes()[7])));
  // expect: 1602 1602 1602 1602
  let m = {"a": 1};
  print(code(() => print(m["b"])), code(() => print(list<int>(-1, 0))), code(() => print("a".repeat(-1))));
  // expect: 1604 1610 1610
  print(min_ % (zero - 1), max + min_);
  // expect: 0 -1
  print(code(() => assert(false)), code(() => panic("over")));
  // expect: 1611 1612
}
