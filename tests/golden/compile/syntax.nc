// Syntax errors: the parser goes on after each.
func a( { }
func b() { let = 5; }
func c() { let x = ; }
func d() { return 1 + ; }
func e() { if x { } }
let s = "not closed
func f() { let y = 08x; }
func main() { }
// expect compile error: 1011 line 2
