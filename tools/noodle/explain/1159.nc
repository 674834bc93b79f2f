class A { }
let a = spawn A();
// ---- instead
actor A { }
let a = spawn A();
print(a is ActorRef<A>);
