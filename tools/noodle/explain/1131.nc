const limit = 5;
func main() { limit = 6; }
// ---- instead
func main() {
  let limit = 5;
  limit = 6;
  print(limit);
}
