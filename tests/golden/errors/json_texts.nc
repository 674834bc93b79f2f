// Malformed JSON of every kind, with the place; values that JSON cannot express; accessors on the wrong value.
import std.json;
import std.math;
enum Level { low, high }
record P(x: int)
record Deep(inner: Deep?)
class Self {
  me: Self? = null;
}
func told(f: func(): any) {
  try { print(f()); } catch (e) { print(e.code, e.message); }
}
func main() {
  for (text in ["[1 2]", "{\"a\": 1 \"b\": 2}", "1.", "1e", "1e+", "-", "[1e999]", "tru", "\"abc", "\"a\nb\"", "\"\\u12\"",
                "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "[[1]", "{\"a\"}", "\"\\", "[-01]"]) {
    told(() => json.parse(text));
  }
  print(json.parse("[1e-999, 1E2, -0.5, 0]"), json.parse("\"\\b\\f\\n\\r\\t\\/\\u0041\"").string() == "\u{8}\u{c}\n\r\t/A");
  told(() => json.parse("[[[1]]]", 2));
  told(() => json.parse("[1]", 0));
  told(() => json.parse("[".repeat(600)));

  let j = json.parse("{\"n\": 1, \"list\": [1], \"null\": null, \"f\": 1.5}");
  told(() => j["n"].bool());
  told(() => j["f"].int());
  told(() => j["list"].float());
  told(() => j["n"].string());
  told(() => j["n"].list());
  told(() => j["list"].map());
  told(() => j["n"].length);
  told(() => j["null"].string());
  told(() => j["list"].get("x"));
  told(() => j["list"]["x"]);
  told(() => j["n"][0]);
  told(() => j["list"][-1]);
  print(j["list"].has("x"), j["null"].isNull(), j["n"].isNull(), j.get("none").isNull());

  told(() => json.stringify(() => 1));
  told(() => json.stringify([1.0, math.nan()]));
  told(() => json.stringify(self));
  let me = Self();
  me.me = me;
  told(() => json.stringify(me));
  let by_int: Map<int, String>;
  by_int[1] = "a";
  let by_level: Map<Level, Level>;
  by_level[Level.high] = Level.low;
  let by_record: Map<P, bool>;
  by_record[P(1)] = true;
  let by_float: Map<float, Duration>;
  by_float[1.5] = 2s;
  print(json.stringify(by_int), json.stringify(by_level), json.stringify(by_record), json.stringify(by_float));
  let set: Set<int>;
  set.add(3);
  let names: Set<String>;
  names.add("x");
  print(json.stringify(set), json.stringify(names), json.stringify("ab".bytes()), json.stringify([1, 2], 99).length);
  let small = [byte(1), byte(2)];
  print(json.stringify(small), json.stringify(null), json.stringify("x".repeat(40) + "é".repeat(40)).length, json.toJson({"a": [1]}));
  let rope = "";
  for (i in 0..<200) { rope += `${i},`; }
  print(json.stringify([rope]).length);
}
// expect: 1617 JSON line 1, column 4: `,` or `]` expected
// expect: 1617 JSON line 1, column 9: `,` or `}` expected
// expect: 1617 JSON line 1, column 1: digits expected behind the decimal point
// expect: 1617 JSON line 1, column 1: digits expected in the exponent
// expect: 1617 JSON line 1, column 1: digits expected in the exponent
// expect: 1617 JSON line 1, column 1: value expected
// expect: 1617 JSON line 1, column 2: number is too large
// expect: 1617 JSON line 1, column 1: value expected
// expect: 1617 JSON line 1, column 5: string is not closed
// expect: 1617 JSON line 1, column 3: control character in a string
// expect: 1617 JSON line 1, column 3: four hexadecimal digits expected
// expect: 1617 JSON line 1, column 3: four hexadecimal digits expected
// expect: 1617 JSON line 1, column 8: half of a surrogate pair
// expect: 1617 JSON line 1, column 14: half of a surrogate pair
// expect: 1617 JSON line 1, column 8: half of a surrogate pair
// expect: 1617 JSON line 1, column 5: `,` or `]` expected
// expect: 1617 JSON line 1, column 5: `:` expected
// expect: 1617 JSON line 1, column 3: unknown escape
// expect: 1617 JSON line 1, column 2: number with a leading zero
// expect: [0.0, 100.0, -0.5, 0] true
// expect: 1617 JSON line 1, column 3: nesting deeper than 2
// expect: [1]
// expect: 1617 JSON line 1, column 513: nesting deeper than 512
// expect: 1609 JSON: bool expected, got int
// expect: 1609 JSON: int expected, got float
// expect: 1609 JSON: float expected, got List<Json>
// expect: 1609 JSON: String expected, got int
// expect: 1609 JSON: a list expected, got int
// expect: 1609 JSON: a map expected, got List<Json>
// expect: 1609 JSON: a list or map expected, got int
// expect: 1609 JSON: String expected, got null
// expect: 1609 JSON: a map expected, got List<Json>
// expect: 1609 JSON: a map expected, got List<Json>
// expect: 1609 JSON: a list expected, got int
// expect: 1602 index -1 is out of range: length is 1
// expect: false true false true
// expect: 1613 JSON cannot express a value of type main$lambda18
// expect: 1613 JSON cannot express nan
// expect: 1613 JSON cannot express a value of type ActorRef<any>
// expect: 1613 value is nested deeper than 512 levels, or contains itself
// expect: {"1":"a"} {"high":"low"} {"P(x: 1)":true} {"1.5":"2s"}
// expect: [3] ["x"] "YWI=" 40
// expect: [1,2] null 82 {"a": [1]}
// expect: 694
