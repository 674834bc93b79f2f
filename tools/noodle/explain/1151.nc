let m: Map<String> = {};
// ---- instead
let m: Map<String, int> = {};
print(m);
