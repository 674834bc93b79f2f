import std.text;
func main() {
  let date = text.Regex("(?<year>\\d{4})-(\\d\\d)-(\\d\\d)");
  let m = date.find("on 2024-05-01 and 2025-06-02");
  if (m != null) { print(m.text, m.start, m.end, m.groups, m.group("year")); }
  // expect: 2024-05-01 3 13 ["2024-05-01", "2024", "05", "01"] 2024
  print(date.findAll("2024-05-01 2025-06-02").map(x => x.start), date.test("none"), date.matches("2024-05-01"), date.matches("2024-05-01 "));
  // expect: [0, 11] false true false
  print(date.replace("d: 2024-05-01.", "$3/$2/$1 $$"), text.Regex("a*").replace("baac", "-"), text.Regex("o").replaceWith("foo", x => x.start.toString()));
  // expect: d: 01/05/2024 $. -b--c- f12
  print(text.Regex(",\\s*").split("a, b,c"), text.Regex("").split("abc"), text.Regex("x").split("abc"), text.Regex("\\s+").split(" a b"));
  // expect: ["a", "b", "c"] ["a", "b", "c"] ["abc"] ["", "a", "b"]
  print(text.Regex("(?i)straSSE|ÄRGER").findAll("Ärger in der Strasse").map(x => x.text), text.Regex("é+").find("caféé!")?.start);
  // expect: ["Ärger", "Strasse"] 3
  print(text.Regex("^(a+)+$").test("a".repeat(5000) + "b"), text.Regex("(x+x+)+y").test("x".repeat(5000)));
  // expect: false false
  print(text.Regex("(?m)^\\w+$").findAll("one\ntwo 2\nthree").map(x => x.text), text.Regex("\\bcat\\b").test("a cat!"), text.Regex("<.+?>").find("<a><b>")?.text);
  // expect: ["one", "three"] true <a>
  print(text.Regex("[\\p{Lu}]\\p{L}*").findAll("Äpfel und Birnen").map(x => x.text), text.Regex("[^a-c]+").find("abcxyz")?.text, text.escapeRegex("a.b*c"));
  // expect: ["Äpfel", "Birnen"] xyz a\.b\*c
  print(text.Regex("b").find("abab", 2)?.start, text.Regex("^a").find("aa", 1)?.start, text.Regex("(a)|(b)").find("b")?.groups);
  // expect: 3 null ["b", null, "b"]
  for (bad in ["(", "[a", "a**", "*", "\\1", "a{1001}", "x{2,1}", "(?<n", "\\", ")", "[z-a]"]) {
    try { print(text.Regex(bad).pattern); } catch (e) { print(e.code, e.message); }
  }
  // expect: 1613 regular expression: group is not closed at position 0
  // expect: 1613 regular expression: class is not closed at position 0
  // expect: 1613 regular expression: repetition of a repetition at position 2
  // expect: 1613 regular expression: nothing to repeat at position 0
  // expect: 1613 regular expression: unknown escape \1; there are no back references at position 0
  // expect: 1613 regular expression: repetition over 1000 at position 1
  // expect: 1613 regular expression: repetition with maximum below minimum at position 1
  // expect: 1613 regular expression: unknown group; write ( ), (?: ) or (?<name> ) at position 0
  // expect: 1613 regular expression: backslash at the end at position 0
  // expect: 1613 regular expression: `)` without `(` at position 0
  // expect: 1613 regular expression: range out of order at position 1
}
