// Generic functions and classes; instantiations are exact types.
class Stack<T> {
  private items: List<T> = [];
  func push(v: T) { items.push(v); }
  func pop(): T? { return items.pop(); }
  func map<U>(f: func(T): U): Stack<U> {
    let out = Stack<U>();
    for (i in items) { out.push(f(i)); }
    return out;
  }
  func size(): int { return items.length; }
}
record Pair<A, B>(first: A, second: B) {
  func swap(): Pair<B, A> { return Pair(second, first); }
}
func firstOr<T>(xs: List<T>, other: T): T { return xs.length > 0 ? xs[0] : other; }
func index<K, T>(xs: List<T>, key: func(T): K): Map<K, T> {
  let out: Map<K, T> = {};
  for (x in xs) { out[key(x)] = x; }
  return out;
}
func same<T>(a: T, b: T): bool { return a == b; }
func isInts(v: any): bool { return v is List<int>; }
func empty<T>(): List<T> { return []; }

func main() {
  let s = Stack<int>();
  s.push(1);
  s.push(2);
  print(s.pop(), s.map(x => "n" + x).pop(), s.size(), Stack<String>().pop());
  // expect: 2 n1 1 null
  print(Pair(1, "a").swap(), Pair<float, int>(1, 2));
  // expect: Pair(first: "a", second: 1) Pair(first: 1.0, second: 2)
  print(firstOr([], 5), firstOr(["x"], "y"), firstOr<float>([1, 2], 0));
  // expect: 5 x 1.0
  print(index(["a", "bb"], w => w.length));
  // expect: {1: "a", 2: "bb"}
  print(same(1, 1), same("a", "b"), same([1.5], [1.5]), same(Pair(1, 2), Pair(1, 2)));
  // expect: true false true true
  print(isInts([1]), isInts(["a"]), isInts([1.0]), isInts(empty<int>()), isInts(empty<float>()));
  // expect: true false false true false
  let p: any = Pair(1, 2);
  print(p is Pair<int, int>, p is Pair<int, String>);
  // expect: true false
}
