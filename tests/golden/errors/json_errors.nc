// Malformed JSON names line and column; accessors name what they met.
import std.json;
func main() {
  for (text in ["", "{", "[1,]", "{\"a\" 1}", "nul", "01", "\"\\x\"", "[1] 2", "{\n  \"a\": tru\n}"]) {
    try { print(json.parse(text)); } catch (e) { print(e.code, e.message); }
  }
  let j = json.parse("{\"a\": [1, \"x\"]}");
  try { print(j["b"]); } catch (e) { print(e.code, e.message); }
  try { print(j["a"][1].int()); } catch (e) { print(e.code, e.message); }
  try { print(j["a"][9]); } catch (e) { print(e.code); }
}
