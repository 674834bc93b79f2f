enum Color { red, green }
print(Color.blue);
// ---- instead
enum Color { red, green }
print(Color.green);
