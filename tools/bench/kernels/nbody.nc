// Float fields of objects.
import std.math;

class Body {
  x: float; y: float; z: float;
  vx: float; vy: float; vz: float;
  mass: float;
}

func nbody(steps: int): float {
  let pi = 3.141592653589793;
  let solar = 4.0 * pi * pi;
  let days = 365.24;
  let bodies = [
    Body(x: 0.0, y: 0.0, z: 0.0, vx: 0.0, vy: 0.0, vz: 0.0, mass: solar),
    Body(x: 4.84143144246472090, y: -1.16032004402742839, z: -0.103622044471123109,
      vx: 0.00166007664274403694 * days, vy: 0.00769901118419740425 * days, vz: -0.0000690460016972063023 * days,
      mass: 0.000954791938424326609 * solar),
    Body(x: 8.34336671824457987, y: 4.12479856412430479, z: -0.403523417114321381,
      vx: -0.00276742510726411 * days, vy: 0.00499852801234917238 * days, vz: 0.0000230417297573763929 * days,
      mass: 0.000285885980666130812 * solar),
    Body(x: 12.8943695621391310, y: -15.1111514016986312, z: -0.223307578892655734,
      vx: 0.00296460137564761618 * days, vy: 0.00237847173959480950 * days, vz: -0.0000296589568540237556 * days,
      mass: 0.0000436624404335156298 * solar),
    Body(x: 15.3796971148509165, y: -25.9193146099879641, z: 0.179258772950371181,
      vx: 0.00268067772490389322 * days, vy: 0.00162824170038242295 * days, vz: -0.000095159225451971587 * days,
      mass: 0.0000515138902046611451 * solar)
  ];
  let dt = 0.01;
  for (s in 0..<steps) {
    for (i in 0..<5) {
      let p = bodies[i];
      for (j in i + 1..<5) {
        let q = bodies[j];
        let dx = p.x - q.x;
        let dy = p.y - q.y;
        let dz = p.z - q.z;
        let d2 = dx * dx + dy * dy + dz * dz;
        let mag = dt / (d2 * math.sqrt(d2));
        let qm = q.mass * mag;
        let pm = p.mass * mag;
        p.vx -= dx * qm;
        p.vy -= dy * qm;
        p.vz -= dz * qm;
        q.vx += dx * pm;
        q.vy += dy * pm;
        q.vz += dz * pm;
      }
    }
    for (i in 0..<5) {
      let p = bodies[i];
      p.x += dt * p.vx;
      p.y += dt * p.vy;
      p.z += dt * p.vz;
    }
  }
  let e = 0.0;
  for (p in bodies) { e += 0.5 * p.mass * (p.vx * p.vx + p.vy * p.vy + p.vz * p.vz); }
  return e;
}

func main(args: List<String>): int {
  let n = args[0].parseInt() ?? 100000;
  let result = 0.0;
  for (rep in 0..<(args[1].parseInt() ?? 1)) { result = nbody(n); }
  print(result);
  return 0;
}
