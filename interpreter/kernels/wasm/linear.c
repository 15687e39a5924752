/* Vectors and matrices: sums in eight lanes, products, rank-one updates, rotations, and the matrix product.
   Sums and dot products run in eight lanes, element i in lane i mod 8, which are then added as
   ((0+4)+(2+6))+((1+5)+(3+7)). The matrix product adds its terms strictly from left to right, whatever the blocking.
   Matrices are row-major; ld is the distance of rows in elements. Twin: ../lanes.ts and ../product.ts. */
#include "kernels.h"

static inline double gather_lanes(vec a, vec b, vec c, vec d) {
  /* a holds lanes 0 1, b 2 3, c 4 5, d 6 7. */
  vec s = add(add(a, c), add(b, d));
  return lane0(s) + lane1(s);
}

EXPORT double sum(const double *x, int n) {
  vec a = splat(0), b = a, c = a, d = a;
  int i = 0;
  for (; i + 8 <= n; i += 8) {
    a = add(a, load(x + i));
    b = add(b, load(x + i + 2));
    c = add(c, load(x + i + 4));
    d = add(d, load(x + i + 6));
  }
  if (i < n) {
    double rest[8] = {0};
    for (int j = 0; i + j < n; j++) rest[j] = x[i + j];
    a = add(a, load(rest));
    b = add(b, load(rest + 2));
    c = add(c, load(rest + 4));
    d = add(d, load(rest + 6));
  }
  return gather_lanes(a, b, c, d);
}

static inline double dot_inline(const double *x, const double *y, int n) {
  vec a = splat(0), b = a, c = a, d = a;
  int i = 0;
  for (; i + 8 <= n; i += 8) {
    a = add(a, mul(load(x + i), load(y + i)));
    b = add(b, mul(load(x + i + 2), load(y + i + 2)));
    c = add(c, mul(load(x + i + 4), load(y + i + 4)));
    d = add(d, mul(load(x + i + 6), load(y + i + 6)));
  }
  if (i < n) {
    double rest[8] = {0};
    for (int j = 0; i + j < n; j++) rest[j] = x[i + j] * y[i + j];
    a = add(a, load(rest));
    b = add(b, load(rest + 2));
    c = add(c, load(rest + 4));
    d = add(d, load(rest + 6));
  }
  return gather_lanes(a, b, c, d);
}

EXPORT double dot(const double *x, const double *y, int n) { return dot_inline(x, y, n); }

static inline void axpy_inline(int n, double s, const double *x, double *y) {
  vec v = splat(s);
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    store(y + i, add(load(y + i), mul(v, load(x + i))));
    store(y + i + 2, add(load(y + i + 2), mul(v, load(x + i + 2))));
  }
  for (; i < n; i++) y[i] = y[i] + s * x[i];
}

/* y += s x */
EXPORT void axpy(int n, double s, const double *x, double *y) { axpy_inline(n, s, x, y); }

/* y_i = A_i · x, a dot product a row */
EXPORT void rowdots(int m, int n, const double *a, int ld, const double *x, double *y) {
  for (int i = 0; i < m; i++) y[i] = dot_inline(a + (long)i * ld, x, n);
}

/* y += x_0 A_0 + x_1 A_1 + …, rows in order */
EXPORT void rowsum(int m, int n, const double *a, int ld, const double *x, int xs, double *y) {
  int i = 0;
  for (; i + 4 <= m; i += 4) {
    const double *a0 = a + (long)i * ld, *a1 = a0 + ld, *a2 = a1 + ld, *a3 = a2 + ld;
    double x0 = x[i * xs], x1 = x[(i + 1) * xs], x2 = x[(i + 2) * xs], x3 = x[(i + 3) * xs];
    vec v0 = splat(x0), v1 = splat(x1), v2 = splat(x2), v3 = splat(x3);
    int j = 0;
    for (; j + 2 <= n; j += 2) {
      vec t = add(load(y + j), mul(v0, load(a0 + j)));
      t = add(t, mul(v1, load(a1 + j)));
      t = add(t, mul(v2, load(a2 + j)));
      store(y + j, add(t, mul(v3, load(a3 + j))));
    }
    for (; j < n; j++) y[j] = (((y[j] + x0 * a0[j]) + x1 * a1[j]) + x2 * a2[j]) + x3 * a3[j];
  }
  for (; i < m; i++) axpy_inline(n, x[i * xs], a + (long)i * ld, y);
}

