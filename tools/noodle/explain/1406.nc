if (false) { print("never"); }
// ---- instead
let on = range(0, 3).length > 2;
if (on) { print("sometimes"); }
