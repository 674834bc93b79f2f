// if, ternary, ??, ?. and narrowing.
record Address(city: String, zip: String?)
record Person(name: String, address: Address?)

func city(p: Person?): String { return p?.address?.city ?? "unknown"; }
func size(s: String?): int {
  if (s == null) { return -1; }
  return s.length;
}
func both(a: int?, b: int?): int {
  if (a != null && b != null) { return a + b; }
  return a ?? b ?? 0;
}
func loop(): int {
  let next: int? = 3;
  let sum = 0;
  while (next != null) {
    sum += next;
    next = next > 1 ? next - 1 : null;
  }
  return sum;
}
func main() {
  print(city(null), city(Person("a", null)), city(Person("b", Address("Rome", null))));
  // expect: unknown unknown Rome
  print(size(null), size("abc"), both(1, 2), both(null, 2), both(null, null));
  // expect: -1 3 3 2 0
  print(loop());
  // expect: 6
  let v: any = "text";
  let n = v is String ? v.length : 0;
  print(n);
  // expect: 4
  if (!(v is String)) { return; }
  print(v.toUpper());
  // expect: TEXT
  let zip = Person("c", Address("X", "123")).address?.zip;
  print(zip, zip?.length, zip == null ? 0 : zip.length);
  // expect: 123 3 3
}
