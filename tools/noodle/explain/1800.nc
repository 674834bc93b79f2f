func brief() { }
let p = spawn brief();
monitor(p);
receive { case down(ref, reason) => throw reason }
