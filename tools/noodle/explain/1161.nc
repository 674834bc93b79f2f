func main(n: int) { }
// ---- instead
func main(args: List<String>) { print(args.length); }
