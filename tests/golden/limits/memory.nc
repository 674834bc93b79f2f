// Too much memory is an error in the offender only.
// heavy
func hog(): int {
  let xs: List<List<int>> = [];
  while (true) { xs.push(list<int>(1000, 1)); }
  return 0;
}
actor Hog { on eat(): int { return hog(); } on hi(): int { return 1; } }
func main() {
  try { hog(); } catch (e) { print(e.code); }
  // expect: 1701
  let small = spawn Hog() with { memory: 1MB };
  try { ask small.eat(); } catch (e) { print(e.code, e.cause?.code); }
  // expect: 1812 1701
  try { print("x".repeat(300 * 1024 * 1024).length); } catch (e) { print(e.code); }
  // expect: 1706
  print("fine");
  // expect: fine
}
