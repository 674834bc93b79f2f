actor Fragile { on answer(): int { throw Error(5001, "broken"); } }
let f = spawn Fragile();
print(ask f.answer());
// ---- instead
actor Solid { on answer(): int { return 42; } }
let s = spawn Solid();
print(ask s.answer());
