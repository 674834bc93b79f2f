class Shape { func area(): float; }
let s = Shape();
// ---- instead
class Shape { func area(): float; }
class Square(side: float) extends Shape { func area(): float { return side * side; } }
print(Square(2.0).area());
