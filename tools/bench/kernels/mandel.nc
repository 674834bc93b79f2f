// Mandelbrot set: float arithmetic in registers.
func mandel(n: int): int {
  let count = 0;
  for (y in 0..<n) {
    let ci = 2.0 * y / n - 1.0;
    for (x in 0..<n) {
      let cr = 2.0 * x / n - 1.5;
      let zr = 0.0;
      let zi = 0.0;
      let tr = 0.0;
      let ti = 0.0;
      let k = 0;
      while (k < 50 && tr + ti <= 4.0) {
        zi = 2.0 * zr * zi + ci;
        zr = tr - ti + cr;
        tr = zr * zr;
        ti = zi * zi;
        k += 1;
      }
      if (k == 50) { count += 1; }
    }
  }
  return count;
}

func main(args: List<String>): int {
  let n = args[0].parseInt() ?? 300;
  let result = 0;
  for (rep in 0..<(args[1].parseInt() ?? 1)) { result = mandel(n); }
  print(result);
  return 0;
}
