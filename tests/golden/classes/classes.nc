// Fields, constructors, methods, inheritance, virtual calls, static constants.
class Shape {
  name: String = "shape";
  func area(): float;
  func describe(): String { return `${name} of area ${self.area()}`; }
}
class Square extends Shape {
  side: float;
  constructor(side: float) {
    self.side = side;
    self.name = "square";
  }
  func area(): float { return side * side; }
}
class Circle(radius: float) extends Shape {
  static pi: float = 3.0;
  func area(): float { return Circle.pi * radius * radius; }
  func describe(): String { return "round " + super.describe(); }
}
class Base {
  log: List<String> = [];
  id: int;
  constructor(id: int) {
    self.id = id;
    log.push("base " + id);
  }
}
class Derived extends Base {
  extra: int = 5;
  constructor(id: int) {
    super(id + 1);
    log.push("derived " + extra);
  }
}
class Point { x: int; y: int = 7; }
class Private {
  private secret: int = 42;
  func tell(other: Private): int { return secret + other.secret; }
}
func main() {
  let shapes: List<Shape> = [Square(2), Circle(1)];
  for (s in shapes) { print(s.describe()); }
  // expect: square of area 4.0
  // expect: round shape of area 3.0
  print(Derived(1).log, Derived(3).id);
  // expect: ["base 2", "derived 5"] 4
  let p = Point(x: 3);
  p.x += 1;
  p.y++;
  print(p.x, p.y, Point(), new Point(y: 1, x: 2));
  // expect: 4 8 Point{x: 0, y: 7} Point{x: 2, y: 1}
  print(Private().tell(Private()));
  // expect: 84
  let q = p;
  q.x = 100;
  print(p.x);
  // expect: 100
}
