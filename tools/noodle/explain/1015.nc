class A { while (true) { } }
// ---- instead
class A { func run() { while (true) { break; } } }
A().run();
