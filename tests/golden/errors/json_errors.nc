// Malformed JSON names line and column; accessors name what they met.
import std.json;
func main() {
  for (text in ["", "{", "[1,]", "{\"a\" 1}", "nul", "01", "\"\\x\"", "[1] 2", "{\n  \"a\": tru\n}"]) {
    try { print(json.parse(text)); } catch (e) { print(e.code, e.message); }
  }
  // expect: 1617 JSON line 1, column 1: value expected
  // expect: 1617 JSON line 1, column 2: member name in quotes expected
  // expect: 1617 JSON line 1, column 4: value expected
  // expect: 1617 JSON line 1, column 6: `:` expected
  // expect: 1617 JSON line 1, column 1: value expected
  // expect: 1617 JSON line 1, column 1: number with a leading zero
  // expect: 1617 JSON line 1, column 3: unknown escape
  // expect: 1617 JSON line 1, column 5: text goes on behind the value
  // expect: 1617 JSON line 2, column 8: value expected
  let j = json.parse("{\"a\": [1, \"x\"]}");
  try { print(j["b"]); } catch (e) { print(e.code, e.message); }
  // expect: 1609 JSON: no member b
  try { print(j["a"][1].int()); } catch (e) { print(e.code, e.message); }
  // expect: 1609 JSON: int expected, got String
  try { print(j["a"][9]); } catch (e) { print(e.code); }
  // expect: 1602
}
