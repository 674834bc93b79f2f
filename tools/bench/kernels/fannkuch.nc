// Fannkuch-redux: permutations in int lists.
func fannkuch(n: int): int {
  let p = list<int>(n, 0);
  let q = list<int>(n, 0);
  let s = list<int>(n, 0);
  let sign = 1;
  let maxFlips = 0;
  let sum = 0;
  for (i in 0..<n) {
    p[i] = i;
    s[i] = i;
  }
  while (true) {
    let q0 = p[0];
    if (q0 != 0) {
      for (i in 1..<n) { q[i] = p[i]; }
      let flips = 1;
      while (true) {
        let qq = q[q0];
        if (qq == 0) {
          sum += sign * flips;
          if (flips > maxFlips) { maxFlips = flips; }
          break;
        }
        q[q0] = q0;
        if (q0 >= 3) {
          let i = 1;
          let j = q0 - 1;
          while (i < j) {
            let t = q[i];
            q[i] = q[j];
            q[j] = t;
            i += 1;
            j -= 1;
          }
        }
        q0 = qq;
        flips += 1;
      }
    }
    if (sign == 1) {
      let t = p[0];
      p[0] = p[1];
      p[1] = t;
      sign = -1;
    } else {
      let t = p[1];
      p[1] = p[2];
      p[2] = t;
      sign = 1;
      for (i in 2..<n) {
        let sx = s[i];
        if (sx != 0) {
          s[i] = sx - 1;
          break;
        }
        if (i == n - 1) { return sum * 100 + maxFlips; }
        s[i] = i;
        let first = p[0];
        for (j in 0..i) { p[j] = p[j + 1]; }
        p[i + 1] = first;
      }
    }
  }
}

func main(args: List<String>): int {
  let n = args[0].parseInt() ?? 9;
  let result = 0;
  for (rep in 0..<(args[1].parseInt() ?? 1)) { result = fannkuch(n); }
  print(result);
  return 0;
}
