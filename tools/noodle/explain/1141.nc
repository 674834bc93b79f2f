func f() { break; }
// ---- instead
func f() { while (true) { break; } }
f();
