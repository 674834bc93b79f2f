actor A { }
let a: ActorRef<A> = whereis("nobody");
// ---- instead
actor A { }
spawn A() with { name: "somebody" };
let a: ActorRef<A> = whereis("somebody");
print(a is ActorRef<A>);
