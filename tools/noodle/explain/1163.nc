func roll(): int { return 4; }
const start = roll();
func main() { print(start); }
// ---- instead
const start = 4;
func main() { print(start); }
