let ages: Map<String, int> = {};
print(ages["Ada"]);
// ---- instead
let ages: Map<String, int> = {};
print(ages.get("Ada") ?? 0);
