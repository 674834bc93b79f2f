func helper(): int { return 1; }
// ---- instead
func helper(): int { return 1; }
func main() { print(helper()); }
