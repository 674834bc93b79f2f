func f(a: 5) { }
// ---- instead
func f(a: int) { }
f(5);
