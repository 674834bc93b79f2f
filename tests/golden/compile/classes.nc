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
// expect compile error: 1106 line 3
// expect compile error: 1136 line 4
// expect compile error: 1135 line 6
// expect compile error: 1101 line 7
// expect compile error: 1134 line 10
// expect compile error: 1132 line 13
// expect compile error: 1131 line 15
// expect compile error: 1131 line 15
// expect compile error: 1109 line 16
// expect compile error: 1130 line 17
// expect compile error: 1129 line 18
// expect compile error: 1141 line 19
