import std.random;
// heavy
func main() {
  let a = random.Generator(42);
  let b = random.Generator(42);
  let c = random.Generator(43);
  print(a.next() == b.next(), a.next() == b.next(), a.next() == c.next());
  // expect: true true false

  let counts = list<int>(6, 0);
  for (i in 0..<6000) { counts[a.int(1, 6) - 1] += 1; }
  print(counts.all(n => n > 850 && n < 1150), counts.sum());
  // expect: true 6000
  let sum = 0.0;
  let low = true;
  for (i in 0..<10000) {
    let x = a.float();
    if (x < 0.0 || x >= 1.0) { low = false; }
    sum += x;
  }
  print(low, sum > 4800.0 && sum < 5200.0);
  // expect: true true
  let xs = (0..<10).list();
  print(a.shuffle(xs).copy().sort() == (0..<10).list(), a.sample(xs, 3).unique().length, xs.contains(a.pick(xs)));
  // expect: true 3 true
  print(a.int(5, 5), a.int(-9223372036854775808, 9223372036854775807) != a.next());
  // expect: 5 true
  let mean = 0.0;
  for (i in 0..<10000) { mean += a.normal(10.0, 2.0) / 10000.0; }
  print(mean > 9.8 && mean < 10.2);
  // expect: true
  print((1..3).contains(random.nextInt(1, 3)), random.nextBytes(16).length, random.nextFloat() < 1.0);
  // expect: true 16 true
  try { a.int(2, 1); } catch (e) { print(e.code); }
  // expect: 1613
  try { random.nextInt(2, 1); } catch (e) { print(e.code); }
  // expect: 1613
  let none: List<int> = [];
  try { a.pick(none); } catch (e) { print(e.code); }
  // expect: 1602
}
