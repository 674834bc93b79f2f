// Operations over every kind of value: length, order, text, equality, boundaries of texts and lists of bytes.
import std.time;
enum Level { low, high }
enum Shape { circle(r: float), unit }
record P(x: int, y: float)
record Wide(flag: bool, small: byte, wait: Duration, at: Time, level: Level, shape: Shape, ref: ActorRef<any>?, any_: any)
class Thing { n: int = 1; }
func told(f: func(): any) {
  try { print(f()); } catch (e) { print(e.code, e.message); }
}
func wide(n: int): Wide {
  return Wide(n > 0, byte(n), 2s, time.fromUnix(n), Level.high, Shape.circle(1.0), null, [n]);
}
func main() {
  let set: Set<int> = [1, 2];
  print(len("grüß"), len("ab".bytes()), len([1]), len({"a": 1}), len(set), len(1..4), len(4..1));
  told(() => len(-9223372036854775807..9223372036854775807));
  let small = [3, 1, 2, 3].map(n => byte(n));
  print(small.copy().sort(), small.copy().reverse(), small.min(), small.max(), small.indexOf(byte(2)), small.contains(byte(9)));
  small.insert(1, byte(9));
  small.push(byte(0));
  print(small, small.removeAt(0), small.pop(), small.remove(byte(9)), small, small.slice(1), small.concat(small));
  print(small.first(), small.last(), small.find(b => b > byte(2)), small.groupBy(b => b > byte(2)), small.zip(small).length, small.unique());
  small.clear();
  print(small, [[byte(1)], [byte(2)]].flat(), list<byte>(3, byte(7)), [byte(1)] == [byte(1)], [byte(1)] == [byte(2)]);
  let by_byte: Map<byte, byte>;
  by_byte[byte(1)] = byte(2);
  by_byte[byte(3)] = byte(4);
  print(by_byte, by_byte.keys(), by_byte.values(), by_byte.get(byte(9)), by_byte.has(byte(3)), by_byte.entries().length);
  let bytes_: Set<byte> = [byte(1), byte(1)];
  print(bytes_, bytes_.union([byte(5)].map(b => b).unique().fold(bytes_, (s, b) => { s.add(b); return s; })).values());

  print(wide(1) == wide(1), wide(1) == wide(2), wide(0).flag, [wide(3)].contains(wide(3)));
  print(wide(4));
  let hashed: Map<P, String>;
  hashed[P(1, 2.0)] = "a";
  hashed[P(1, 2.0)] = "b";
  let shapes: Set<Shape> = [Shape.unit, Shape.circle(1.0), Shape.unit];
  let refs: Set<ActorRef<any>> = [self, self];
  let raw: Set<Bytes> = ["a".bytes(), "a".bytes()];
  print(hashed, shapes, refs.length, raw.length);
  let a: any = 1;
  let b: any = 1.0;
  print(a == b, a == 1, a != null, [a] == [1], Thing() == Thing(), Error(4000, "x") == Error(4000, "x"), a is int, b is float);
  let all: List<any> = [1, 2.5, true, "s", 'c', 5s, [1], {"k": 1}, Level.low, Shape.unit, P(1, 1.0), Thing(), 1..2, null, "ab".bytes(), Error(4000, "m")];
  for (v in all) {
    print(v, v == v, [v]);
  }
  told(() => { assert_eq(1, 2); return null; });
  told(() => { assert_eq(1.5, 2.5); return null; });
  told(() => { assert_eq("a", "b"); return null; });
  told(() => { assert_eq([1], [2]); return null; });
  told(() => { assert_eq(byte(1), byte(2)); return null; });
  told(() => { assert_eq(true, false); return null; });
  told(() => { assert_eq(1s, 2s); return null; });
  told(() => { throw Error(int("9999".parseInt() ?? 0) + 1, "code"); });
  told(() => abs(-9223372036854775807 - 1));
  print(abs(-2s), abs(-3), abs(-1.5), min(1s, 2s), max(1.5, 2), min("a", "b"));
  print("aé".byteLength(), "aé".byteAt(1), "a,b".bytes().length, "1e999".parseFloat(), "-1e999".parseFloat(), "1e-999".parseFloat(), "x".parseFloat());
  told(() => "aé".byteAt(3));
  told(() => "abc".codeAt(3));
  print("{:d} {:x} {:>8.3f} {:e} {:%} {:g} {}".format(5, 255, 2.5, 1500.0, 0.25, 0.1, [1]), "{:.1f}".format(2));
  told(() => "{:d}".format(2.5));
  told(() => "{:z}".format(1));
  print(time.fromUnix(0).plus(1s) > time.fromUnix(0), time.fromUnix(5) - time.fromUnix(2), 1500us.toString());
  told(() => time.fromUnix(9000000000).plus(9000000000s));
}
// expect: 4 2 1 1 2 4 0
// expect: 1600 integer overflow: 9223372036854775807 + 1
// expect: [1, 2, 3, 3] [3, 2, 1, 3] 1 3 2 false
// expect: [1, 2, 3] 3 0 true [1, 2, 3] [2, 3] [1, 2, 3, 1, 2, 3]
// expect: 1 3 3 {false: [1, 2], true: [3]} 3 [1, 2, 3]
// expect: [] [1, 2] [7, 7, 7] true false
// expect: {1: 2, 3: 4} [1, 3] [2, 4] null true 2
// expect: Set{1, 5} [1, 5]
// expect: true false false true
// expect: Wide(flag: true, small: 4, wait: 2s, at: 1970-01-01T00:00:04Z, level: Level.high, shape: Shape.circle(1.0), ref: null, any_: [4])
// expect: {P(x: 1, y: 2.0): "b"} Set{Shape.unit, Shape.circle(1.0)} 1 1
// expect: false true true true false true true true
// expect: 1 true [1]
// expect: 2.5 true [2.5]
// expect: true true [true]
// expect: s true ["s"]
// expect: c true ["c"]
// expect: 5s true [5s]
// expect: [1] true [[1]]
// expect: {"k": 1} true [{"k": 1}]
// expect: Level.low true [Level.low]
// expect: Shape.unit true [Shape.unit]
// expect: P(x: 1, y: 1.0) true [P(x: 1, y: 1.0)]
// expect: Thing{n: 1} true [Thing{n: 1}]
// expect: Range(from: 1, to: 3) true [Range(from: 1, to: 3)]
// expect: null true [null]
// expect: Bytes{61 62} true [Bytes{61 62}]
// expect: error 4000: m true [error 4000: m]
// expect: 1611 expected 2, got 1
// expect: 1611 expected 2.5, got 1.5
// expect: 1611 expected b, got a
// expect: 1611 expected [2], got [1]
// expect: 1611 expected 2, got 1
// expect: 1611 expected false, got true
// expect: 1611 expected 2s, got 1s
// expect: 1615 error code 10000 is not in 1001 to 9999
// expect: 1600 integer overflow: abs(-9223372036854775808)
// expect: 2s 3 1.5 1s 2.0 a
// expect: 3 195 3 inf -inf 0.0 null
// expect: 1602 index 3 is out of range: length is 3
// expect: 1602 index 3 is out of range: length is 3
// expect: 5 ff    2.500 1.500000e+03 25.000000% 0.1 [1] 2.0
// expect: 1613 format: the value is a float; forms are f, e, g and % at byte 3
// expect: 1613 format: `}` expected at byte 2
// expect: true 3s 1.5ms
// expect: 1600 the Time is out of range
