// Long concatenations stay linear and equal their flat form.
// heavy
func main() {
  let s = "";
  for (i in 0..<20000) { s = s + "line " + i + "\n"; }
  print(s.length, s.lines().length, s.lines()[19999]);
  // expect: 208890 20000 line 19999
  let t = "";
  for (i in 0..<20000) { t += `line ${i}\n`; }
  print(s == t, s.indexOf("line 777\n") == t.indexOf("line 777\n"), s < t + "x");
  // expect: true true true
  let wide = "é".repeat(1000) + "x";
  print(wide.length, wide[999], wide[1000], wide.codeAt(500), wide.slice(998));
  // expect: 1001 é x 233 ééx
}
