func measure(x: int): int
func main() { print(measure(1)); }
// ---- instead
func measure(x: int): int { return x; }
func main() { print(measure(1)); }
