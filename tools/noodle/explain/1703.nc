actor Slow { on work(n: int) { sleep(10s); } }
let s = spawn Slow() with { mailbox: 2, policy: "error" };
for (i in 0..<10) { send s.work(i); }
// ---- instead
actor Quick { on work(n: int) { } }
let q = spawn Quick() with { mailbox: 2 };
for (i in 0..<10) { send q.work(i); }
