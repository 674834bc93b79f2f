let names: Lst<String> = [];
// ---- instead
let names: List<String> = [];
print(names);
