let price = 5 # 2;
// ---- instead
let price = 5 * 2;
print(price);
