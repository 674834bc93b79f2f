// Where statements end without a semicolon.
func add(a: int, b: int): int {
  return a
    + b
}
func nothing() {
  return
}
func main() {
  let x = 1 +
    2
  let y = [1, 2, 3]
    .map(v => v * 2)
    .filter(v => v > 2)
  print(x, y)
  // expect: 3 [4, 6]
  let z = x == 3
    ? "three"
    : "other"
  print(z)
  // expect: three
  print(add(
    1,
    2,
  ))
  // expect: 3
  let w = 5
  -w
  print(w)
  // expect: 5
  let q: int? = null
  print(q
    ?? 7)
  // expect: 7
  if (x == 3) print("if")
  else print("else")
  // expect: if
  nothing()
  { let inner = 4; print(inner) }
  // expect: 4
}
