// Recursive calls.   noodle run fib.nc -- N REPS
func fib(n: int): int { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

func main(args: List<String>): int {
  let n = args[0].parseInt() ?? 32;
  let result = 0;
  for (rep in 0..<(args[1].parseInt() ?? 1)) { result = fib(n); }
  print(result);
  return 0;
}
