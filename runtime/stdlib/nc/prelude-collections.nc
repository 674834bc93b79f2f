// Collections of the prelude. Attributes as in prelude.nc.

/// Growable sequence.
@builtin("list")
class List<T> {
  @property @native("list.length") func length(): int;
  /// Appends a value.
  @native("list.push") func push(value: T);
  /// Removes and gives the last value, or null when empty.
  func pop(): T? {
    if (self.length == 0) { return null; }
    return self.removeAt(self.length - 1);
  }
  /// Inserts before position `index`, 0 to length; traps 1602.
  @native("list.insert") func insert(index: int, value: T);
  /// Removes and gives the value at `index`; traps 1602.
  @native("list.removeAt") func removeAt(index: int): T;
  /// Removes the first equal value; false if there is none.
  func remove(value: T): bool {
    let at = self.indexOf(value);
    if (at < 0) { return false; }
    self.removeAt(at);
    return true;
  }
  func contains(value: T): bool { return self.indexOf(value) >= 0; }
  /// Position of the first equal value, or -1.
  @native("list.indexOf") func indexOf(value: T): int;
  /// Copy of the values from `from` up to, not including, `to`; both are clamped to 0..length.
  @native("list.slice") func slice(from: int, to: int = 9223372036854775807): List<T>;
  /// New list: these values, then those of `other`.
  @native("list.concat") func concat(other: List<T>): List<T>;
  /// Reverses this list and returns it.
  @native("list.reverse") func reverse(): List<T>;
  /// Sorts this list (stable) and returns it. `compare(a, b)` is negative when a comes first; without it, T must have <.
  func sort(compare: (func(T, T): int)? = null): List<T> {
    if (compare == null) {
      self.sortNatural();
      return self;
    }
    let n = self.length;
    let source = self.copy();
    let target = self.copy();
    let width = 1;
    while (width < n) {
      let start = 0;
      while (start < n) {
        let middle = $lesser(start + width, n);
        let end = $lesser(middle + width, n);
        let i = start;
        let j = middle;
        for (k in start..<end) {
          if (i < middle && (j >= end || compare(source[i], source[j]) <= 0)) {
            target[k] = source[i];
            i += 1;
          } else {
            target[k] = source[j];
            j += 1;
          }
        }
        start = end;
      }
      let swapped = source;
      source = target;
      target = swapped;
      width *= 2;
    }
    for (k in 0..<n) { self[k] = source[k]; }
    return self;
  }
  /// Sorts this list (stable) by a key that has <, computed once per value, and returns it.
  func sortBy<K>(key: func(T): K): List<T> {
    let keys: List<K> = [];
    let values: List<T> = [];
    for (value in self) {
      keys.push(key(value));
      values.push(value);
    }
    let at = 0;
    for (index in keys.order()) {
      self[at] = values[index];
      at += 1;
    }
    return self;
  }
  func map<U>(f: func(T): U): List<U> {
    let out: List<U> = [];
    for (value in self) { out.push(f(value)); }
    return out;
  }
  func filter(keep: func(T): bool): List<T> {
    let out: List<T> = [];
    for (value in self) {
      if (keep(value)) { out.push(value); }
    }
    return out;
  }
  /// f(...f(f(initial, first), second)..., last).
  func fold<U>(initial: U, f: func(U, T): U): U {
    let result = initial;
    for (value in self) { result = f(result, value); }
    return result;
  }
  /// As fold, starting with the first value; null when empty.
  func reduce(f: func(T, T): T): T? {
    let n = self.length;
    if (n == 0) { return null; }
    let result = self[0];
    for (i in 1..<n) { result = f(result, self[i]); }
    return result;
  }
  /// First value that satisfies the test, or null.
  func find(test: func(T): bool): T? {
    for (value in self) {
      if (test(value)) { return value; }
    }
    return null;
  }
  func any(test: func(T): bool): bool {
    for (value in self) {
      if (test(value)) { return true; }
    }
    return false;
  }
  func all(test: func(T): bool): bool {
    for (value in self) {
      if (!test(value)) { return false; }
    }
    return true;
  }
  /// How many values satisfy the test.
  func count(test: func(T): bool): int {
    let n = 0;
    for (value in self) {
      if (test(value)) { n += 1; }
    }
    return n;
  }
  /// Pairs of values at the same position, as long as the shorter list.
  func zip<U>(other: List<U>): List<Entry<T, U>> {
    let out: List<Entry<T, U>> = [];
    for (i in 0..<$lesser(self.length, other.length)) { out.push(Entry(self[i], other[i])); }
    return out;
  }
  /// The values of a list of lists, one level.
  @needs("List<U>") @native("list.flat") func flat<U>(): List<U>;
  /// The first of each group of equal values, in order.
  @native("list.unique") func unique(): List<T>;
  /// Values by key, in order of first appearance.
  func groupBy<K>(key: func(T): K): Map<K, List<T>> {
    let out: Map<K, List<T>>;
    for (value in self) {
      let none: List<T> = [];
      out.getOrPut(key(value), none).push(value);
    }
    return out;
  }
  func first(): T? {
    if (self.length == 0) { return null; }
    return self[0];
  }
  func last(): T? {
    let n = self.length;
    if (n == 0) { return null; }
    return self[n - 1];
  }
  @needs("ordered")
  func min(): T? {
    let at = self.minIndex();
    if (at < 0) { return null; }
    return self[at];
  }
  @needs("ordered")
  func max(): T? {
    let at = self.maxIndex();
    if (at < 0) { return null; }
    return self[at];
  }
  /// Sum of numbers or durations; 0 when empty.
  @needs("number") @native("list.sum") func sum(): T;
  /// Texts of the values with `separator` between them.
  @native("list.join") func join(separator: String = ""): String;
  @native("list.clear") func clear();
  /// New list with the same values.
  @native("list.copy") func copy(): List<T>;
  @native("value.text") func toString(): String;

