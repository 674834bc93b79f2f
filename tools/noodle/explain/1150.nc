actor Worker { on work(job: func(): int) { } }
// ---- instead
actor Worker { on work(job: int) { print(job); } }
let w = spawn Worker();
send w.work(1);
