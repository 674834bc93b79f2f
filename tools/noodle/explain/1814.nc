actor A { }
actor B { }
spawn A() with { name: "a" };
let b: ActorRef<B> = whereis("a");
// ---- instead
actor A { }
spawn A() with { name: "a" };
let a: ActorRef<A> = whereis("a");
print(a is ActorRef<A>);
