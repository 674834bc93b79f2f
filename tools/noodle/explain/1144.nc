class A { on ping() { } }
// ---- instead
actor A { on ping() { } }
let a = spawn A();
send a.ping();
