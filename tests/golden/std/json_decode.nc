// json.decode: text to values of every kind, and what it says when they do not fit.
import std.json;
import std.time;
import std.bytes;
record Point(x: int, y: int)
record Mix(flag: bool, level: float, small: byte, wait: Duration, at: Time, raw: Bytes, note: String?)
record Loose(a: int, more: any, rest: Json)
enum Color { red, green }
enum Shape { circle(r: float, center: Point?), unit }
class Plain { n: int; }
func told(f: func(): any) {
  try { print(f()); } catch (e) { print(e.code, e.message); }
}
func main() {
  let text = "{\"flag\": true, \"level\": 2, \"small\": 200, \"wait\": \"1h30m\", \"at\": \"2024-02-29T12:34:56Z\", \"raw\": \"AAH+/w==\"}";
  let mix: Mix = json.decode(text);
  print(mix.flag, mix.level, mix.small, mix.wait, time.toRfc3339(mix.at), bytes.toHex(mix.raw), mix.note);
  print(json.decode<Mix>(json.stringify(mix)) == mix);
  // What a record does not have is ignored, however it is nested.
  print(json.decode<Point>("{\"z\": [1, [true, null], {\"k\": {}}], \"x\": 1, \"w\": {\"a\": [\"b\"], \"c\": 1.5}, \"y\": 2, \"v\": \"t\"}"));
  print(json.decode<Loose>("{\"a\": 1, \"more\": [1, \"x\", false], \"rest\": {\"b\": null}}"));
  print(json.decode<Set<int>>("[3, 1, 3]"), json.decode<Set<String>>("[\"b\", \"b\"]"), json.decode<List<bool>>("[true, false]"));
  print(json.decode<List<byte>>("[0, 255]"), json.decode<List<float>>("[1, 2.5]"), json.decode<List<int?>>("[1, null]"));
  print(json.decode<int>("7"), json.decode<float?>("1.5"), json.decode<bool?>("null"), json.decode<Duration>("\"-2.5s\""), json.decode<any>("[{}]"));
  print(json.decode<Map<int, String>>("{\"1\": \"a\", \"-2\": \"b\"}"), json.decode<Map<bool, int>>("{\"true\": 1, \"false\": 0}"));
  print(json.decode<Map<Color, float>>("{\"green\": 1}"), json.decode<Map<float, int>>("{\"1.5\": 1}"), json.decode<Map<byte, int>>("{\"9\": 1}"));
  print(json.decode<Map<Duration, int>>("{\"5s\": 1}"), json.decode<Color?>("\"red\""), json.decode<Map<Time, int>>("{\"1970-01-01T00:00:01Z\": 1}").length);
  print(json.decode<Shape>("{\"case\": \"circle\", \"r\": 1, \"center\": {\"x\": 1, \"y\": 2}}"), json.decode<Shape?>("null"));

  told(() => json.decode<Point>("{\"x\": 1}"));
  told(() => json.decode<Point>("[1]"));
  told(() => json.decode<List<int>>("{}"));
  told(() => json.decode<List<Point>>("[{\"x\": 1, \"y\": 2}, {\"x\": true}]"));
  told(() => json.decode<Map<String, Point>>("{\"p\": {\"x\": \"1\"}}"));
  told(() => json.decode<Map<int, int>>("{\"one\": 1}"));
  told(() => json.decode<Map<Point, int>>("{\"p\": 1}"));
  told(() => json.decode<Map<bool, int>>("{\"yes\": 1}"));
  told(() => json.decode<Map<byte, int>>("{\"256\": 1}"));
  told(() => json.decode<int>("1.5"));
  told(() => json.decode<int>("null"));
  told(() => json.decode<byte>("256"));
  told(() => json.decode<String>("true"));
  told(() => json.decode<Bytes>("\"?\""));
  told(() => json.decode<Time>("\"yesterday\""));
  told(() => json.decode<Color>("\"blue\""));
  told(() => json.decode<int>("\"7\""));
  told(() => json.decode<Plain>("{\"n\": 1}"));
  told(() => json.decode<Shape>("{\"r\": 1}"));
  told(() => json.decode<Shape>("{}"));
  told(() => json.decode<Shape>("{\"case\": 1}"));
  told(() => json.decode<Shape>("{\"case\": \"square\"}"));
  told(() => json.decode<Shape>("{\"case\": \"circle\"}"));
}
// expect: true 2.0 200 1h30m 2024-02-29T12:34:56Z 0001feff null
// expect: true
// expect: Point(x: 1, y: 2)
// expect: Loose(a: 1, more: [1, "x", false], rest: {"b": null})
// expect: Set{3, 1} Set{"b"} [true, false]
// expect: [0, 255] [1.0, 2.5] [1, null]
// expect: 7 1.5 null -2.5s [{}]
// expect: {1: "a", -2: "b"} {true: 1, false: 0}
// expect: {Color.green: 1.0} {1.5: 1} {9: 1}
// expect: {5s: 1} Color.red 1
// expect: Shape.circle(1.0, Point(x: 1, y: 2)) null
// expect: 1609 JSON at $: member "y" is missing for a Point
// expect: 1609 JSON at $: Point expected, got a list
// expect: 1609 JSON at $: List<int> expected, got an object
// expect: 1609 JSON at $[1].x: int expected, got a bool
// expect: 1609 JSON at $.p.x: int expected, got a text
// expect: 1609 JSON at $: "one" is no key of type int
// expect: 1609 JSON at $: "p" is no key of type Point
// expect: 1609 JSON at $: "yes" is no key of type bool
// expect: 1609 JSON at $: "256" is no key of type byte
// expect: 1609 JSON at $: int expected, got a number with a fraction
// expect: 1609 JSON at $: int expected, got null
// expect: 1609 JSON at $: 256 is no byte
// expect: 1609 JSON at $: String expected, got a bool
// expect: 1609 JSON at $: text is not base64
// expect: 1609 JSON at $: "yesterday" is no Time
// expect: 1609 JSON at $: "blue" is no Color
// expect: 1609 JSON at $: int expected, got a text
// expect: 1609 JSON at $: class Plain cannot be read from JSON; use a record
// expect: 1609 JSON at $: the first member must be "case" for a Shape
// expect: 1609 JSON at $: member "case" is missing for a Shape
// expect: 1609 JSON at $: name of a case expected
// expect: 1609 JSON at $: "square" is no case of Shape
// expect: 1609 JSON at $: member "r" is missing for a Shape.circle
