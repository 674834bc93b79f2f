// Sorting is stable, works on large lists, and compares by every ordered type.
// heavy
record Item(key: int, index: int)
func main() {
  let items: List<Item> = [];
  let state = 12345;
  for (i in 0..<5000) {
    state = (state * 1103515245 + 12345) % 2147483648;
    items.push(Item(state % 50, i));
  }
  items.sort((a, b) => a.key - b.key);
  let stable = true;
  for (i in 1..<items.length) {
    let a = items[i - 1];
    let b = items[i];
    if (a.key > b.key || a.key == b.key && a.index > b.index) { stable = false; }
  }
  print(stable);
  // expect: true
  let keys = items.map(i => (i.index * 7919) % 5003);
  keys.sort();
  let sorted = true;
  for (i in 1..<keys.length) { if (keys[i - 1] > keys[i]) { sorted = false; } }
  print(sorted, keys.length);
  // expect: true 5000
  items.sortBy(i => -i.index);
  print(items[0].index, items[4999].index);
  // expect: 4999 0
  try {
    let classes: List<Item> = [Item(1, 1), Item(2, 2)];
    classes.sort();
  } catch (e) { print(e.code); }
  // expect: 1613
  try { [1.0, 0.0 / 0.0, 2.0].sort(); } catch (e) { print(e.code); }
  // expect: 1618
}
