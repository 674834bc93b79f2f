import std.json;
let j = json.parse("{}");
print(j["name"].string());
// ---- instead
import std.json;
let j = json.parse("{}");
print(j.has("name"));
