// Arithmetic of int and float, conversions, bit operations.
func main() {
  print(1 + 2 * 3, 7 / 2, -7 / 2, 7 % 3, -7 % 3, 7 % -3);
  // expect: 7 3 -3 1 -1 1
  print(1.5 + 2, 7.0 / 2, 1e300 * 1e10, -1.0 / 0.0, 0.1 + 0.2);
  // expect: 3.5 3.5 inf -inf 0.30000000000000004
  print(4.0, 1e300, 1e-7, 123456789.0, 1e15, 1e16, 0.5, -0.0);
  // expect: 4.0 1e300 1e-7 123456789.0 1e15 1e16 0.5 -0.0
  print(0xFF, 1_000_000, 16KB, 2MB);
  // expect: 255 1000000 16384 2097152
  print(6 & 3, 6 | 3, 6 ^ 3, ~6, 1 << 10, -8 >> 1);
  // expect: 2 7 5 -7 1024 -4
  print(int(3.99), int(-3.99), float(3), int(1e15));
  // expect: 3 -3 3.0 1000000000000000
  print(9223372036854775807, -9223372036854775808);
  // expect: 9223372036854775807 -9223372036854775808
  let x = 5;
  x += 3;
  x *= 2;
  x -= 1;
  x /= 2;
  print(x, x++, x, ++x, x--, x);
  // expect: 7 7 8 9 9 8
  let y: float = 2;
  y += 1;
  print(y, y == 3, 3 < 3.5, 2 <= 2.0);
  // expect: 3.0 true true true
  print(abs(-4), abs(-2.5), min(3, 2), max(1.5, 2.5), min("b", "a"));
  // expect: 4 2.5 2 2.5 a
  let nan = 0.0 / 0.0;
  print(nan, nan == nan, nan != nan, nan < 1.0, nan.isNan(), (1.0).isFinite());
  // expect: nan false true false true true
  const big = 1 << 62;
  print(big, big - 1 + big);
  // expect: 4611686018427387904 9223372036854775807
}
