func greet() { print("hi"); }
let x = greet();
// ---- instead
func greet() { print("hi"); }
greet();
