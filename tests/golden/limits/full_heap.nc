// A heap that no collection can make room in ends with 1701, also when plain objects and not natives fill it.
// heavy
class Leaf { next: Leaf? = null; }
func grow(): int {
  let all: List<Leaf> = [];
  while (true) { all.push(Leaf()); }
  return 0;
}
func main() {
  try { grow(); } catch (e) { print(e.code); }
  // expect: 1701
  print("fine");
  // expect: fine
}
