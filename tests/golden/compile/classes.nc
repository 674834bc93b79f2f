// Errors in declarations of classes.
class A { private x: int = 1; func f(): int { return 1; } func f(): int { return 2; } }
class B extends A { func g(a: A): int { return a.x; } }
class C extends A { func f(): String { return "x"; } }
interface I { func need(): int }
class D implements I { }
class E extends Missing { }
class F { g: F; }
abstract_call()
func abstract_call() { let s = Shape(); }
class Shape { func area(): float; }
record R(a: int)
func change(r: R) { r.a = 2; }
const K = 1;
func assign() { K = 2; const l = 1; l = 3; }
class G extends G { }
func bad() { return 1; }
func missing(): int { if (true) { return 1; } }
func out() { break; }
// expect compile error: 1103 line 2
