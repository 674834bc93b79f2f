// gcc -O2 -o bench_c bench.c -lm ; ./bench_c NAME N REPS
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t i64;
static char *slurp(const char *f, size_t *n) {
  FILE *p = fopen(f, "rb");
  fseek(p, 0, 2);
  *n = ftell(p);
  rewind(p);
  char *b = malloc(*n + 1);
  if (fread(b, 1, *n, p) != *n) exit(1);
  b[*n] = 0;
  fclose(p);
  return b;
}
__attribute__((noinline)) i64 fib(i64 n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}
i64 loops(i64 R) {
  i64 s = 0;
  for (i64 r = 1; r <= R; r++)
    for (i64 i = 1; i <= 300; i++)
      for (i64 j = 1; j <= 300; j++) {
        s = s + i - j;
        if (s < 0) s += r;
      }
  return s;
}
i64 sieve(i64 N) {
  char *f = malloc(N + 1);
  memset(f, 1, N + 1);
  i64 c = 0;
  for (i64 i = 2; i <= N; i++)
    if (f[i]) {
      c++;
      for (i64 k = i + i; k <= N; k += i) f[k] = 0;
    }
  free(f);
  return c;
}
typedef struct {
  double x, y, z, vx, vy, vz, m;
} B;
double nbody(i64 n) {
  const double P = 3.141592653589793, S = 4 * P * P, D = 365.24;
  B b[5] = {{0, 0, 0, 0, 0, 0, S},
            {4.84143144246472090, -1.16032004402742839, -.103622044471123109,
             .00166007664274403694 * D, .00769901118419740425 * D,
             -.0000690460016972063023 * D, .000954791938424326609 * S},
            {8.34336671824457987, 4.12479856412430479, -.403523417114321381,
             -.00276742510726411 * D, .00499852801234917238 * D,
             .0000230417297573763929 * D, .000285885980666130812 * S},
            {12.8943695621391310, -15.1111514016986312, -.223307578892655734,
             .00296460137564761618 * D, .00237847173959480950 * D,
             -.0000296589568540237556 * D, .0000436624404335156298 * S},
            {15.3796971148509165, -25.9193146099879641, .179258772950371181,
             .00268067772490389322 * D, .00162824170038242295 * D,
             -.000095159225451971587 * D, .0000515138902046611451 * S}};
  double dt = 0.01;
  for (i64 s = 0; s < n; s++) {
    for (int i = 0; i < 5; i++) {
      B *p = &b[i];
      for (int j = i + 1; j < 5; j++) {
        B *q = &b[j];
        double dx = p->x - q->x, dy = p->y - q->y, dz = p->z - q->z;
        double d2 = dx * dx + dy * dy + dz * dz;
        double mag = dt / (d2 * sqrt(d2));
        p->vx -= dx * q->m * mag;
        p->vy -= dy * q->m * mag;
        p->vz -= dz * q->m * mag;
        q->vx += dx * p->m * mag;
        q->vy += dy * p->m * mag;
        q->vz += dz * p->m * mag;
      }
    }
    for (int i = 0; i < 5; i++) {
      B *p = &b[i];
      p->x += dt * p->vx;
      p->y += dt * p->vy;
      p->z += dt * p->vz;
    }
  }
  double e = 0;
  for (int i = 0; i < 5; i++) {
    e += .5 * b[i].m *
         (b[i].vx * b[i].vx + b[i].vy * b[i].vy + b[i].vz * b[i].vz);
  }
  return e;
}
static double A(i64 i, i64 j) {
  i64 ij = i + j;
  return 1.0 / (double)(ij * (ij + 1) / 2 + i + 1);
}
static void Av(i64 n, double *x, double *y) {
  for (i64 i = 0; i < n; i++) {
    double a = 0;
    for (i64 j = 0; j < n; j++) a += x[j] * A(i, j);
    y[i] = a;
  }
}
static void Atv(i64 n, double *x, double *y) {
  for (i64 i = 0; i < n; i++) {
    double a = 0;
    for (i64 j = 0; j < n; j++) a += x[j] * A(j, i);
    y[i] = a;
  }
}
double spectral(i64 n) {
  double *u = malloc(n * 8), *v = malloc(n * 8), *t = malloc(n * 8);
  for (i64 i = 0; i < n; i++) u[i] = 1;
  for (int i = 0; i < 10; i++) {
    Av(n, u, t);
    Atv(n, t, v);
    Av(n, v, t);
    Atv(n, t, u);
  }
  double vv = 0, vB = 0;
  for (i64 i = 0; i < n; i++) {
    vB += u[i] * v[i];
    vv += v[i] * v[i];
  }
  free(u);
  free(v);
  free(t);
  return sqrt(vB / vv);
}
i64 mandel(i64 N) {
  i64 c = 0;
  for (i64 y = 0; y < N; y++) {
    double ci = 2.0 * y / N - 1.0;
    for (i64 x = 0; x < N; x++) {
      double cr = 2.0 * x / N - 1.5, zr = 0, zi = 0, tr = 0, ti = 0;
      i64 k = 0;
      while (k < 50 && tr + ti <= 4.0) {
        zi = 2.0 * zr * zi + ci;
        zr = tr - ti + cr;
        tr = zr * zr;
        ti = zi * zi;
        k++;
      }
      if (k == 50) c++;
    }
  }
  return c;
}
i64 fannkuch(i64 n) {
  i64 p[16], q[16], s[16], sign = 1, maxf = 0, sum = 0;
  for (i64 i = 0; i < n; i++) {
    p[i] = i;
    s[i] = i;
  }
  for (;;) {
    i64 q0 = p[0];
    if (q0 != 0) {
      for (i64 i = 1; i < n; i++) q[i] = p[i];
      i64 f = 1;
      for (;;) {
        i64 qq = q[q0];
        if (qq == 0) {
          sum += sign * f;
          if (f > maxf) maxf = f;
          break;
        }
        q[q0] = q0;
        if (q0 >= 3) {
          i64 i = 1, j = q0 - 1;
          do {
            i64 t = q[i];
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
    if (sign == 1) {
      i64 t = p[0];
      p[0] = p[1];
      p[1] = t;
      sign = -1;
    } else {
      i64 t = p[1];
      p[1] = p[2];
      p[2] = t;
      sign = 1;
      for (i64 i = 2; i < n; i++) {
        i64 sx = s[i];
        if (sx != 0) {
          s[i] = sx - 1;
          break;
        }
        if (i == n - 1) return sum * 100 + maxf;
        s[i] = i;
        t = p[0];
        for (i64 j = 0; j <= i; j++) p[j] = p[j + 1];
        p[i + 1] = t;
      }
    }
  }
}
typedef struct T {
  struct T *l, *r;
} T;
T *mk(int d) {
  T *t = malloc(sizeof(T));
  if (d == 0) {
    t->l = t->r = 0;
  } else {
    t->l = mk(d - 1);
    t->r = mk(d - 1);
  }
  return t;
}
i64 chk(T *t) { return t->l ? 1 + chk(t->l) + chk(t->r) : 1; }
void fr(T *t) {
  if (t->l) {
    fr(t->l);
    fr(t->r);
  }
  free(t);
}
i64 bintrees(i64 D) {
  T *ll = mk(D);
  i64 tot = 0;
  for (i64 d = 4; d <= D; d += 2) {
    i64 it = 1LL << (D - d + 4);
    i64 c = 0;
    for (i64 i = 0; i < it; i++) {
      T *t = mk(d);
      c += chk(t);
      fr(t);
    }
    tot += c;
  }
  tot += chk(ll);
  fr(ll);
  return tot;
}
i64 strings(i64 N) {
  size_t cap = 64, n = 0;
  char *b = malloc(cap);
  char t[32];
  for (i64 i = 0; i < N; i++) {
    int k = sprintf(t, "%ld", (long)i);
    if (n + k + 2 > cap) {
      cap = cap * 2;
      b = realloc(b, cap);
    }
    memcpy(b + n, t, k);
    n += k;
    b[n++] = (i % 10 == 0) ? '\n' : ',';
  }
  i64 h = 0;
  for (size_t i = 0; i < n; i++) {
    h = (h * 31 + (unsigned char)b[i]) % 1000003;
  }
  free(b);
  return h;
}
typedef struct {
  char *s;
  int len;
  uint32_t h;
  i64 c;
} E;
i64 wordcount(i64 R) {
  size_t n;
  char *b = slurp("words.txt", &n);
  i64 res = 0;
  for (i64 r = 0; r < R; r++) {
    size_t cap = 1024, cnt = 0;
    E *t = calloc(cap, sizeof(E));
    size_t i = 0;
    while (i < n) {
      while (i < n && b[i] == ' ') i++;
      size_t st = i;
      uint32_t h = 2166136261u;
      while (i < n && b[i] != ' ') {
        h = (h ^ (unsigned char)b[i]) * 16777619u;
        i++;
      }
      int len = i - st;
      if (!len) break;
      size_t k = h & (cap - 1);
      for (;;) {
        if (!t[k].s) {
          char *s = malloc(len + 1);
          memcpy(s, b + st, len);
          s[len] = 0;
          t[k] = (E){s, len, h, 1};
          cnt++;
          break;
        }
        if (t[k].h == h && t[k].len == len && !memcmp(t[k].s, b + st, len)) {
          t[k].c++;
          break;
        }
        k = (k + 1) & (cap - 1);
      }
      if (cnt * 2 > cap) {
        size_t nc = cap * 2;
        E *u = calloc(nc, sizeof(E));
        for (size_t x = 0; x < cap; x++)
          if (t[x].s) {
            size_t y = t[x].h & (nc - 1);
            while (u[y].s) y = (y + 1) & (nc - 1);
            u[y] = t[x];
          }
        free(t);
        t = u;
        cap = nc;
      }
    }
    res = cnt;
    for (size_t x = 0; x < cap; x++)
      if (t[x].s) {
        res += t[x].c * t[x].c % 7;
        free(t[x].s);
      }
    free(t);
  }
  return res;
}
typedef struct O {
  i64 (*step)(struct O *, i64);
  i64 a, b;
  struct O *next;
} O;
i64 s_add(O *o, i64 x) {
  o->a = (o->a + x) % 1000;
  return o->a;
}
i64 s_tog(O *o, i64 x) {
  if (o->b) {
    o->b = 0;
    return x + 1;
  }
  o->b = 1;
  return x + 2;
}
i64 s_acc(O *o, i64 x) {
  o->a += x;
  if (o->a > o->b) {
    o->a -= o->b;
    return 1;
  }
  return x;
}
i64 s_link(O *o, i64 x) {
  o->a++;
  return o->next->step(o->next, x + 1);
}
i64 dispatch(i64 N) {
  O *o[16];
  i64 (*f[4])(O *, i64) = {s_add, s_tog, s_acc, s_link};
  for (int i = 0; i < 16; i++) {
    o[i] = malloc(sizeof(O));
    *o[i] = (O){f[(i * 7 + i / 4) % 4], i, 500, 0};
  }
  for (int i = 0; i < 16; i++)
    o[i]->next = o[(i * 7 + i / 4) % 4 == 3
                       ? (o[(i + 1) % 16]->step == s_link ? 0 : (i + 1) % 16)
                       : 0];
  i64 acc = 0, k = 0;
  for (i64 i = 0; i < N; i++) {
    acc = (acc + o[k]->step(o[k], acc)) % 10007;
    k++;
    if (k == 16) k = 0;
  }
  return acc;
}
// json
typedef struct J {
  int t;
  union {
    double d;
    struct {
      char *s;
      int n;
    } s;
    struct {
      struct J **v;
      char **k;
      int n, c;
    } a;
  };
} J;
static char *jp;
static i64 jcnt;
static double jsum;
static i64 jlen;
static void ws(void) {
  while (*jp == ' ' || *jp == '\n' || *jp == '\t') jp++;
}
static char *jstr(int *n) {
  jp++;
  size_t cap = 16, k = 0;
  char *b = malloc(cap);
  while (*jp != '"') {
    char c = *jp++;
    if (c == '\\') {
      c = *jp++;
      if (c == 'n') c = '\n';
    }
    if (k + 1 >= cap) b = realloc(b, cap *= 2);
    b[k++] = c;
  }
  jp++;
  b[k] = 0;
  *n = k;
  return b;
}
static J *jval(void) {
  ws();
  J *j = malloc(sizeof(J));
  jcnt++;
  char c = *jp;
  if (c == '{' || c == '[') {
    j->t = c;
    j->a.n = 0;
    j->a.c = 4;
    j->a.v = malloc(4 * 8);
    j->a.k = malloc(4 * 8);
    jp++;
    ws();
    char e = c == '{' ? '}' : ']';
    if (*jp == e) {
      jp++;
      return j;
    }
    for (;;) {
      ws();
      int n;
      char *k = 0;
      if (c == '{') {
        k = jstr(&n);
        ws();
        jp++;
      }
      J *v = jval();
      if (j->a.n == j->a.c) {
        j->a.c *= 2;
        j->a.v = realloc(j->a.v, j->a.c * 8);
        j->a.k = realloc(j->a.k, j->a.c * 8);
      }
      j->a.k[j->a.n] = k;
      j->a.v[j->a.n++] = v;
      ws();
      if (*jp == ',') {
        jp++;
        continue;
      }
      jp++;
      return j;
    }
  }
  if (c == '"') {
    j->t = '"';
    j->s.s = jstr(&j->s.n);
    jlen += j->s.n;
    return j;
  }
  if (c == 't') {
    jp += 4;
    j->t = 1;
    return j;
  }
  if (c == 'f') {
    jp += 5;
    j->t = 0;
    return j;
  }
  if (c == 'n') {
    jp += 4;
    j->t = 2;
    return j;
  }
  double v = 0, sg = 1;
  if (c == '-') {
    sg = -1;
    jp++;
  }
  while (*jp >= '0' && *jp <= '9') v = v * 10 + (*jp++ - '0');
  if (*jp == '.') {
    jp++;
    double f = 0.1;
    while (*jp >= '0' && *jp <= '9') {
      v += f * (*jp++ - '0');
      f /= 10;
    }
  }
  j->t = 3;
  j->d = sg * v;
  jsum += j->d;
  return j;
}
static void jfree(J *j) {
  if (j->t == '{' || j->t == '[') {
    for (int i = 0; i < j->a.n; i++) {
      free(j->a.k[i]);
      jfree(j->a.v[i]);
    }
    free(j->a.v);
    free(j->a.k);
  } else if (j->t == '"')
    free(j->s.s);
  free(j);
}
i64 json(i64 R) {
  size_t n;
  char *b = slurp("data.json", &n);
  i64 r = 0;
  for (i64 i = 0; i < R; i++) {
    jp = b;
    jcnt = 0;
    jsum = 0;
    jlen = 0;
    for (int k = 0; k < 0; k++)
      ;
    J *j = jval();
    r = jcnt * 1000 + jlen % 1000;
    jfree(j);
  }
  return r;
}
int main(int c, char **v) {
  if (c < 4) return 0;
  char *s = v[1];
  i64 N = atoll(v[2]), R = atoll(v[3]);
  for (i64 r = 0; r < R; r++) {
    double d = 0;
    i64 x = 0;
    int f = 0;
#define X(n)            \
  if (!strcmp(s, #n)) { \
    x = n(N);           \
  }
#define F(n)            \
  if (!strcmp(s, #n)) { \
    d = n(N);           \
    f = 1;              \
  }
    X(fib)
    X(loops) X(sieve) F(nbody) F(spectral) X(mandel) X(fannkuch) X(bintrees)
        X(strings) X(wordcount) X(dispatch) X(json) if (r == R - 1) {
      if (f)
        printf("%.9f\n", d);
      else
        printf("%ld\n", (long)x);
    }
  }
  return 0;
}
