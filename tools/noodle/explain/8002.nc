actor A { }
spawn A() with { caps: ["teleport"] };
// ---- instead
actor A { }
spawn A() with { caps: ["log"] };
