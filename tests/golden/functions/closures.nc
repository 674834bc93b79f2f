// Closures capture variables; a for-in variable is fresh in each round.
func counter(): func(): int {
  let n = 0;
  return () => { n += 1; return n; };
}
func twice(f: func(int): int): func(int): int { return x => f(f(x)); }
func apply(f: func(int, int): int, a: int, b: int): int { return f(a, b); }
func add(a: int, b: int): int { return a + b; }
class Acc {
  total: int;
  func adder(): func(int) { return x => { total += x; }; }
  func get(): int { return total; }
}
func main() {
  let c = counter();
  let d = counter();
  print(c(), c(), d(), c());
  // expect: 1 2 1 3
  print(twice(x => x * 3)(2), apply(add, 3, 4), apply((a, b) => a * b, 3, 4));
  // expect: 18 7 12
  let fs: List<func(): int> = [];
  for (i in 0..<3) { fs.push(() => i); }
  print(fs.map(f => f()));
  // expect: [0, 1, 2]
  let shared = 0;
  let inc = () => { shared += 1; };
  inc();
  inc();
  print(shared);
  // expect: 2
  let acc = Acc();
  let plus = acc.adder();
  plus(5);
  plus(6);
  let get = acc.get;
  print(acc.total, get());
  // expect: 11 11
  func fact(n: int): int { return n <= 1 ? 1 : n * fact(n - 1); }
  print(fact(10));
  // expect: 3628800
  let compose = (f: func(int): int, g: func(int): int) => (x: int) => g(f(x));
  print(compose(x => x + 1, x => x * 10)(4));
  // expect: 50
  let f: (func(): int)? = null;
  print(f == null);
  // expect: true
}