  /// Stable sort by <; traps 1613 when T has none, 1618 on nan.
  @native("list.sort") private func sortNatural();
  /// Stable permutation: order()[0] is the index of the least value.
  @native("list.order") private func order(): List<int>;
  /// Index of the first least value, -1 when empty.
  @native("list.minIndex") private func minIndex(): int;
  @native("list.maxIndex") private func maxIndex(): int;
}

/// Key and value; also the pairs of List.zip.
record Entry<K, V>(key: K, value: V)

/// Hash map that keeps insertion order.
@builtin("map")
class Map<K, V> {
  @property @native("map.length") func length(): int;
  /// Value of a key, or null; m[key] traps 1604 instead.
  @native("map.get") func get(key: K): V?;
  @native("map.set") func set(key: K, value: V);
  @native("map.has") func has(key: K): bool;
  /// False if there was no such key.
  @native("map.remove") func remove(key: K): bool;
  @native("map.keys") func keys(): List<K>;
  @native("map.values") func values(): List<V>;
  func entries(): List<Entry<K, V>> {
    let out: List<Entry<K, V>> = [];
    for (key, value in self) { out.push(Entry(key, value)); }
    return out;
  }
  /// The value of `key`; puts `value` there first when there is none.
  func getOrPut(key: K, value: V): V {
    if (!self.has(key)) { self.set(key, value); }
    return self[key];
  }
  /// Takes over all entries of `other`; its values win.
  func merge(other: Map<K, V>) {
    for (key, value in other) { self.set(key, value); }
  }
  @native("map.clear") func clear();
  @native("value.text") func toString(): String;
}

