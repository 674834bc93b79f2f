func main() { let unused = 1; print("hello"); }
// ---- instead
func main() { let used = 1; print(used); }
