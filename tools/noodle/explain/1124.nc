record Point(x: int, y: int)
print(Point(x: 1));
// ---- instead
record Point(x: int, y: int)
print(Point(x: 1, y: 2));
