// bool operators short-circuit; byte is 0..255 and computes as int.
func loud(name: String, value: bool): bool {
  print(name);
  return value;
}
func main() {
  if (loud("a", false) && loud("b", true)) { print("never"); }
  // expect: a
  if (loud("c", true) || loud("d", true)) { print("yes"); }
  // expect: c
  // expect: yes
  print(!true, true != false, true && !false || false);
  // expect: false true true
  let b: byte = "A".bytes()[0];
  print(b, b + 1, b == 65);
  // expect: 65 66 true
  let bs: List<byte> = "hi".bytes().toList();
  print(bs, bs[1] - bs[0]);
  // expect: [104, 105] 1
}
