// assert, assert_eq, assert_throws and their messages.
func main() {
  assert(true);
  assert_eq([1, 2], [1, 2]);
  assert_eq(1.0, 1);
  let e = assert_throws(1602, () => print([0][5]));
  print(e.code);
  // expect: 1602
  try { assert(1 > 2, "one is small"); } catch (x) { print(x.code, x.message); }
  // expect: 1611 one is small
  try { assert_eq("a", "b"); } catch (x) { print(x.code, x.message); }
  // expect: 1611 expected b, got a
  try { assert_throws(2000, () => {}); } catch (x) { print(x.code, x.message); }
  // expect: 1611 expected error 2000, but nothing was thrown
  try { assert_throws(2000, () => { throw Error(2001, "other"); }); } catch (x) { print(x.code, x.message); }
  // expect: 1611 expected error 2000, got 2001: other
}
