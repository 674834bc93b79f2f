actor A { }
spawn A() with { name: "only" };
spawn A() with { name: "only" };
// ---- instead
actor A { }
spawn A() with { name: "one" };
spawn A() with { name: "two" };
