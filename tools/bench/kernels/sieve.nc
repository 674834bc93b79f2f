// Sieve of Eratosthenes over a list of bool.
func sieve(n: int): int {
  let flags = list<bool>(n + 1, true);
  let count = 0;
  for (i in 2..n) {
    if (flags[i]) {
      count += 1;
      let k = i + i;
      while (k <= n) {
        flags[k] = false;
        k += i;
      }
    }
  }
  return count;
}

func main(args: List<String>): int {
  let n = args[0].parseInt() ?? 2000000;
  let result = 0;
  for (rep in 0..<(args[1].parseInt() ?? 1)) { result = sieve(n); }
  print(result);
  return 0;
}
