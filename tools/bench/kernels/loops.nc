// Nested integer loops.
func loops(rounds: int): int {
  let s = 0;
  for (r in 1..rounds) {
    for (i in 1..300) {
      for (j in 1..300) {
        s = s + i - j;
        if (s < 0) { s += r; }
      }
    }
  }
  return s;
}

func main(args: List<String>): int {
  let n = args[0].parseInt() ?? 100;
  let result = 0;
  for (rep in 0..<(args[1].parseInt() ?? 1)) { result = loops(n); }
  print(result);
  return 0;
}
