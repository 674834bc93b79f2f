let ready = 1 < 2;
if (ready == true) { print("go"); }
// ---- instead
let ready = 1 < 2;
if (ready) { print("go"); }