/// Set of values that keeps insertion order.
@builtin("set")
class Set<T> {
  @property @native("set.length") func length(): int;
  /// False if the value was there already.
  @native("set.add") func add(value: T): bool;
  @native("set.has") func has(value: T): bool;
  /// False if the value was not there.
  @native("set.remove") func remove(value: T): bool;
  func union(other: Set<T>): Set<T> {
    let out: Set<T>;
    for (value in self) { out.add(value); }
    for (value in other) { out.add(value); }
    return out;
  }
  func intersect(other: Set<T>): Set<T> {
    let out: Set<T>;
    for (value in self) {
      if (other.has(value)) { out.add(value); }
    }
    return out;
  }
  /// The values that `other` does not have.
  func minus(other: Set<T>): Set<T> {
    let out: Set<T>;
    for (value in self) {
      if (!other.has(value)) { out.add(value); }
    }
    return out;
  }
  @native("set.values") func values(): List<T>;
  @native("set.clear") func clear();
  @native("value.text") func toString(): String;
}

/// The ints from `from` up to, not including, `to`; empty when descending. `a..b` is Range(a, b + 1).
record Range(from: int, to: int) {
  @property func length(): int { return self.to > self.from ? self.to - self.from : 0; }
  func list(): List<int> {
    let out: List<int> = [];
    for (i in self.from..<self.to) { out.push(i); }
    return out;
  }
  func copy(): List<int> { return self.list(); }
  func contains(value: int): bool { return value >= self.from && value < self.to; }
  func indexOf(value: int): int { return self.contains(value) ? value - self.from : -1; }
  /// Part of the range, by position; both are clamped to 0..length.
  func slice(from: int, to: int = 9223372036854775807): Range {
    let n = self.length;
    let start = from < 0 ? 0 : $lesser(from, n);
    let end = $lesser(to, n);
    return Range(self.from + start, self.from + (end < start ? start : end));
  }
  func concat(other: List<int>): List<int> { return self.list().concat(other); }
  func map<U>(f: func(int): U): List<U> {
    let out: List<U> = [];
    for (i in self.from..<self.to) { out.push(f(i)); }
    return out;
  }
  func filter(keep: func(int): bool): List<int> {
    let out: List<int> = [];
    for (i in self.from..<self.to) {
      if (keep(i)) { out.push(i); }
    }
    return out;
  }
  func fold<U>(initial: U, f: func(U, int): U): U {
    let result = initial;
    for (i in self.from..<self.to) { result = f(result, i); }
    return result;
  }
  func reduce(f: func(int, int): int): int? {
    if (self.length == 0) { return null; }
    let result = self.from;
    for (i in self.from + 1..<self.to) { result = f(result, i); }
    return result;
  }
  func find(test: func(int): bool): int? {
    for (i in self.from..<self.to) {
      if (test(i)) { return i; }
    }
    return null;
  }
  func any(test: func(int): bool): bool {
    for (i in self.from..<self.to) {
      if (test(i)) { return true; }
    }
    return false;
  }
  func all(test: func(int): bool): bool {
    for (i in self.from..<self.to) {
      if (!test(i)) { return false; }
    }
    return true;
  }
  func count(test: func(int): bool): int {
    let n = 0;
    for (i in self.from..<self.to) {
      if (test(i)) { n += 1; }
    }
    return n;
  }
  func zip<U>(other: List<U>): List<Entry<int, U>> { return self.list().zip(other); }
  func unique(): List<int> { return self.list(); }
  func groupBy<K>(key: func(int): K): Map<K, List<int>> { return self.list().groupBy(key); }
  func first(): int? {
    if (self.length == 0) { return null; }
    return self.from;
  }
  func last(): int? {
    if (self.length == 0) { return null; }
    return self.to - 1;
  }
  func min(): int? { return self.first(); }
  func max(): int? { return self.last(); }
  func sum(): int {
    let total = 0;
    for (i in self.from..<self.to) { total += i; }
    return total;
  }
  func join(separator: String = ""): String { return self.list().join(separator); }
}

/// The ints from `from` up to, not including, `to`.
func range(from: int, to: int): Range { return Range(from, to); }
/// A list of `count` times the same value.
@native("list.filled") func list<T>(count: int, value: T): List<T>;

func $lesser(a: int, b: int): int { return a < b ? a : b; }
