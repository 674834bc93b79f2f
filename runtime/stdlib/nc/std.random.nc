// Random numbers: a seeded generator that repeats, and the node's source for keys.

import std.math;

/// xoshiro256** seeded through splitmix64 (Blackman, Vigna): the same seed gives the same numbers on every node. Not for secrets.
export class Generator {
  private a: int;
  private b: int;
  private c: int;
  private d: int;

  constructor(seed: int) {
    let state = seed;
    let words: List<int> = [];
    for (i in 0..<4) {
      state = math.wrapAdd(state, -7046029254386353131);
      let z = math.wrapMul(state ^ math.shiftRight(state, 30), -4658895280553007687);
      z = math.wrapMul(z ^ math.shiftRight(z, 27), -7723592293110705685);
      words.push(z ^ math.shiftRight(z, 31));
    }
    self.a = words[0];
    self.b = words[1];
    self.c = words[2];
    self.d = words[3];
  }

  /// All 64 bits.
  func next(): int {
    let result = math.wrapMul(math.rotateLeft(math.wrapMul(b, 5), 7), 9);
    let t = b << 17;
    c = c ^ a;
    d = d ^ b;
    b = b ^ c;
    a = a ^ d;
    c = c ^ t;
    d = math.rotateLeft(d, 45);
    return result;
  }
  /// From `low` to `high`, both included, all equally likely.
  func int(low: int, high: int): int {
    if (high < low) { throw Error(1613, `random: ${low} to ${high} is empty`); }
    let span = math.wrapAdd(math.wrapSub(high, low), 1);
    if (span == 0) { return self.next(); }
    if (span < 0) {
      // More than 2^63 values: at least half of all numbers fit.
      while (true) {
        let value = self.next();
        if (value >= low && value <= high) { return value; }
      }
    }
    let limit = 9223372036854775807 - (9223372036854775807 % span + 1) % span;
    while (true) {
      let value = math.shiftRight(self.next(), 1);
      if (value <= limit) { return math.wrapAdd(low, value % span); }
    }
  }
  /// From 0.0 up to, not including, 1.0.
  func float(): float { return math.shiftRight(self.next(), 11) * 1.1102230246251565e-16; }
  func bool(): bool { return self.next() < 0; }
  /// True with this probability.
  func chance(probability: float): bool { return self.float() < probability; }
  /// Normal distribution (Marsaglia's polar method).
  func normal(mean: float = 0.0, deviation: float = 1.0): float {
    while (true) {
      let u = self.float() * 2.0 - 1.0;
      let v = self.float() * 2.0 - 1.0;
      let s = u * u + v * v;
      if (s > 0.0 && s < 1.0) { return mean + deviation * u * math.sqrt(-2.0 * math.log(s) / s); }
    }
  }
  /// Exponential distribution with this mean.
  func exponential(mean: float = 1.0): float { return -mean * math.log(1.0 - self.float()); }
  /// One of the values; throws 1602 when there is none.
  func pick<T>(values: List<T>): T { return values[values.length == 0 ? 0 : self.int(0, values.length - 1)]; }
  /// Puts the values into random order and returns the list.
  func shuffle<T>(values: List<T>): List<T> {
    let i = values.length - 1;
    while (i > 0) {
      let j = self.int(0, i);
      let kept = values[i];
      values[i] = values[j];
      values[j] = kept;
      i -= 1;
    }
    return values;
  }
  /// `count` different positions' values, in random order; throws 1613 when there are not enough.
  func sample<T>(values: List<T>, count: int): List<T> {
    if (count < 0 || count > values.length) { throw Error(1613, `random: ${count} of ${values.length} values`); }
    return self.shuffle(values.copy()).slice(0, count);
  }
}

/// A generator seeded by the node. Needs the capability `random`.
@cap("random") export func generator(): Generator { return Generator(random.int(math.minInt, math.maxInt)); }
/// The node's random numbers, fit for keys. They need the capability `random`.
@cap("random") export func nextInt(low: int, high: int): int { return random.int(low, high); }
@cap("random") export func nextFloat(): float { return random.float(); }
@cap("random") export func nextBytes(count: int): Bytes { return random.bytes(count); }