/* A_i += x_i y */
EXPORT void rankone(int m, int n, double *a, int ld, const double *x, int xs, const double *y) {
  for (int i = 0; i < m; i++) axpy_inline(n, x[i * xs], y, a + (long)i * ld);
}

/* A_ij += x_i y_j + y_i x_j for j <= i, in this order: the lower triangle of a symmetric matrix of m rows, two rows at a time. */
EXPORT void ranktwo(int m, double *a, int ld, const double *x, const double *y) {
  for (int i = 0; i < m; i += 2) {
    double *r = a + (long)i * ld, *t = r + ld;
    vec x0 = splat(x[i]), y0 = splat(y[i]);
    if (i + 1 == m) {
      int j = 0;
      for (; j + 2 <= m; j += 2) store(r + j, add(add(load(r + j), mul(x0, load(y + j))), mul(y0, load(x + j))));
      for (; j < m; j++) r[j] = (r[j] + x[i] * y[j]) + y[i] * x[j];
      break;
    }
    vec x1 = splat(x[i + 1]), y1 = splat(y[i + 1]);
    for (int j = 0; j < i; j += 2) {
      vec p = load(x + j), q = load(y + j);
      store(r + j, add(add(load(r + j), mul(x0, q)), mul(y0, p)));
      store(t + j, add(add(load(t + j), mul(x1, q)), mul(y1, p)));
    }
    r[i] = (r[i] + x[i] * y[i]) + y[i] * x[i];
    t[i] = (t[i] + x[i + 1] * y[i]) + y[i + 1] * x[i];
    t[i + 1] = (t[i + 1] + x[i + 1] * y[i + 1]) + y[i + 1] * x[i + 1];
  }
}

/* y = A x for a symmetric matrix of m rows given by its lower triangle, one pass over it: row i adds A_i0 … A_ii times x to y_i, as a dot
   product, and x_i times A_ij to the y_j before it. */
EXPORT void symmetric(int m, const double *a, int ld, const double *x, double *y) {
  for (int i = 0; i < m; i++) {
    const double *r = a + (long)i * ld;
    vec v = splat(x[i]), d0 = splat(0), d1 = d0, d2 = d0, d3 = d0;
    int j = 0;
    for (; j + 8 <= i; j += 8) {
      vec r0 = load(r + j), r1 = load(r + j + 2), r2 = load(r + j + 4), r3 = load(r + j + 6);
      d0 = add(d0, mul(r0, load(x + j)));
      d1 = add(d1, mul(r1, load(x + j + 2)));
      d2 = add(d2, mul(r2, load(x + j + 4)));
      d3 = add(d3, mul(r3, load(x + j + 6)));
      store(y + j, add(load(y + j), mul(v, r0)));
      store(y + j + 2, add(load(y + j + 2), mul(v, r1)));
      store(y + j + 4, add(load(y + j + 4), mul(v, r2)));
      store(y + j + 6, add(load(y + j + 6), mul(v, r3)));
    }
    double rest[8] = {0};
    for (int q = 0; j + q < i; q++) {
      rest[q] = r[j + q] * x[j + q];
      y[j + q] = y[j + q] + x[i] * r[j + q];
    }
    d0 = add(d0, load(rest));
    d1 = add(d1, load(rest + 2));
    d2 = add(d2, load(rest + 4));
    d3 = add(d3, load(rest + 6));
    y[i] = gather_lanes(d0, d1, d2, d3) + r[i] * x[i];
  }
}

/* One run of rotations over a stripe of twelve columns (or four), whose rows lie `step` apart: the row at p is carried from neighbour to
   neighbour in registers; beside neighbour q it leaves p + a q and goes on as q - b p, or, crossing, it leaves q + a p and goes on as p - b q.
   Twelve columns are as many as hide how long one rotation takes. */
