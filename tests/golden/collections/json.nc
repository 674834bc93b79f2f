// Json values and conversion.
import std.json;
record User(name: String, age: int, tags: List<String> = [], email: String? = null)
enum Color { red, green }
enum Shape { circle(r: float), unit }
class Counter { n: int = 2; label: String = "c"; }
func main() {
  let j = json.parse("{\"name\": \"Ann\", \"age\": 30, \"pi\": 3.5, \"ok\": true, \"none\": null, \"list\": [1, 2.0, \"x\"]}");
  print(j["name"].string(), j["age"].int() + 1, j["pi"].float(), j["ok"].bool(), j["none"].isNull(), j["list"][2].string());
  // expect: Ann 31 3.5 true true x
  print(j.length, j["list"].length, j.has("x"), j.get("x") == null, j["age"].float(), j["list"].list().length, j.map().keys());
  // expect: 6 3 false true 30.0 3 ["name", "age", "pi", "ok", "none", "list"]
  print(json.stringify(j));
  // expect: {"name":"Ann","age":30,"pi":3.5,"ok":true,"none":null,"list":[1,2.0,"x"]}
  print(json.stringify(User("Bob", 5, ["a"])), json.stringify([1.5, 2.0]), json.stringify({"k": [null, true]}));
  // expect: {"name":"Bob","age":5,"tags":["a"],"email":null} [1.5,2.0] {"k":[null,true]}
  print(json.stringify([Color.red]), json.stringify([Shape.circle(2.0), Shape.unit]), json.stringify(Counter()));
  // expect: ["red"] [{"case":"circle","r":2.0},{"case":"unit"}] {"n":2,"label":"c"}
  print(json.stringify({"a": 1, "b": [1, 2], "c": {}}, 2));
  // expect: {
  // expect:   "a": 1,
  // expect:   "b": [
  // expect:     1,
  // expect:     2
  // expect:   ],
  // expect:   "c": {}
  // expect: }
  print(json.stringify("é\n\"\\\u{1}😀"));
  // expect: "é\n\"\\\u0001😀"
  let u: User = json.decode("{\"name\": \"Eve\", \"age\": 7, \"tags\": [\"x\"]}");
  print(u);
  // expect: User(name: "Eve", age: 7, tags: ["x"], email: null)
  let shapes: List<Shape> = json.decode("[{\"case\": \"circle\", \"r\": 1}, {\"case\": \"unit\"}]");
  print(shapes, json.decode<Map<String, int>>("{\"a\": 1}"), json.decode<Color>("\"green\""));
  // expect: [Shape.circle(1.0), Shape.unit] {"a": 1} Color.green
  try { print(json.decode<User>("{\"name\": 1}")); } catch (e) { print(e.code, e.message); }
  // expect: 1609 JSON at $.name: String expected, got a number
  print(json.toJson(User("Z", 1))["name"].string(), json.tryParse("[1") == null);
  // expect: Z true
  print(json.parse("\"\\u00e9\\ud83d\\ude00\"").string(), json.parse("[1e3, -0, 12345678901234567890]"));
  // expect: é😀 [1000.0, 0, 12345678901234567168.0]
}
