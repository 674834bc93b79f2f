// Numbers: elementary functions, integer arithmetic, bits.

export const pi: float = 3.141592653589793;
export const tau: float = 6.283185307179586;
export const e: float = 2.718281828459045;
export const maxInt: int = 9223372036854775807;
export const minInt: int = -9223372036854775808;
/// Distance from 1.0 to the next larger float.
export const epsilon: float = 2.220446049250313e-16;

/// Positive infinity.
@native("math.infinity") export func infinity(): float;
/// Not a number.
@native("math.nan") export func nan(): float;

@native("math.sqrt") export func sqrt(x: float): float;
@native("math.cbrt") export func cbrt(x: float): float;
/// sqrt(x*x + y*y) without overflow on the way.
@native("math.hypot") export func hypot(x: float, y: float): float;
@native("math.exp") export func exp(x: float): float;
/// exp(x) - 1, exact near 0.
@native("math.expm1") export func expm1(x: float): float;
/// Natural logarithm.
@native("math.log") export func log(x: float): float;
/// log(1 + x), exact near 0.
@native("math.log1p") export func log1p(x: float): float;
@native("math.log2") export func log2(x: float): float;
@native("math.log10") export func log10(x: float): float;
@native("math.pow") export func pow(x: float, y: float): float;

/// Angles are in radians.
@native("math.sin") export func sin(x: float): float;
@native("math.cos") export func cos(x: float): float;
@native("math.tan") export func tan(x: float): float;
@native("math.asin") export func asin(x: float): float;
@native("math.acos") export func acos(x: float): float;
@native("math.atan") export func atan(x: float): float;
/// Angle of the point (x, y), from -pi to pi.
@native("math.atan2") export func atan2(y: float, x: float): float;
@native("math.sinh") export func sinh(x: float): float;
@native("math.cosh") export func cosh(x: float): float;
@native("math.tanh") export func tanh(x: float): float;

/// Greatest integral value not above x.
@native("math.floor") export func floor(x: float): float;
/// Least integral value not below x.
@native("math.ceil") export func ceil(x: float): float;
/// Nearest integral value, halves away from zero.
@native("math.round") export func round(x: float): float;
/// Integral part, toward zero.
@native("math.trunc") export func trunc(x: float): float;

/// Nearest multiple of 10^-digits, halves away from zero. `digits` is 0 to 15.
export func roundTo(x: float, digits: int): float {
  let scale = pow(10.0, float(digits));
  let scaled = x * scale;
  return scaled.isFinite() ? round(scaled) / scale : x;
}

export func isNan(x: float): bool { return x != x; }
export func isFinite(x: float): bool { return x.isFinite(); }
export func degrees(radians: float): float { return radians * (180.0 / pi); }
export func radians(degrees: float): float { return degrees * (pi / 180.0); }
/// a + (b - a) * t.
export func lerp(a: float, b: float, t: float): float { return a + (b - a) * t; }
/// `value` limited to low..high.
@needs("ordered") @native("math.clamp") export func clamp<T>(value: T, low: T, high: T): T;
/// -1, 0 or 1; 0 for nan.
export func sign(x: float): int { return x > 0.0 ? 1 : x < 0.0 ? -1 : 0; }

/// Arithmetic modulo 2^64 instead of a trap on overflow.
@native("math.wrapAdd") export func wrapAdd(a: int, b: int): int;
@native("math.wrapSub") export func wrapSub(a: int, b: int): int;
@native("math.wrapMul") export func wrapMul(a: int, b: int): int;
/// Shift right that fills with zeros; traps 1606 outside 0..63.
@native("math.shiftRight") export func shiftRight(value: int, count: int): int;
@native("math.rotateLeft") export func rotateLeft(value: int, count: int): int;
/// Bits that are set.
@native("math.popCount") export func popCount(value: int): int;
/// Zero bits above the highest set bit; 64 for 0.
@native("math.leadingZeros") export func leadingZeros(value: int): int;
/// Zero bits below the lowest set bit; 64 for 0.
@native("math.trailingZeros") export func trailingZeros(value: int): int;
/// The 64 bits of a float as an int, and back.
@native("math.floatBits") export func floatBits(x: float): int;
@native("math.floatFromBits") export func floatFromBits(bits: int): float;

/// Quotient rounded toward negative infinity.
export func floorDiv(a: int, b: int): int {
  let q = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}
/// Remainder of floorDiv; has the sign of b.
export func floorMod(a: int, b: int): int {
  let r = a % b;
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}
/// Greatest common divisor, not negative; gcd(0, 0) is 0.
export func gcd(a: int, b: int): int {
  let x = a;
  let y = b;
  while (y != 0) {
    let r = x % y;
    x = y;
    y = r;
  }
  return abs(x);
}
/// Least common multiple, not negative; traps 1600 when it does not fit.
export func lcm(a: int, b: int): int {
  if (a == 0 || b == 0) { return 0; }
  return abs(a / gcd(a, b) * b);
}
/// base^exponent in ints; traps 1600 on overflow, throws 1613 for a negative exponent.
export func powInt(base: int, exponent: int): int {
  if (exponent < 0) { throw Error(1613, `powInt: exponent ${exponent} is negative`); }
  let result = 1;
  let power = base;
  let rest = exponent;
  while (rest > 0) {
    if (rest % 2 == 1) { result = result * power; }
    rest = rest / 2;
    if (rest > 0) { power = power * power; }
  }
  return result;
}
/// Greatest int whose square is not above n; throws 1613 for negative n.
export func isqrt(n: int): int {
  if (n < 0) { throw Error(1613, `isqrt: ${n} is negative`); }
  let root = int(sqrt(float(n)));
  while (root > 3037000499 || root * root > n) { root -= 1; }
  while (root < 3037000499 && (root + 1) * (root + 1) <= n) { root += 1; }
  return root;
}
