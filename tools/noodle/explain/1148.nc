class Key { }
let m: Map<Key, int> = {};
// ---- instead
record Key(id: int)
let m: Map<Key, int> = {};
m[Key(1)] = 2;
print(m.length);
