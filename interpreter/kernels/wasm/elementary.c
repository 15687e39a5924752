/* exp, expm1, log, log1p, sigmoid, tanh, sin and cos of arrays, two lanes at a time.
   Each is the sequence of operations of its twin in ../elementary.ts and ../circle.ts, where the sources of the methods stand;
   lanes outside the plain range are redone by scalar code that is the twin of the same name.
   The length is a multiple of 2: callers pad. sin and cos tell whether a lane needs the reduction that only the twin has. */
#include "kernels.h"
#include "exp-table.h"

#define ROUND 6755399441055744.0
#define LOG2_E 1.4426950408889634
#define LN2_HIGH 6.9314718036912381649e-1
#define LN2_LOW 1.9082149292705877e-10
#define C0 0.5
#define C1 0.1666666666666667
#define C2 0.04166666666666667
#define C3 0.008333333333326112
#define C4 0.001388888888888373
#define C5 0.0001984126987490126
#define C6 2.4801587325605324e-5
#define C7 2.7557255297969643e-6
#define C8 2.755727357010214e-7
#define C9 2.5105259538448494e-8
#define C10 2.0914717341716378e-9
#define L1 6.66666666666673513e-1
#define L2 3.999999999940941908e-1
#define L3 2.857142874366239149e-1
#define L4 2.222219843214978396e-1
#define L5 1.818357216161805012e-1
#define L6 1.531383769920937332e-1
#define L7 1.479819860511658591e-1
#define TWO_OVER_PI 0.6366197723675814
#define P1 1.57079632673412561417
#define P2 6.0771005063039659766e-11
#define P3 2.0222662487111664558e-21
#define P4 8.4784276603689e-32
#define S1 -1.66666666666666324348e-1
#define S2 8.33333333332248946124e-3
#define S3 -1.98412698298579493134e-4
#define S4 2.75573137070700676789e-6
#define S5 -2.50507602534068634195e-8
#define S6 1.58969099521155010221e-10
#define K1 4.16666666666666019037e-2
#define K2 -1.38888888888741095749e-3
#define K3 2.48015872894767294178e-5
#define K4 -2.75573143513906633035e-7
#define K5 2.0875723212981748279e-9
#define K6 -1.13596475577881948265e-11
#define REDUCED_BELOW 1600000.0
#define LOG2_E_128 184.6649652337873
#define LN2_HIGH_128 0.005415212348111709
#define LN2_LOW_128 1.2864023111638346e-14
#define E2 0.4999999999999906
#define E3 0.16666666666666533
#define E4 0.04166667686916893
#define E5 0.00833333479083362

/* ---- exp ---- */

static inline vec exp_rest(vec r) {
  vec r2 = mul(r, r), r4 = mul(r2, r2);
  vec low = add(add(splat(C0), mul(splat(C1), r)), mul(r2, add(splat(C2), mul(splat(C3), r))));
  vec middle = add(add(splat(C4), mul(splat(C5), r)), mul(r2, add(splat(C6), mul(splat(C7), r))));
  vec high = add(add(splat(C8), mul(splat(C9), r)), mul(r2, splat(C10)));
  return mul(r2, add(add(low, mul(r4, middle)), mul(mul(r4, r4), high)));
}

static double power2(double k) {
  union { u64 u; double d; } b;
  b.u = (u64)((long long)k + 1023) << 52;
  return b.d;
}

/* Whether both lanes are inside (-708, 708); nan is not. */
static inline int plain(vec x) { return wasm_i64x2_bitmask(wasm_f64x2_lt(wasm_f64x2_abs(x), splat(708))) == 3; }

static inline vec exp_plain(vec x) {
  vec t = add(mul(x, splat(LOG2_E_128)), splat(ROUND));
  vec k = sub(t, splat(ROUND));
  vec r = sub(sub(x, mul(k, splat(LN2_HIGH_128))), mul(k, splat(LN2_LOW_128)));
  /* The low 7 bits of t choose the root, those above are the power of 2; the table's roots have the low bits' share taken off. */
  vec pair0 = load((const double *)EXP_ROOTS + 2 * (wasm_i32x4_extract_lane(t, 0) & 127));
  vec pair1 = load((const double *)EXP_ROOTS + 2 * (wasm_i32x4_extract_lane(t, 2) & 127));
  vec lost = wasm_i64x2_shuffle(pair0, pair1, 0, 2), root = wasm_i64x2_shuffle(pair0, pair1, 1, 3);
  vec scale = wasm_i64x2_add(root, wasm_i64x2_shl(t, 45));
  vec r2 = mul(r, r);
  vec even = mul(r2, add(splat(E2), mul(r, splat(E3))));
  vec odd = mul(mul(r2, r2), add(splat(E4), mul(r, splat(E5))));
  vec rest = add(add(add(lost, r), even), odd);
  return add(scale, mul(scale, rest));
}

