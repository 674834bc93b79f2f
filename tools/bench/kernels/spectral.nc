// Spectral norm: small calls in float loops.
import std.math;

func cell(i: int, j: int): float {
  let ij = i + j;
  return 1.0 / (ij * (ij + 1) / 2 + i + 1);
}

func times(n: int, x: List<float>, y: List<float>) {
  for (i in 0..<n) {
    let a = 0.0;
    for (j in 0..<n) { a += x[j] * cell(i, j); }
    y[i] = a;
  }
}

func times_transposed(n: int, x: List<float>, y: List<float>) {
  for (i in 0..<n) {
    let a = 0.0;
    for (j in 0..<n) { a += x[j] * cell(j, i); }
    y[i] = a;
  }
}

func spectral(n: int): float {
  let u = list<float>(n, 1.0);
  let v = list<float>(n, 0.0);
  let t = list<float>(n, 0.0);
  for (i in 0..<10) {
    times(n, u, t);
    times_transposed(n, t, v);
    times(n, v, t);
    times_transposed(n, t, u);
  }
  let vv = 0.0;
  let vb = 0.0;
  for (i in 0..<n) {
    vb += u[i] * v[i];
    vv += v[i] * v[i];
  }
  return math.sqrt(vb / vv);
}

func main(args: List<String>): int {
  let n = args[0].parseInt() ?? 200;
  let result = 0.0;
  for (rep in 0..<(args[1].parseInt() ?? 1)) { result = spectral(n); }
  print(result);
  return 0;
}
