let all: List<List<int>> = [];
while (true) { all.push(list<int>(100000, 0)); }
// ---- instead
let some = list<int>(100000, 0);
print(some.length);
