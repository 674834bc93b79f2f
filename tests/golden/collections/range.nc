// Ranges are lazy and have the non-changing list methods.
func main() {
  let r = 1..5;
  print(r.length, r.first(), r.last(), r.sum(), r.min(), r.max(), r.join(","), (5..1).length);
  // expect: 5 1 5 15 1 5 1,2,3,4,5 0
  print(r.map(x => x * x), r.filter(x => x % 2 == 0), r.fold(0, (a, x) => a * 10 + x), r.reduce((a, x) => a * x));
  // expect: [1, 4, 9, 16, 25] [2, 4] 12345 120
  print(r.find(x => x > 3), r.any(x => x > 5), r.all(x => x > 0), r.count(x => x > 2), r.contains(5), r.indexOf(3), r.indexOf(9));
  // expect: 4 false true 3 true 2 -1
  print(r.slice(1, 3).list(), r.list(), r.concat([9]), r.zip(["a"]).length, r.groupBy(x => x % 2));
  // expect: [2, 3] [1, 2, 3, 4, 5] [1, 2, 3, 4, 5, 9] 1 {1: [1, 3, 5], 0: [2, 4]}
  print((3..<3).first(), (3..<3).reduce((a, b) => a), range(0, 10).filter(x => x % 4 == 0), r == 1..<6, len(r), len("abc"), len([1]));
  // expect: null null [0, 4, 8] true 5 3 1
  print((0..<1000000000000).length, (0..<1000000000000).contains(5));
  // expect: 1000000000000 true
}
