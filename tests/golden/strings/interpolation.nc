// Literals, escapes and templates.
func main() {
  print("tab\tq\"q\" back\\ \u{e9} \u{1F600}", 'single "quotes"');
  // expect: tab	q"q" back\ é 😀 single "quotes"
  let n = 3;
  print(`n=${n} next=${n + 1} map=${[1, 2].map(x => `{${x}}`)}`);
  // expect: n=3 next=4 map=["{1}", "{2}"]
  print(`two
lines \${not} $5`);
  // expect: two
  // expect: lines ${not} $5
  print(`${"a" + `${"b" + `${"c"}`}`}`);
  // expect: abc
  print(`${{"k": 1}} ${n > 2 ? "big" : "small"}`);
  // expect: {"k": 1} big
}
