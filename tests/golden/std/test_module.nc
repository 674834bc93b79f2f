import std.test as t;
func show(f: func()) {
  try {
    f();
    print("passed");
  } catch (e) { print(e.code, e.message); }
}
func main() {
  show(() => t.equalText("a\nb\nc", "a\nx\nc"));
  // expect: 1611 texts differ (- expected, + actual)
  // expect:   a
  // expect: - x
  // expect: + b
  // expect:   c
  show(() => t.equalList([1, 2, 3], [1, 5, 3]));
  // expect: 1611 lists differ at [1]: expected 5, got 2
  // expect: expected [1, 5, 3]
  // expect: got      [1, 2, 3]
  show(() => t.equalList([1], [1, 2]));
  // expect: 1611 lists have different lengths: expected 2, got 1
  // expect: expected [1, 2]
  // expect: got      [1]
  show(() => t.equalMap({"a": 1}, {"a": 2}));
  // expect: 1611 values of key a differ: expected 2, got 1
  show(() => t.near(1.0, 1.5));
  // expect: 1611 expected 1.5 +- 1e-9, got 1.0
  show(() => t.near(1.0, 1.0000000001));
  // expect: passed
  show(() => t.contains("abc", "z"));
  // expect: 1611 "z" is not in "abc"
  show(() => t.containsAll([1, 2], [2, 3]));
  // expect: 1611 3 is not in [1, 2]
  show(() => t.notEqual(1, 1));
  // expect: 1611 both are 1
  show(() => t.isFalse(true, "was true"));
  // expect: 1611 was true
  t.throwsWith(2000, "boom", () => { throw Error(2000, "big boom"); });
  print(t.diff("1\n2\n3\n4", "1\n3\n4\n5").split("\n"));
  // expect: ["  1", "- 2", "  3", "  4", "+ 5"]
}
