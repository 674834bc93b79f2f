record Point(x: int, y: int)
class Label { text: String; place: Point; }
print(Label(text: "home"));
// ---- instead
record Point(x: int, y: int)
class Label { text: String; place: Point; }
print(Label(text: "home", place: Point(1, 2)));
