func spin() { while (true) { } }
let p = spawn spin() with { fuel: 1000 };
monitor(p);
receive { case down(ref, reason) => throw reason }
// ---- instead
func spin() { for (i in 0..<100) { } }
let p = spawn spin() with { fuel: 1000 };
monitor(p);
receive { case down(ref, reason) => print(reason.code) }
