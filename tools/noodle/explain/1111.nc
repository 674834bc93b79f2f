actor Counter { on add(n: int) { } }
let c = spawn Counter();
send c.substract(1);
// ---- instead
actor Counter { on add(n: int) { } }
let c = spawn Counter();
send c.add(1);
