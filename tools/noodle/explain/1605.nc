let x: any = "five";
print((x as int) + 1);
// ---- instead
let x: any = "five";
if (x is int) { print(x + 1); } else { print("no int"); }
