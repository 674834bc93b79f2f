// Every Map method; insertion order.
record K(a: int, b: String)
func main() {
  let m: Map<String, int> = {"one": 1, "two": 2};
  m["three"] = 3;
  m.set("one", 11);
  print(m, m.length, m["two"], m.get("two"), m.get("no"), m.has("one"));
  // expect: {"one": 11, "two": 2, "three": 3} 3 2 2 null true
  print(m.remove("two"), m.remove("two"), m.keys(), m.values());
  // expect: true false ["one", "three"] [11, 3]
  m["two"] = 22;
  print(m.entries().map(e => e.key + e.value));
  // expect: ["one11", "three3", "two22"]
  print(m.getOrPut("four", 4), m.getOrPut("one", 0), m.length);
  // expect: 4 11 4
  m.merge({"five": 5, "one": 111});
  print(m);
  // expect: {"one": 111, "three": 3, "two": 22, "four": 4, "five": 5}
  m["one"] += 1;
  print(m["one"]);
  // expect: 112
  m.clear();
  print(m, m.length);
  // expect: {} 0
  let r: Map<K, float> = {};
  r[K(1, "x")] = 1.5;
  print(r[K(1, "x")], r.has(K(2, "x")));
  // expect: 1.5 false
  let f: Map<float, String> = {};
  f[0.0 / 0.0] = "nan";
  f[1.5] = "x";
  print(f[0.0 / 0.0], f[1.5]);
  // expect: nan x
  let big: Map<int, int> = {};
  for (i in 0..<10000) { big[i * 7] = i; }
  for (i in 0..<10000) { if (i % 3 != 0) { big.remove(i * 7); } }
  let sum = 0;
  for (k, v in big) { sum += v; }
  print(big.length, sum, big.keys()[1], big[21]);
  // expect: 3334 16668333 21 3
}
