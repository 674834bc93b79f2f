actor A { }
spawn A() with { caps: ["fs.write:/etc"] };
// ---- instead
actor A { }
spawn A() with { caps: ["log"] };
