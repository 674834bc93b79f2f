let things = [];
// ---- instead
let things: List<int> = [];
print(things);
