record Point(x: int)
let p = Point(1);
p.x = 2;
// ---- instead
record Point(x: int)
let p = Point(1);
let q = Point(2);
print(p, q);
