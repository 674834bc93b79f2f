// node [--jitless] bench.js NAME N REPS
const fs = require('fs');
const B = {};
function fib(n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}
B.fib = fib;
B.loops = function(R) {
  let s = 0;
  for (let r = 1; r <= R; r++)
    for (let i = 1; i <= 300; i++)
      for (let j = 1; j <= 300; j++) {
        s = s + i - j;
        if (s < 0) s += r;
      }
  return s;
};
B.sieve = function(N) {
  const f = new Uint8Array(N + 1).fill(1);
  let c = 0;
  for (let i = 2; i <= N; i++)
    if (f[i]) {
      c++;
      for (let k = i + i; k <= N; k += i) f[k] = 0;
    }
  return c;
};
class Body {
  constructor(x, y, z, vx, vy, vz, m) {
    this.x = x;
    this.y = y;
    this.z = z;
    this.vx = vx;
    this.vy = vy;
    this.vz = vz;
    this.m = m;
  }
}
B.nbody = function(n) {
  const P = 3.141592653589793, S = 4 * P * P, D = 365.24;
  const bs = [
    new Body(0, 0, 0, 0, 0, 0, S),
    new Body(
        4.84143144246472090, -1.16032004402742839, -.103622044471123109,
        .00166007664274403694 * D, .00769901118419740425 * D,
        -.0000690460016972063023 * D, .000954791938424326609 * S),
    new Body(
        8.34336671824457987, 4.12479856412430479, -.403523417114321381,
        -.00276742510726411 * D, .00499852801234917238 * D,
        .0000230417297573763929 * D, .000285885980666130812 * S),
    new Body(
        12.8943695621391310, -15.1111514016986312, -.223307578892655734,
        .00296460137564761618 * D, .00237847173959480950 * D,
        -.0000296589568540237556 * D, .0000436624404335156298 * S),
    new Body(
        15.3796971148509165, -25.9193146099879641, .179258772950371181,
        .00268067772490389322 * D, .00162824170038242295 * D,
        -.000095159225451971587 * D, .0000515138902046611451 * S)
  ];
  const dt = 0.01;
  for (let s = 0; s < n; s++) {
    for (let i = 0; i < 5; i++) {
      const p = bs[i];
      for (let j = i + 1; j < 5; j++) {
        const q = bs[j];
        const dx = p.x - q.x, dy = p.y - q.y, dz = p.z - q.z;
        const d2 = dx * dx + dy * dy + dz * dz;
        const mag = dt / (d2 * Math.sqrt(d2));
        p.vx -= dx * q.m * mag;
        p.vy -= dy * q.m * mag;
        p.vz -= dz * q.m * mag;
        q.vx += dx * p.m * mag;
        q.vy += dy * p.m * mag;
        q.vz += dz * p.m * mag;
      }
    }
    for (let i = 0; i < 5; i++) {
      const p = bs[i];
      p.x += dt * p.vx;
      p.y += dt * p.vy;
      p.z += dt * p.vz;
    }
  }
  let e = 0;
  for (const p of bs) e += .5 * p.m * (p.vx * p.vx + p.vy * p.vy + p.vz * p.vz);
  return e;
};
function A(i, j) {
  const ij = i + j;
  return 1 / (ij * (ij + 1) * 0.5 + i + 1);
}
function Av(n, x, y) {
  for (let i = 0; i < n; i++) {
    let a = 0;
    for (let j = 0; j < n; j++) a += x[j] * A(i, j);
    y[i] = a;
  }
}
function Atv(n, x, y) {
  for (let i = 0; i < n; i++) {
    let a = 0;
    for (let j = 0; j < n; j++) a += x[j] * A(j, i);
    y[i] = a;
  }
}
B.spectral = function(n) {
  const u = new Float64Array(n).fill(1), v = new Float64Array(n),
        t = new Float64Array(n);
  for (let i = 0; i < 10; i++) {
    Av(n, u, t);
    Atv(n, t, v);
    Av(n, v, t);
    Atv(n, t, u);
  }
  let vv = 0, vB = 0;
  for (let i = 0; i < n; i++) {
    vB += u[i] * v[i];
    vv += v[i] * v[i];
  }
  return Math.sqrt(vB / vv);
};
B.mandel = function(N) {
  let c = 0;
  for (let y = 0; y < N; y++) {
    const ci = 2.0 * y / N - 1.0;
    for (let x = 0; x < N; x++) {
      const cr = 2.0 * x / N - 1.5;
      let zr = 0, zi = 0, tr = 0, ti = 0, k = 0;
      while (k < 50 && tr + ti <= 4.0) {
        zi = 2.0 * zr * zi + ci;
        zr = tr - ti + cr;
        tr = zr * zr;
        ti = zi * zi;
        k++;
      }
      if (k === 50) c++;
    }
  }
  return c;
};
B.fannkuch = function(n) {
  const p = [], q = [], s = [];
  let sign = 1, maxf = 0, sum = 0;
  for (let i = 0; i < n; i++) {
    p[i] = i;
    q[i] = i;
    s[i] = i;
  }
  for (;;) {
    let q0 = p[0];
    if (q0 !== 0) {
      for (let i = 1; i < n; i++) q[i] = p[i];
      let f = 1;
      for (;;) {
        const qq = q[q0];
        if (qq === 0) {
          sum += sign * f;
          if (f > maxf) maxf = f;
          break;
        }
        q[q0] = q0;
        if (q0 >= 3) {
          let i = 1, j = q0 - 1;
          do {
            const t = q[i];
            q[i] = q[j];
            q[j] = t;
            i++;
            j--;
          } while (i < j);
        }
        q0 = qq;
        f++;
      }
    }
    if (sign === 1) {
      const t = p[0];
      p[0] = p[1];
      p[1] = t;
      sign = -1;
    } else {
      let t = p[1];
      p[1] = p[2];
      p[2] = t;
      sign = 1;
      for (let i = 2; i < n; i++) {
        const sx = s[i];
        if (sx !== 0) {
          s[i] = sx - 1;
          break;
        }
        if (i === n - 1) return sum * 100 + maxf;
        s[i] = i;
        t = p[0];
        for (let j = 0; j <= i; j++) p[j] = p[j + 1];
        p[i + 1] = t;
      }
    }
  }
};
class T {
  constructor(l, r) {
    this.l = l;
    this.r = r;
  }
}
function mk(d) {
  return d === 0 ? new T(null, null) : new T(mk(d - 1), mk(d - 1));
}
function chk(t) {
  return t.l ? 1 + chk(t.l) + chk(t.r) : 1;
}
B.bintrees = function(D) {
  const ll = mk(D);
  let tot = 0;
  for (let d = 4; d <= D; d += 2) {
    const it = 2 ** (D - d + 4);
    let c = 0;
    for (let i = 0; i < it; i++) c += chk(mk(d));
    tot += c;
  }
  return tot + chk(ll);
};
B.strings = function(N) {
  let b = '';
  for (let i = 0; i < N; i++) {
    b += i;
    b += (i % 10 === 0) ? '\n' : ',';
  }
  let h = 0;
  for (let i = 0; i < b.length; i++) h = (h * 31 + b.charCodeAt(i)) % 1000003;
  return h;
};
B.wordcount = function(R) {
  const b = fs.readFileSync('words.txt', 'latin1'), n = b.length;
  let res;
  for (let r = 0; r < R; r++) {
    const t = new Map();
    let i = 0;
    while (i < n) {
      while (i < n && b.charCodeAt(i) === 32) i++;
      const st = i;
      while (i < n && b.charCodeAt(i) !== 32) i++;
      if (i === st) break;
      const w = b.substring(st, i);
      const c = t.get(w);
      t.set(w, c === undefined ? 1 : c + 1);
    }
    res = t.size;
    for (const c of t.values()) res += c * c % 7;
  }
  return res;
};
class Base {
  constructor(a, b) {
    this.a = a;
    this.b = b;
    this.next = null;
  }
}
class Add extends Base {
  step(x) {
    this.a = (this.a + x) % 1000;
    return this.a;
  }
}
class Tog extends Base {
  step(x) {
    if (this.b !== 0) {
      this.b = 0;
      return x + 1;
    }
    this.b = 1;
    return x + 2;
  }
}
class Acc extends Base {
  step(x) {
    this.a += x;
    if (this.a > this.b) {
      this.a -= this.b;
      return 1;
    }
    return x;
  }
}
class Link extends Base {
  step(x) {
    this.a++;
    return this.next.step(x + 1);
  }
}
B.dispatch = function(N) {
  const cs = [Add, Tog, Acc, Link], o = [];
  for (let i = 0; i < 16; i++) o.push(new cs[(i * 7 + (i >> 2)) % 4](i, 500));
  for (let i = 0; i < 16; i++) {
    let k = 0;
    if ((i * 7 + (i >> 2)) % 4 === 3) {
      k = (i + 1) % 16;
      if (o[k] instanceof Link) k = 0;
    }
    o[i].next = o[k];
  }
  let acc = 0, k = 0;
  for (let i = 0; i < N; i++) {
    acc = (acc + o[k].step(acc)) % 10007;
    k++;
    if (k === 16) k = 0;
  }
  return acc;
};
B.json = function(R) {
  const b = fs.readFileSync('data.json', 'latin1');
  let p, cnt, len, sum;
  function ws() {
    let c = b.charCodeAt(p);
    while (c === 32 || c === 10 || c === 9) {
      p++;
      c = b.charCodeAt(p);
    }
    return c;
  }
  function str() {
    p++;
    let st = p, s = '';
    for (;;) {
      const c = b.charCodeAt(p);
      if (c === 34) break;
      if (c === 92) {
        s += b.substring(st, p);
        const e = b.charCodeAt(p + 1);
        s += e === 110 ? '\n' : String.fromCharCode(e);
        p += 2;
        st = p;
      } else
        p++;
    }
    s += b.substring(st, p);
    p++;
    return s;
  }
  function val() {
    let c = ws();
    cnt++;
    if (c === 123) {
      const o = new Map();
      p++;
      if (ws() === 125) {
        p++;
        return o;
      }
      for (;;) {
        ws();
        const k = str();
        ws();
        p++;
        o.set(k, val());
        if (ws() === 44)
          p++;
        else {
          p++;
          return o;
        }
      }
    }
    if (c === 91) {
      const o = [];
      p++;
      if (ws() === 93) {
        p++;
        return o;
      }
      for (;;) {
        o.push(val());
        if (ws() === 44)
          p++;
        else {
          p++;
          return o;
        }
      }
    }
    if (c === 34) {
      const s = str();
      len += s.length;
      return s;
    }
    if (c === 116) {
      p += 4;
      return true;
    }
    if (c === 102) {
      p += 5;
      return false;
    }
    if (c === 110) {
      p += 4;
      return null;
    }
    let v = 0, sg = 1;
    if (c === 45) {
      sg = -1;
      p++;
    }
    c = b.charCodeAt(p);
    while (c >= 48 && c <= 57) {
      v = v * 10 + (c - 48);
      c = b.charCodeAt(++p);
    }
    if (c === 46) {
      c = b.charCodeAt(++p);
      let f = 0.1;
      while (c >= 48 && c <= 57) {
        v += f * (c - 48);
        f /= 10;
        c = b.charCodeAt(++p);
      }
    }
    v *= sg;
    sum += v;
    return v;
  }
  let r;
  for (let i = 0; i < R; i++) {
    p = 0;
    cnt = 0;
    len = 0;
    sum = 0;
    val();
    r = cnt * 1000 + len % 1000;
  }
  return r;
};
const [name, N, R] = process.argv.slice(2);
if (name) {
  let x;
  for (let i = 0; i < +R; i++) x = B[name](+N);
  console.log(x);
}
