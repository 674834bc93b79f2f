import std.text;
func main() {
  let b = text.StringBuilder();
  b.add("a").add("bc").addLine();
  print(b.length, b.build() == "abc\n");
  // expect: 4 true
  print(text.levenshtein("kitten", "sitting"), text.levenshtein("", "abc"), text.closest("lenght", ["length", "width"]), text.closest("zzz", ["a"]));
  // expect: 3 3 length null
  print(text.words("  the  quick\tfox "), text.wrap("the quick brown fox jumps", 10), text.capitalize("élan"));
  // expect: ["the", "quick", "fox"] ["the quick", "brown fox", "jumps"] Élan
  print(text.indent("a\n\nb", "> "));
  // expect: > a
  // expect: 
  // expect: > b
  print(text.dedent("    a\n      b\n    c"));
  // expect: a
  // expect:   b
  // expect: c
  print(text.escapeHtml("<a href=\"x\">'&'</a>"), text.fromCode(0x1F600), text.isAscii("abc"), text.isAscii("é"));
  // expect: &lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt; 😀 true false
  print(text.isLetter("é".codeAt(0)), text.isDigit(0x0664), text.isSpace(0xa0), text.isUpper("Ä".codeAt(0)), text.isLower("ß".codeAt(0)));
  // expect: true true true true true
  print(text.displayWidth("abc"), text.displayWidth("日本"), text.table([["name", "n"], ["日本", "2"]]));
  // expect: 3 4 name  n
  // expect: 日本  2
}
