func fail() { throw Error(5001, "broken"); }
func partner() {
  link(spawn fail());
  sleep(5s);
}
let p = spawn partner();
monitor(p);
receive { case down(ref, reason) => throw reason }
