actor A { }
let a = spawn A() with { memroy: 1MB };
// ---- instead
actor A { }
let a = spawn A() with { memory: 1MB };
