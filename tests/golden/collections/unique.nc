// List.unique over every kind of element, in the order of first occurrence.
import std.math;
record P(x: int, y: float = 0.0)
record Holder(values: List<int>)
record Nest(p: P, name: String?)
enum Color { red, green }
enum Shape { circle(r: float), unit, named(n: String) }
enum Bag { items(values: List<int>), none }
class Thing { n: int; }
func main() {
  print([2.5, 0.0, -0.0, 2.5, math.nan(), math.nan()].unique(), [true, false, true].unique(), ["b", "a", "b"].unique());
  let small = [1, 2, 1, 255, 255].map(n => byte(n));
  print(small.unique(), [1s, 1000ms, 2s].unique(), [Color.red, Color.green, Color.red].unique());
  print([P(1), P(2), P(1)].unique(), [Shape.circle(1.0), Shape.unit, Shape.circle(1.0), Shape.unit, Shape.named("a")].unique());
  print([Nest(P(1), null), Nest(P(1), "n"), Nest(P(1), null)].unique().length, ["a".bytes(), "a".bytes(), "b".bytes()].unique().length);
  // Elements that cannot be keys are compared one by one.
  print([[1], [2], [1]].unique(), [Holder([1]), Holder([1]), Holder([2])].unique(), [{"a": 1}, {"a": 1}].unique().length);
  print([Bag.items([1]), Bag.none, Bag.items([1])].unique());
  let thing = Thing(n: 1);
  print([thing, Thing(n: 1), thing].unique().length, [1, null, 1, null].unique(), [self, self].unique().length);
  let mixed: List<any> = [1, 1.0, "1", 1, null, null, "1"];
  print(mixed.unique());
  let many = (0..<3000).map(i => i % 1000);
  print(many.unique().length, many.map(i => [i % 50]).unique().length, (0..<1500).map(i => `t${i % 700}`).unique().length);
  let none: List<int> = [];
  print(none.unique(), (1..3).unique());

  print(math.clamp(5, 1, 3), math.clamp(0, 1, 3), math.clamp(2, 1, 3), math.clamp(9.5, 1.0, 3.0), math.clamp(0.5, 1.0, 3.0));
  print(math.clamp("a", "b", "d"), math.clamp("z", "b", "d"), math.clamp("c", "b", "d"), math.clamp(5s, 1s, 3s));
}
// expect: [2.5, 0.0, nan] [true, false] ["b", "a"]
// expect: [1, 2, 255] [1s, 2s] [Color.red, Color.green]
// expect: [P(x: 1, y: 0.0), P(x: 2, y: 0.0)] [Shape.circle(1.0), Shape.unit, Shape.named("a")]
// expect: 2 2
// expect: [[1], [2]] [Holder(values: [1]), Holder(values: [2])] 1
// expect: [Bag.items([1]), Bag.none]
// expect: 2 [1, null] 1
// expect: [1, 1.0, "1", null]
// expect: 1000 50 700
// expect: [] [1, 2, 3]
// expect: 3 1 2 3.0 1.0
// expect: b d c 3s
