// Every Set method.
func of(values: List<int>): Set<int> {
  let out: Set<int>;
  for (v in values) { out.add(v); }
  return out;
}
func main() {
  let a = of([1, 2, 3, 2]);
  let b = of([3, 4]);
  print(a.length, a.add(9), a.add(1), a.has(2), a.remove(9), a.remove(9));
  // expect: 3 true false true true false
  print(a.union(b), a.intersect(b), a.minus(b), a.values());
  // expect: Set{1, 2, 3, 4} Set{3} Set{1, 2} [1, 2, 3]
  print(a == of([3, 2, 1]), a == b);
  // expect: true false
  let words: Set<String>;
  for (w in "the cat and the dog and".split(" ")) { words.add(w); }
  print(words);
  // expect: Set{"the", "cat", "and", "dog"}
  a.clear();
  print(a, a.length);
  // expect: Set{} 0
}
