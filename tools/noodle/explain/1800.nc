func work() { print("done"); }
let worker = spawn work();
monitor(worker);
receive { case down(ref, reason) => throw reason }
