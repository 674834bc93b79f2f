// Every String method.
func main() {
  let s = "Grüße, Welt";
  print(s.length, s.byteLength(), s[2], s.codeAt(2), s.byteAt(0), s.slice(0, 3), s.slice(7), s.slice(4, 2) == "");
  // expect: 11 13 ü 252 71 Grü Welt true
  print("a,b,,c".split(","), "abc".split(""), "".split(","), "a--b".split("--"));
  // expect: ["a", "b", "", "c"] ["a", "b", "c"] [""] ["a", "b"]
  print("[" + "  x y \t\n".trim() + "]", "aXbXc".replace("X", "--"), "aaa".replace("aa", "b"), "abc".replace("", "-"));
  // expect: [x y] a--b--c ba abc
  print(s.contains("Welt"), s.startsWith("Grü"), s.endsWith("lt"), s.indexOf("e"), s.indexOf("e", 5), s.indexOf("zz"));
  // expect: true true true 4 8 -1
  print("straße Ärger".toUpper(), "ÀÉ Abc".toLower(), "ab".repeat(3), "x".repeat(0) == "");
  // expect: STRAßE ÄRGER àé abc ababab true
  print("7".padStart(3, "0"), "7".padStart(3) + "|", "ab".padEnd(5, ".-"), "long".padStart(2));
  // expect: 007   7| ab.-. long
  print("aé😀".chars(), "one\ntwo\r\nthree\n".lines(), "".lines());
  // expect: ["a", "é", "😀"] ["one", "two", "three"] []
  print("42".parseInt(), "-7".parseInt(), "4x".parseInt(), "".parseInt(), "99999999999999999999".parseInt(), " 1".parseInt());
  // expect: 42 -7 null null null null
  print("1.5".parseFloat(), "1e3".parseFloat(), "x".parseFloat(), "inf".parseFloat(), "-0.25".parseFloat(), "".parseFloat());
  // expect: 1.5 1000.0 null inf -0.25 null
  print("hé".bytes().length, "hé".bytes().toList(), "A".bytes().decode());
  // expect: 3 [104, 195, 169] A
  print("abc" < "abd", "abc" + 1 + 2.5);
  // expect: true abc12.5
}
