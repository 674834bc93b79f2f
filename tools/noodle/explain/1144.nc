class Counter {
  total: int;
  on add(n: int) { total += n; }
}
print(Counter());
// ---- instead
actor Counter {
  total: int;
  on add(n: int): int {
    total += n;
    return total;
  }
}
let counter = spawn Counter();
print(ask counter.add(2));
