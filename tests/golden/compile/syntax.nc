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
// expect compile error: 1011 line 3
// expect compile error: 1012 line 4
// expect compile error: 1012 line 5
// expect compile error: 1011 line 6
// expect compile error: 1100 line 6
// expect compile error: 1019 line 7
// expect compile error: 1002 line 7
// expect compile error: 1005 line 8