static double __attribute__((noinline)) exp1(double x) {
  if (x > -708 && x < 709) return lane0(exp_plain(splat(x)));
  if (x > 709.8) return __builtin_inf();
  if (x < -745.2) return 0;
  if (x != x) return x;
  double k = x * LOG2_E_128 + ROUND - ROUND;
  double r = x - k * LN2_HIGH_128 - k * LN2_LOW_128, r2 = r * r;
  int n = (int)k;
  const u64 *entry = EXP_ROOTS + 2 * (n & 127);
  union { u64 u; double d; } lost = {entry[0]}, root = {entry[1] + ((u64)(n & 127) << 45)};
  double rest = lost.d + r + r2 * (E2 + r * E3) + r2 * r2 * (E4 + r * E5);
  double value = root.d + root.d * rest;
  n >>= 7;
  return value * power2(n >> 1) * power2(n - (n >> 1));
}

static inline vec exp2lanes(vec x) {
  if (__builtin_expect(plain(x), 1)) return exp_plain(x);
  return wasm_f64x2_make(exp1(lane0(x)), exp1(lane1(x)));
}

static inline vec expm1_plain(vec x) {
  vec t = add(mul(x, splat(LOG2_E)), splat(ROUND));
  vec k = sub(t, splat(ROUND));
  vec high = sub(x, mul(k, splat(LN2_HIGH))), low = mul(k, splat(LN2_LOW));
  vec r = sub(high, low);
  vec p = add(r, add(sub(sub(high, r), low), exp_rest(r)));
  vec scale = wasm_i64x2_add(wasm_i64x2_shl(t, 52), bits(1023ull << 52));
  vec y = add(mul(scale, p), sub(scale, splat(1)));
  return choose(wasm_f64x2_eq(x, splat(0)), x, y);
}

static double __attribute__((noinline)) expm11(double x) {
  if (!(x > -708 && x < 709)) return x < 0 ? -1 : exp1(x);
  return lane0(expm1_plain(splat(x)));
}

static inline vec expm12lanes(vec x) {
  if (__builtin_expect(plain(x), 1)) return expm1_plain(x);
  return wasm_f64x2_make(expm11(lane0(x)), expm11(lane1(x)));
}

/* ---- log ---- */

static inline vec log_of(vec f, vec k, vec c) {
  vec half = mul(mul(splat(0.5), f), f);
  vec s = quot(f, add(splat(2), f)), z = mul(s, s), w = mul(z, z);
  vec even = mul(w, add(splat(L2), mul(w, add(splat(L4), mul(w, splat(L6))))));
  vec odd = mul(z, add(splat(L1), mul(w, add(splat(L3), mul(w, add(splat(L5), mul(w, splat(L7))))))));
  vec head = mul(s, add(half, add(even, odd)));
  vec tail = add(mul(k, splat(LN2_LOW)), c);
  return add(add(sub(add(head, tail), half), f), mul(k, splat(LN2_HIGH)));
}

/* x = (1+f) 2^k with 1+f in [sqrt(1/2), sqrt 2]. */
static inline void unpack(vec x, vec *f, vec *k) {
  vec moved = wasm_i64x2_add(x, bits(0x95f62ull << 32));
  vec shift = wasm_i64x2_sub(wasm_v128_and(moved, bits(0xfff0000000000000ull)), bits(1023ull << 52));
  *f = sub(wasm_i64x2_sub(x, shift), splat(1));
  *k = sub(wasm_v128_or(wasm_u64x2_shr(moved, 52), bits(0x4330000000000000ull)), splat(4503599627370496.0 + 1023.0));
}

static double __attribute__((noinline)) log1(double x) {
  if (!(x > 0)) return x == 0 ? -__builtin_inf() : __builtin_nan("");
  if (x == __builtin_inf()) return x;
  double down = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984.0;
    down = 54;
  }
  vec f, k;
  unpack(splat(x), &f, &k);
  return lane0(log_of(f, sub(k, splat(down)), splat(0)));
}

static inline vec log2lanes(vec x) {
  vec inside = wasm_v128_and(wasm_f64x2_ge(x, splat(2.2250738585072014e-308)), wasm_f64x2_lt(x, splat(__builtin_inf())));
  if (__builtin_expect(wasm_i64x2_bitmask(inside) != 3, 0)) return wasm_f64x2_make(log1(lane0(x)), log1(lane1(x)));
  vec f, k;
  unpack(x, &f, &k);
  return log_of(f, k, splat(0));
}

static inline vec log1p_plain(vec x) {
  vec u = add(splat(1), x), f, k;
  unpack(u, &f, &k);
  vec large = sub(splat(1), sub(u, x)), small = sub(x, sub(u, splat(1)));
  vec c = quot(choose(wasm_f64x2_ge(k, splat(2)), large, small), u);
  vec near = wasm_v128_and(wasm_f64x2_gt(x, splat(-0.2928932188134525)), wasm_f64x2_lt(x, splat(0.41421356237309503)));
  f = choose(near, x, f);
  k = wasm_v128_andnot(k, near);
  c = wasm_v128_andnot(c, near);
  return choose(wasm_f64x2_eq(x, splat(0)), x, log_of(f, k, c));
}

