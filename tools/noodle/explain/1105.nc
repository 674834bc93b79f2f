import std.text;
print(text.toMatch("a", [], [], 0));
// ---- instead
import std.text;
print(text.Regex("a").find("cat")?.start);
