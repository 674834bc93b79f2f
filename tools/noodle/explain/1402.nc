func main() {
  let n = 1;
  for (n in 0..<3) { print(n); }
  print(n);
}
// ---- instead
func main() {
  let n = 1;
  for (i in 0..<3) { print(i); }
  print(n);
}
