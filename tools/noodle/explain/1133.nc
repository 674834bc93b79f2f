enum Color { red, green }
let color: Color;
print(color);
// ---- instead
enum Color { red, green }
let color: Color = Color.red;
let later: Color? = null;
print(color, later);
