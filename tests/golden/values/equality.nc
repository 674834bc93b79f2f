// == is structural for data, identity for class instances, kind plus value for any.
record Point(x: int, y: int)
class Box { value: int = 0; }
enum Shape { circle(r: float), none }

func main() {
  print(Point(1, 2) == Point(1, 2), Point(1, 2) == Point(1, 3));
  // expect: true false
  let a = Box();
  let b = Box();
  print(a == b, a == a, a != b);
  // expect: false true true
  print([1, 2] == [1, 2], [[1]] == [[1]], [1] == [2], {"a": 1} == {"a": 1});
  // expect: true true false true
  print(Shape.circle(1.0) == Shape.circle(1.0), Shape.circle(1.0) == Shape.none);
  // expect: true false
  let i: any = 1;
  let f: any = 1.0;
  let s: any = "1";
  print(i == f, i == 1, s == "1", i != s);
  // expect: false true true true
  let x: int? = 3;
  let y: int? = 3;
  print(x == y, x == null, x == 3);
  // expect: true false true
  let m: Map<Point, String> = {};
  m[Point(1, 2)] = "found";
  print(m[Point(1, 2)], m.has(Point(2, 1)));
  // expect: found false
  print("a" < "b", "Z" < "a", "ä" > "z", "" < "a", "abc" < "abd");
  // expect: true true true true true
  print(Error(2000, "x") == Error(2000, "x"), Error(2000, "x") == Error(2001, "x"));
  // expect: true false
}
