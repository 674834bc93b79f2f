// Every List method.
record P(name: String, age: int)
func main() {
  let xs = [3, 1, 2];
  xs.push(5);
  xs.insert(1, 9);
  print(xs, xs.length);
  // expect: [3, 9, 1, 2, 5] 5
  print(xs.pop(), xs.removeAt(0), xs.remove(9), xs.remove(42));
  // expect: 5 3 true false
  print(xs, xs.contains(2), xs.indexOf(2), xs.indexOf(7));
  // expect: [1, 2] true 1 -1
  let ys = [5, 3, 8, 1, 3];
  print(ys.slice(1, 3), ys.slice(3), ys.slice(4, 99), ys.slice(3, 1), ys.concat([7]), ys);
  // expect: [3, 8] [1, 3] [3] [] [5, 3, 8, 1, 3, 7] [5, 3, 8, 1, 3]
  print(ys.copy().sort(), ys.copy().sort((a, b) => b - a), ys.copy().reverse(), ys);
  // expect: [1, 3, 3, 5, 8] [8, 5, 3, 3, 1] [3, 1, 8, 3, 5] [5, 3, 8, 1, 3]
  let people = [P("Ann", 30), P("Bob", 25), P("Cid", 30), P("Dan", 25)];
  print(people.copy().sortBy(p => p.age).map(p => p.name), people.copy().sort((a, b) => b.age - a.age).map(p => p.name));
  // expect: ["Bob", "Dan", "Ann", "Cid"] ["Ann", "Cid", "Bob", "Dan"]
  print(ys.map(y => y * 2), ys.filter(y => y > 2), ys.fold("", (a, y) => a + y).length, ys.reduce((a, b) => a + b));
  // expect: [10, 6, 16, 2, 6] [5, 3, 8, 3] 5 20
  print(ys.find(y => y > 5), ys.find(y => y > 50), ys.any(y => y == 1), ys.all(y => y > 1), ys.count(y => y == 3));
  // expect: 8 null true false 2
  print(ys.zip(["a", "b"]), [[1], [2, 3]].flat(), [1, 2, 1, 3, 2].unique());
  // expect: [Entry(key: 5, value: "a"), Entry(key: 3, value: "b")] [1, 2, 3] [1, 2, 3]
  print(ys.first(), ys.last(), ys.min(), ys.max(), ys.sum(), [1.5, 2.5].sum(), ["b", "a"].min());
  // expect: 5 3 1 8 20 4.0 a
  let none: List<int> = [];
  print(none.first(), none.last(), none.min(), none.max(), none.sum(), none.pop(), none.reduce((a, b) => a), none.join(","));
  // expect: null null null null 0 null null 
  print(ys.join("-"), ["a", "b"].join(), ys.groupBy(y => y % 2));
  // expect: 5-3-8-1-3 ab {1: [5, 3, 1, 3], 0: [8]}
  let zs = list<int>(3, 7);
  zs[1] = 0;
  print(zs, list<String>(2, "x"), list<float>(2, 0.0));
  // expect: [7, 0, 7] ["x", "x"] [0.0, 0.0]
  zs.clear();
  print(zs, zs.length);
  // expect: [] 0
  print(["b", "A", "ä", "a"].sort(), [2.5, -1.0].sort(), [true, false].contains(true), [2s, 1s].sort());
  // expect: ["A", "a", "b", "ä"] [-1.0, 2.5] true [1s, 2s]
}
