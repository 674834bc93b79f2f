actor Box { on put(x: any) { } }
let b = spawn Box();
let x: any = () => 1;
send b.put(x);
// ---- instead
actor Box { on put(x: any) { } }
let b = spawn Box();
let x: any = 1;
send b.put(x);