static double __attribute__((noinline)) log1p1(double x) {
  if (!(x > -1 && x < __builtin_inf())) return x == -1 ? -__builtin_inf() : x == __builtin_inf() ? x : __builtin_nan("");
  return lane0(log1p_plain(splat(x)));
}

static inline vec log1p2lanes(vec x) {
  vec inside = wasm_v128_and(wasm_f64x2_gt(x, splat(-1)), wasm_f64x2_lt(x, splat(__builtin_inf())));
  if (__builtin_expect(wasm_i64x2_bitmask(inside) != 3, 0)) return wasm_f64x2_make(log1p1(lane0(x)), log1p1(lane1(x)));
  return log1p_plain(x);
}

/* ---- sigmoid, tanh ---- */

static inline vec sigmoid2lanes(vec x) {
  vec e = exp2lanes(wasm_f64x2_neg(wasm_f64x2_abs(x)));
  return quot(choose(wasm_f64x2_lt(x, splat(0)), e, splat(1)), add(splat(1), e));
}

static inline vec tanh2lanes(vec x) {
  vec a = wasm_f64x2_pmin(wasm_f64x2_abs(x), splat(30));
  vec t = expm12lanes(mul(splat(-2), a));
  vec y = quot(t, add(splat(2), t));
  y = choose(wasm_f64x2_gt(x, splat(0)), wasm_f64x2_neg(y), y);
  return choose(wasm_f64x2_eq(x, splat(0)), x, y);
}

/* ---- sin, cos ---- */

static inline vec turned(vec x, u64 turn) {
  vec t = add(mul(x, splat(TWO_OVER_PI)), splat(ROUND));
  vec k = sub(t, splat(ROUND));
  vec r1 = sub(x, mul(k, splat(P1)));
  vec w2 = mul(k, splat(P2)), r2 = sub(r1, w2), e2 = sub(sub(r1, r2), w2);
  vec w3 = mul(k, splat(P3)), r3 = sub(r2, w3), e3 = sub(sub(r2, r3), w3);
  vec tail = sub(add(e2, e3), mul(k, splat(P4)));
  vec a = add(r3, tail), b = add(sub(r3, a), tail);
  vec q = wasm_i64x2_add(t, bits(turn));
  vec z = mul(a, a), v = mul(z, a), w = mul(z, z);
  vec rs = add(add(splat(S2), mul(z, add(splat(S3), mul(z, splat(S4))))), mul(mul(z, w), add(splat(S5), mul(z, splat(S6)))));
  vec s = sub(a, sub(sub(mul(z, sub(mul(splat(0.5), b), mul(v, rs))), b), mul(v, splat(S1))));
  vec rc = add(mul(z, add(splat(K1), mul(z, add(splat(K2), mul(z, splat(K3)))))),
               mul(mul(w, w), add(splat(K4), mul(z, add(splat(K5), mul(z, splat(K6)))))));
  vec half = mul(splat(0.5), z), one = sub(splat(1), half);
  vec c = add(one, add(sub(sub(splat(1), one), half), sub(mul(z, rc), mul(a, b))));
  vec odd = wasm_i64x2_eq(wasm_v128_and(q, bits(1)), bits(1));
  vec sign = wasm_i64x2_shl(wasm_v128_and(q, bits(2)), 62);
  return wasm_v128_xor(choose(odd, c, s), sign);
}

/* A zero keeps its sign. */
static inline vec sin2lanes(vec x) { return choose(wasm_f64x2_eq(x, splat(0)), x, turned(x, 0)); }
static inline vec cos2lanes(vec x) { return turned(x, 1); }

#define MAP(name)                                              \
  EXPORT void v##name(const double *x, double *y, int n) {     \
    for (int i = 0; i < n; i += 2) store(y + i, name##2lanes(load(x + i))); \
  }
MAP(exp)
MAP(expm1)
MAP(log)
MAP(log1p)
MAP(sigmoid)
MAP(tanh)

#define MAP_CIRCLE(name)                                       \
  EXPORT int v##name(const double *x, double *y, int n) {      \
    vec inside = bits(~0ull);                                  \
    for (int i = 0; i < n; i += 2) {                           \
      vec v = load(x + i);                                     \
      inside = wasm_v128_and(inside, wasm_f64x2_lt(wasm_f64x2_abs(v), splat(REDUCED_BELOW))); \
      store(y + i, name##2lanes(v));                           \
    }                                                          \
    return !wasm_i64x2_all_true(inside);                       \
  }
MAP_CIRCLE(sin)
MAP_CIRCLE(cos)
