let names: List<String> = [];
if (names.length) { print(1); }
// ---- instead
let names: List<String> = [];
if (names.length > 0) { print(1); }
