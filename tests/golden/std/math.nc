import std.math;
func main() {
  print(math.sqrt(16.0), math.pow(2.0, 10.0), math.floor(-1.5), math.ceil(1.2), math.round(2.5), math.round(-2.5), math.trunc(-1.7));
  // expect: 4.0 1024.0 -2.0 2.0 3.0 -3.0 -1.0
  print(math.sin(0.0), math.cos(0.0), math.atan2(1.0, 1.0) == math.pi / 4.0, math.exp(0.0), math.log(math.e), math.log10(1000.0), math.log2(8.0));
  // expect: 0.0 1.0 true 1.0 1.0 3.0 3.0
  print(math.hypot(3.0, 4.0), math.roundTo(math.cbrt(27.0), 9), math.roundTo(3.14159, 2), math.roundTo(math.infinity(), 2));
  // expect: 5.0 3.0 3.14 inf
  print(math.gcd(12, 18), math.gcd(0, -5), math.lcm(4, 6), math.powInt(3, 4), math.isqrt(99), math.isqrt(9223372036854775807));
  // expect: 6 5 12 81 9 3037000499
  print(math.clamp(15, 0, 10), math.clamp(0.5, 1.0, 2.0), math.clamp("m", "a", "f"), math.sign(-2.5), math.lerp(0.0, 10.0, 0.25));
  // expect: 10 1.0 f -1 2.5
  print(math.wrapAdd(math.maxInt, 1) == math.minInt, math.wrapSub(math.minInt, 1) == math.maxInt, math.wrapMul(math.maxInt, 2));
  // expect: true true -2
  print(math.shiftRight(-1, 60), math.rotateLeft(1, 65), math.popCount(255), math.leadingZeros(1), math.trailingZeros(8), math.trailingZeros(0));
  // expect: 15 2 8 63 3 64
  print(math.floorDiv(-7, 2), math.floorMod(-7, 2), math.floorMod(7, -3), math.degrees(math.pi), math.isNan(math.nan()), math.isFinite(1.0));
  // expect: -4 1 -2 180.0 true true
  print(math.floatFromBits(math.floatBits(1.5)), math.floatBits(1.0), math.tanh(0.0), math.log1p(0.0), math.expm1(0.0));
  // expect: 1.5 4607182418800017408 0.0 0.0 0.0
  for (f in [() => math.powInt(2, -1), () => math.powInt(10, 19), () => math.isqrt(-1)]) {
    try { print(f()); } catch (e) { print(e.code); }
  }
  // expect: 1613
  // expect: 1600
  // expect: 1613
}
