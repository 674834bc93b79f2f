let s = "noodle".repeat(100000000);
print(s.length);
// ---- instead
let s = "noodle".repeat(100);
print(s.length);
