actor Slow { on answer(): int { sleep(5s); return 1; } }
let s = spawn Slow();
print(ask s.answer() within 20ms);
// ---- instead
actor Quick { on answer(): int { return 1; } }
let q = spawn Quick();
print(ask q.answer() within 2s);