#define PASS(i)                               \
  {                                           \
    vec q = load(next + 2 * i);               \
    store(p + 2 * i, add(k##i, mul(a, q)));   \
    k##i = sub(q, mul(b, k##i));              \
  }
#define CROSS(i)                              \
  {                                           \
    vec q = load(next + 2 * i);               \
    store(p + 2 * i, add(q, mul(a, k##i)));   \
    k##i = sub(k##i, mul(b, q));              \
  }
#define RUN(TURNS)                                                               \
  for (int r = 0; r < count; r++, pairs += 2) {                                  \
    vec a = wasm_v128_load64_splat(pairs), b = wasm_v128_load64_splat(pairs + 1); \
    double *next = p + step;                                                     \
    TURNS                                                                        \
    p = next;                                                                    \
  }

static inline void run12(double *p, long step, int count, int crossing, const double *pairs) {
  vec k0 = load(p), k1 = load(p + 2), k2 = load(p + 4), k3 = load(p + 6), k4 = load(p + 8), k5 = load(p + 10);
  if (crossing) {
    RUN(CROSS(0) CROSS(1) CROSS(2) CROSS(3) CROSS(4) CROSS(5))
  } else {
    RUN(PASS(0) PASS(1) PASS(2) PASS(3) PASS(4) PASS(5))
  }
  store(p, k0);
  store(p + 2, k1);
  store(p + 4, k2);
  store(p + 6, k3);
  store(p + 8, k4);
  store(p + 10, k5);
}

static inline void run4(double *p, long step, int count, int crossing, const double *pairs) {
  vec k0 = load(p), k1 = load(p + 2);
  if (crossing) {
    RUN(CROSS(0) CROSS(1))
  } else {
    RUN(PASS(0) PASS(1))
  }
  store(p, k0);
  store(p + 2, k1);
}

/* Rows up to which stripes of twelve columns are used: they fit the work space and, mostly, the nearest cache. */
#define STRIPE_ROWS 4096

/* Runs of scaled rotations of neighbouring rows of A (n columns), then the rows from `low` to `high` times their scales. A run is four doubles:
   its first row, +1 or -1, how many rotations, and whether they cross; their factors follow each other in `pairs`. All is done on one stripe of
   columns, packed into `work`, before the next, so that it stays in the nearest cache. */
EXPORT void rotations(double *a, int ld, int n, const double *runs, int count, const double *pairs, const double *scales, int low,
                      int high, double *work) {
  int stripe = high - low < STRIPE_ROWS ? 12 : 4;
  for (int j = 0; j < n; j += stripe) {
    if (n - j <= 4) stripe = 4;
    int width = n - j < stripe ? n - j : stripe;
    double *p = work;
    for (int i = low; i <= high; i++, p += stripe) {
      const double *r = a + (long)i * ld + j;
      if (width == stripe) for (int c = 0; c < stripe; c += 2) store(p + c, load(r + c));
      else for (int c = 0; c < stripe; c++) p[c] = c < width ? r[c] : 0;
    }
    const double *at = pairs;
    for (const double *r = runs; r < runs + 4 * count; r += 4) {
      double *first = work + stripe * ((long)r[0] - low);
      if (stripe == 12) run12(first, 12 * (long)r[1], (int)r[2], r[3] != 0, at);
      else run4(first, 4 * (long)r[1], (int)r[2], r[3] != 0, at);
      at += 2 * (int)r[2];
    }
    p = work;
    for (int i = low; i <= high; i++, p += stripe) {
      double *r = a + (long)i * ld + j;
      vec scale = splat(scales[i]);
      if (width == stripe) for (int c = 0; c < stripe; c += 2) store(r + c, mul(scale, load(p + c)));
      else for (int c = 0; c < width; c++) r[c] = scales[i] * p[c];
    }
  }
}

/* A_i += x_i y, then z_i = A_i · u: a rank-one update and the product after it in one pass. */
EXPORT void updaterowdots(int m, int n, double *a, int ld, const double *x, const double *y, const double *u, double *z) {
  for (int i = 0; i < m; i++) {
    double *r = a + (long)i * ld;
    vec v = splat(x[i]), d0 = splat(0), d1 = d0, d2 = d0, d3 = d0;
    int j = 0;
    for (; j + 8 <= n; j += 8) {
      vec r0 = add(load(r + j), mul(v, load(y + j))), r1 = add(load(r + j + 2), mul(v, load(y + j + 2)));
      vec r2 = add(load(r + j + 4), mul(v, load(y + j + 4))), r3 = add(load(r + j + 6), mul(v, load(y + j + 6)));
      store(r + j, r0);
      store(r + j + 2, r1);
      store(r + j + 4, r2);
      store(r + j + 6, r3);
      d0 = add(d0, mul(r0, load(u + j)));
      d1 = add(d1, mul(r1, load(u + j + 2)));
      d2 = add(d2, mul(r2, load(u + j + 4)));
      d3 = add(d3, mul(r3, load(u + j + 6)));
    }
    double rest[8] = {0};
    for (int q = 0; j + q < n; q++) {
      r[j + q] = r[j + q] + x[i] * y[j + q];
      rest[q] = r[j + q] * u[j + q];
    }
    z[i] = gather_lanes(add(d0, load(rest)), add(d1, load(rest + 2)), add(d2, load(rest + 4)), add(d3, load(rest + 6)));
  }
}

/* A_i += x_i y, then z += v_0 A_0 + v_1 A_1 + …, rows in order, in one pass. */
EXPORT void updaterowsum(int m, int n, double *a, int ld, const double *x, const double *y, const double *v, double *z) {
  int i = 0;
  for (; i + 2 <= m; i += 2) {
    double *r = a + (long)i * ld, *t = r + ld;
    vec x0 = splat(x[i]), x1 = splat(x[i + 1]), v0 = splat(v[i]), v1 = splat(v[i + 1]);
    int j = 0;
    for (; j + 2 <= n; j += 2) {
      vec w = load(y + j);
      vec r0 = add(load(r + j), mul(x0, w)), r1 = add(load(t + j), mul(x1, w));
      store(r + j, r0);
      store(t + j, r1);
      store(z + j, add(add(load(z + j), mul(v0, r0)), mul(v1, r1)));
    }
    for (; j < n; j++) {
      r[j] = r[j] + x[i] * y[j];
      t[j] = t[j] + x[i + 1] * y[j];
      z[j] = (z[j] + v[i] * r[j]) + v[i + 1] * t[j];
    }
  }
  for (; i < m; i++) {
    double *r = a + (long)i * ld;
    axpy_inline(n, x[i], y, r);
    axpy_inline(n, v[i], r, z);
  }
}

/* ---- the matrix product ----
   Goto and van de Geijn 2008, with the block of A small enough for the nearest cache: B's slivers of four columns stream past it. */

#define MR 4
#define NR 4
#define KC 256
#define MC 16
#define NC 512

/* Four rows of k elements each, column after column, times sign; returns how many columns it did, all but at most one. */
static inline int pack_four(const double *q, int rs, int k, double sign, double *out) {
  const double *q1 = q + rs, *q2 = q1 + rs, *q3 = q2 + rs;
  vec s = splat(sign);
  int p = 0;
  for (; p + 2 <= k; p += 2, out += 8) {
    vec r0 = mul(s, load(q + p)), r1 = mul(s, load(q1 + p)), r2 = mul(s, load(q2 + p)), r3 = mul(s, load(q3 + p));
    store(out, wasm_i64x2_shuffle(r0, r1, 0, 2));
    store(out + 2, wasm_i64x2_shuffle(r2, r3, 0, 2));
    store(out + 4, wasm_i64x2_shuffle(r0, r1, 1, 3));
    store(out + 6, wasm_i64x2_shuffle(r2, r3, 1, 3));
  }
  return p;
}

/* Rows i..i+3 of A, column after column, times sign; zeros below the last row. */
static void pack_rows(const double *a, int rs, int cs, int m, int k, double sign, double *out) {
  for (int i = 0; i < m; i += MR) {
    int rows = m - i < MR ? m - i : MR;
    const double *q = a + (long)i * rs;
    int p = 0;
    if (rows == MR && cs == 1) {
      p = pack_four(q, rs, k, sign, out);
      out += MR * p;
    }
    for (; p < k; p++, out += MR) {
      for (int r = 0; r < rows; r++) out[r] = sign * q[(long)r * rs + (long)p * cs];
      for (int r = rows; r < MR; r++) out[r] = 0;
    }
  }
}

static void pack_columns(const double *b, int rs, int cs, int k, int n, double *out) {
  for (int j = 0; j < n; j += NR) {
    int columns = n - j < NR ? n - j : NR;
    const double *q = b + (long)j * cs;
    if (columns == NR && cs == 1) {
      for (int p = 0; p < k; p++, q += rs, out += NR) {
        store(out, load(q));
        store(out + 2, load(q + 2));
      }
      continue;
    }
    int p = 0;
    if (columns == NR && rs == 1) {
      p = pack_four(q, cs, k, 1, out);
      q += p;
      out += NR * p;
    }
    for (; p < k; p++, q += rs) {
      for (int r = 0; r < columns; r++) out[r] = q[(long)r * cs];
      for (int r = columns; r < NR; r++) out[r] = 0;
      out += NR;
    }
  }
}

/* C (4 by 4) += packed A (4 by k) · packed B (k by 4), each element from left to right. */
static inline void block(int k, const double *a, const double *b, double *c, long ld) {
  double *c1 = c + ld, *c2 = c1 + ld, *c3 = c2 + ld;
  vec s00 = load(c), s01 = load(c + 2), s10 = load(c1), s11 = load(c1 + 2);
  vec s20 = load(c2), s21 = load(c2 + 2), s30 = load(c3), s31 = load(c3 + 2);
  for (int p = 0; p < k; p++) {
    vec b0 = load(b), b1 = load(b + 2);
    vec a0 = wasm_v128_load64_splat(a), a1 = wasm_v128_load64_splat(a + 1);
    s00 = add(s00, mul(a0, b0));
    s01 = add(s01, mul(a0, b1));
    s10 = add(s10, mul(a1, b0));
    s11 = add(s11, mul(a1, b1));
    vec a2 = wasm_v128_load64_splat(a + 2), a3 = wasm_v128_load64_splat(a + 3);
    s20 = add(s20, mul(a2, b0));
    s21 = add(s21, mul(a2, b1));
    s30 = add(s30, mul(a3, b0));
    s31 = add(s31, mul(a3, b1));
    a += MR;
    b += NR;
  }
  store(c, s00);
  store(c + 2, s01);
  store(c1, s10);
  store(c1 + 2, s11);
  store(c2, s20);
  store(c2 + 2, s21);
  store(c3, s30);
  store(c3 + 2, s31);
}

/* Doubles of work space that product needs, and rotations of at most a quarter as many rows. */
EXPORT int work_space(void) { return MC * KC + KC * NC + 16; }

/* C += sign A B for A (m by k), B (k by n) with any strides; with `lower` only where C's column is not beyond its row, the rest of the square
   blocks on the diagonal being left with anything. */
EXPORT void product(int m, int n, int k, const double *a, int ars, int acs, const double *b, int brs, int bcs, double *c,
                    int ld, double sign, int lower, double *work) {
  double *pa = work, *pb = work + MC * KC, edge[16];
  for (int j0 = 0; j0 < n; j0 += NC) {
    int nc = n - j0 < NC ? n - j0 : NC;
    for (int p0 = 0; p0 < k; p0 += KC) {
      int kc = k - p0 < KC ? k - p0 : KC;
      pack_columns(b + (long)p0 * brs + (long)j0 * bcs, brs, bcs, kc, nc, pb);
      for (int i0 = 0; i0 < m; i0 += MC) {
        int mc = m - i0 < MC ? m - i0 : MC;
        pack_rows(a + (long)i0 * ars + (long)p0 * acs, ars, acs, mc, kc, sign, pa);
        for (int j = 0; j < nc; j += NR) {
          for (int i = 0; i < mc; i += MR) {
            const double *qa = pa + i * kc, *qb = pb + j * kc;
            double *qc = c + (long)(i0 + i) * ld + j0 + j;
            int rows = mc - i, columns = nc - j;
            if (lower && j0 + j >= i0 + i + MR) continue;
            if (rows >= MR && columns >= NR) {
              block(kc, qa, qb, qc, ld);
              continue;
            }
            if (rows > MR) rows = MR;
            if (columns > NR) columns = NR;
            for (int r = 0; r < 16; r++) edge[r] = 0;
            for (int r = 0; r < rows; r++)
              for (int s = 0; s < columns; s++) edge[r * 4 + s] = qc[(long)r * ld + s];
            block(kc, qa, qb, edge, 4);
            for (int r = 0; r < rows; r++)
              for (int s = 0; s < columns; s++) qc[(long)r * ld + s] = edge[r * 4 + s];
          }
        }
      }
    }
  }
}

/* ---- triangular systems ---- */

#define SOLVE_STRIPE 16

/* X := T^-1 X for a lower triangular T (n by n) and X (n by m), both with any strides: row i in turn loses its multiples of the rows before it,
   from left to right, and is divided by the diagonal (but not when that is `unit`). Sixteen columns at a time, packed into `work`. */
EXPORT void triangular(int n, const double *t, int trs, int tcs, double *x, int xrs, int xcs, int m, int unit, double *work) {
  for (int c0 = 0; c0 < m; c0 += SOLVE_STRIPE) {
    int width = m - c0 < SOLVE_STRIPE ? m - c0 : SOLVE_STRIPE;
    double *first = x + (long)c0 * xcs;
    for (int i = 0; i < n; i++) {
      double *w = work + SOLVE_STRIPE * i;
      const double *row = first + (long)i * xrs;
      if (width == SOLVE_STRIPE && xcs == 1) for (int c = 0; c < SOLVE_STRIPE; c += 2) store(w + c, load(row + c));
      else for (int c = 0; c < SOLVE_STRIPE; c++) w[c] = c < width ? row[(long)c * xcs] : 0;
      vec s0 = load(w), s1 = load(w + 2), s2 = load(w + 4), s3 = load(w + 6);
      vec s4 = load(w + 8), s5 = load(w + 10), s6 = load(w + 12), s7 = load(w + 14);
      const double *f = t + (long)i * trs;
      for (const double *q = work; q < w; q += SOLVE_STRIPE, f += tcs) {
        vec v = wasm_v128_load64_splat(f);
        s0 = sub(s0, mul(v, load(q)));
        s1 = sub(s1, mul(v, load(q + 2)));
        s2 = sub(s2, mul(v, load(q + 4)));
        s3 = sub(s3, mul(v, load(q + 6)));
        s4 = sub(s4, mul(v, load(q + 8)));
        s5 = sub(s5, mul(v, load(q + 10)));
        s6 = sub(s6, mul(v, load(q + 12)));
        s7 = sub(s7, mul(v, load(q + 14)));
      }
      if (!unit) {
        vec v = wasm_v128_load64_splat(f);
        s0 = quot(s0, v), s1 = quot(s1, v), s2 = quot(s2, v), s3 = quot(s3, v);
        s4 = quot(s4, v), s5 = quot(s5, v), s6 = quot(s6, v), s7 = quot(s7, v);
      }
      store(w, s0), store(w + 2, s1), store(w + 4, s2), store(w + 6, s3);
      store(w + 8, s4), store(w + 10, s5), store(w + 12, s6), store(w + 14, s7);
    }
    for (int i = 0; i < n; i++) {
      const double *w = work + SOLVE_STRIPE * i;
      double *row = first + (long)i * xrs;
      if (width == SOLVE_STRIPE && xcs == 1) for (int c = 0; c < SOLVE_STRIPE; c += 2) store(row + c, load(w + c));
      else for (int c = 0; c < width; c++) row[(long)c * xcs] = w[c];
    }
  }
}
