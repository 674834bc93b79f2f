actor A { }
supervisor S { strategy: best_effort; child A() }
// ---- instead
actor A { }
supervisor S { strategy: one_for_one; child A() }
spawn S();
