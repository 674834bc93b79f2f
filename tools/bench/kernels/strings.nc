// String building and byte scanning.
func strings(n: int): int {
  let b = "";
  for (i in 0..<n) {
    b += i;
    b += i % 10 == 0 ? "\n" : ",";
  }
  let h = 0;
  for (i in 0..<b.byteLength()) { h = (h * 31 + b.byteAt(i)) % 1000003; }
  return h;
}

func main(args: List<String>): int {
  let n = args[0].parseInt() ?? 300000;
  let result = 0;
  for (rep in 0..<(args[1].parseInt() ?? 1)) { result = strings(n); }
  print(result);
  return 0;
}
