let n = 5;
n();
// ---- instead
let n = () => 5;
print(n());
