// throw, catch, arms, cause, data, finally on every way out.
func fails(code: int) { throw Error(code, "failed " + code, {"n": 1}); }
func way(kind: int): String {
  let log: List<String> = [];
  for (i in 0..<2) {
    try {
      if (kind == 0) { continue; }
      if (kind == 1) { break; }
      if (kind == 2) { return "returned " + log.length; }
      if (kind == 3) { fails(3003); }
      log.push("body");
    } catch (e) {
      log.push("caught " + e.code);
    } finally {
      log.push("finally");
      print("finally", kind, i);
    }
  }
  return log.join(",");
}
func arms(code: int): String {
  try {
    fails(code);
  } catch (e) {
    case Error(2001, m) => return "first " + m
    case x if x.code < 2010 => return "range " + x.code
  }
  return "no error";
}
func main() {
  for (kind in 0..4) { print(way(kind)); }
  // expect: finally 0 0
  // expect: finally 0 1
  // expect: finally,finally
  // expect: finally 1 0
  // expect: finally
  // expect: finally 2 0
  // expect: returned 0
  // expect: finally 3 0
  // expect: finally 3 1
  // expect: caught 3003,finally,caught 3003,finally
  // expect: finally 4 0
  // expect: finally 4 1
  // expect: body,finally,body,finally
  print(arms(2001), arms(2005));
  // expect: first failed 2001 range 2005
  try { arms(2050); } catch (e) { print("rethrown", e.code, e.message, e.data); }
  // expect: rethrown 2050 failed 2050 {"n": 1}
  try {
    try { fails(2100); } catch (e) { throw Error(2200, "outer", null, e); }
  } catch (e) {
    print(e.code, e.cause?.code, e.cause?.message, e.cause?.cause == null);
  }
  // expect: 2200 2100 failed 2100 true
  let order: List<String> = [];
  try {
    try { order.push("t"); throw Error(2300, "x"); } finally { order.push("f"); }
  } catch { order.push("c"); }
  print(order);
  // expect: ["t", "f", "c"]
  let e = Error(2400, "plain");
  print(e.code, e.message, e.data, e.cause);
  // expect: 2400 plain null null
  try { throw e; } catch (again) { print(again == e); }
  // expect: true
}
