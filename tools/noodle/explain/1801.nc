actor A { }
let a = spawn A();
monitor(a);
stop a;
receive { case down(ref, reason) => throw reason }
