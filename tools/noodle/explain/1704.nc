actor A { }
actor Parent { on grow() { for (i in 0..<3) { spawn A(); } } on done(): bool { return true; } }
let p = spawn Parent() with { children: 2 };
monitor(p);
send p.grow();
receive { case down(ref, reason) => throw reason }
// ---- instead
actor A { }
actor Parent { on grow() { for (i in 0..<2) { spawn A(); } } on done(): bool { return true; } }
let p = spawn Parent() with { children: 2 };
send p.grow();
print(ask p.done());
