// for in all its forms, while, break, continue.
func main() {
  for (i in 0..3) { print(i); }
  // expect: 0
  // expect: 1
  // expect: 2
  // expect: 3
  let out: List<String> = [];
  for (i in 0..<3) out.push("x" + i);
  for (i, v in ["a", "b"]) out.push(i + v);
  for (c in "hé") out.push(c);
  for (i, c in "ab") out.push(c + i);
  for (k in {"k1": 1, "k2": 2}) out.push(k);
  for (k, v in {"k": 5}) out.push(k + v);
  print(out.join(" "));
  // expect: x0 x1 x2 0a 1b h é a0 b1 k1 k2 k5
  let s: Set<int>;
  s.add(7);
  s.add(8);
  let total = 0;
  for (v in s) { total += v; }
  for (i in range(3, 1)) { total += 1000; }
  for (i in 5..4) { total += 1000; }
  print(total);
  // expect: 15
  let n = 0;
  while (true) {
    n++;
    if (n % 2 == 0) continue;
    if (n > 7) break;
  }
  print(n);
  // expect: 9
  let sum = 0;
  for (let i = 0; i < 10; i += 3) { sum += i; }
  print(sum);
  // expect: 18
  let r = 2..4;
  print(r, r.length, r.map(x => x * x), r.contains(4), (2..<4).list());
  // expect: Range(from: 2, to: 5) 3 [4, 9, 16] true [2, 3]
  for (i in 0..<2) {
    for (j in 0..<3) {
      if (j == 1) { break; }
      print(i, j);
    }
  }
  // expect: 0 0
  // expect: 1 0
  for (i in 9223372036854775806..9223372036854775807) { print(i); }
  // expect: 9223372036854775806
  // expect: 9223372036854775807
}
