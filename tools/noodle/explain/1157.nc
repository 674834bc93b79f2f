requires log;
func main() { print(env.get("HOME")); }
// ---- instead
requires log;
func main() { logger.info("started"); }
