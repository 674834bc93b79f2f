// Inner scopes may shadow; user names may shadow prelude and host names.
func print2(x: int) { print("user", x); }
func max(a: int, b: int): int { return -1; }
func main() {
  let x = 1;
  {
    let x = "inner";
    print(x);
  }
  // expect: inner
  print(x);
  // expect: 1
  for (x in 5..5) { print(x); }
  // expect: 5
  print2(max(1, 2));
  // expect: user -1
  let logger = 3;
  print(logger);
  // expect: 3
  let type = 1;
  let on = 2;
  let test = 3;
  let from = 4;
  print(type + on + test + from);
  // expect: 10
}
