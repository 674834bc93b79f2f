// Interfaces, several of them, and as bounds of type parameters.
interface Comparable { func rank(): int }
interface Named { func name(): String }
class Person(first: String, age: int) implements Comparable, Named {
  func rank(): int { return age; }
  func name(): String { return first; }
}
func top<T: Comparable>(values: List<T>): T {
  let best = values[0];
  for (v in values) { if (v.rank() > best.rank()) { best = v; } }
  return best;
}
func main() {
  print(top([Person("Ann", 30), Person("Bob", 40)]).name());
  // expect: Bob
  let all: List<Comparable> = [Person("C", 3), Person("D", 1)];
  print(all.map(c => c.rank()));
  // expect: [3, 1]
  let n: Named = Person("E", 0);
  print(n.name(), n is Comparable);
  // expect: E true
}
