// An uncaught error ends the run; finally runs before.
func inner(xs: List<int>): int { return xs[3]; }
func main() {
  try {
    print(inner([1]));
  } finally {
    print("cleanup");
  }
  // expect: cleanup
}
// expect error: 1602 line 2
