// A thrown error that nobody catches.
func main() {
  print("before");
  // expect: before
  throw Error(4711, "on purpose");
}
// expect error: 4711 line 5
