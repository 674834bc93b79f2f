func area(w: int, h: int): int { return w * h; }
print(area(3));
// ---- instead
func area(w: int, h: int): int { return w * h; }
print(area(3, 4));
