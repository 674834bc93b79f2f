func worker() { receive { case value: any => print(value) } }
let ref = spawn worker();
let job: any = (n: int) => n + 1;
send ref <- job;
// ---- instead
func worker() { receive { case n: int => print(n + 1) } }
let ref = spawn worker();
monitor(ref);
send ref <- 41;
receive { case down(_, reason) => {} }
