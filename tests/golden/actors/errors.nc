// A handler that fails ends the actor; its asks throw 1812 with the cause, later ones 1810.
actor Fragile {
  on work(n: int): int { return 10 / n; }
}
func main() {
  let f = spawn Fragile();
  print(ask f.work(5));
  // expect: 2
  try { print(ask f.work(0)); } catch (e) { print(e.code, e.cause?.code); }
  // expect: 1812 1601
  try { print(ask f.work(1)); } catch (e) { print(e.code); }
  // expect: 1810
  send f.work(1);
  print("main goes on");
  // expect: main goes on
}
