// With `requires`, a module may call only what it lists.
requires log;
func main() {
  logger.info("fine");
  events.emit("x", 1);
  fs.read("/etc/passwd");
}
// expect compile error: 1157 line 5
// expect compile error: 1157 line 6
