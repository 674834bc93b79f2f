print(1);
func main() { }
// ---- instead
func main() { print(1); }
