// any holds everything; is, as and match get it out again.
record Point(x: int, y: int)
class Animal { func name(): String { return "animal"; } }
class Dog extends Animal { func name(): String { return "dog"; } }
interface Named { func name(): String }
class Thing implements Named { func name(): String { return "thing"; } }

func describe(v: any): String {
  return match (v) {
    case i: int => "int " + i
    case f: float => "float " + f
    case s: String => "text " + s
    case xs: List<int> => "ints " + xs.length
    case Point(x, 0) => "on axis at " + x
    case p: Point => "point " + p.y
    case null => "nothing"
    case _ => "other"
  };
}
func main() {
  print(describe(1), describe(1.5), describe("x"), describe([1, 2]), describe(["a"]));
  // expect: int 1 float 1.5 text x ints 2 other
  print(describe(Point(3, 0)), describe(Point(3, 4)), describe(null), describe(true));
  // expect: on axis at 3 point 4 nothing other
  let v: any = 42;
  if (v is int) { print(v + 1); }
  // expect: 43
  print((v as int) * 2, v is String, v is float);
  // expect: 84 false false
  let a: Animal = Dog();
  print(a is Dog, (a as Dog).name(), a.name());
  // expect: true dog dog
  let n: Named = Thing();
  let o: any = n;
  print(o is Named, o is Thing, o is Animal, (o as Named).name());
  // expect: true true false thing
  try {
    let s = v as String;
    print(s);
  } catch (e) { print(e.code); }
  // expect: 1605
  let maybe: String? = null;
  try { print((maybe as String).length); } catch (e) { print(e.code); }
  // expect: 1603
  let l: List<any> = [1, "a", null, 2.5];
  print(l, l[1] == "a");
  // expect: [1, "a", null, 2.5] true
}
