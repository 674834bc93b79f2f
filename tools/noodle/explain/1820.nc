actor Doomed { on started() { throw Error(5001, "no"); } }
supervisor S { intensity: 2; period: 10s; child Doomed() }
let s = spawn S();
monitor(s);
receive { case down(ref, reason) => throw reason }
// ---- instead
actor Sound { on ok(): bool { return true; } }
supervisor S { intensity: 2; period: 10s; child Sound() with { name: "sound" } }
spawn S();
let a: ActorRef<Sound> = whereis("sound");
print(ask a.ok());
