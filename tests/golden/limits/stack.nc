// Endless recursion is an error that can be caught.
// heavy
func down(n: int): int { return down(n + 1) + 1; }
func main() {
  try { print(down(0)); } catch (e) { print(e.code); }
  // expect: 1700
  try { print(down(0)); } catch (e) { print(e.code, "again"); }
  // expect: 1700 again
}
