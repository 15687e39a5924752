// The benchmark workloads for ADOL-C: each function is a template, run on doubles for its value, and recorded once
// on a tape that the drivers then replay for derivatives, as ADOL-C's manual advises for repeated evaluation.
// Prints one line a workload: name, milliseconds of the value, milliseconds of the gradient (-1: not measured).

#include <adolc/adolc.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <time.h>

using std::make_unique;
using std::unique_ptr;
using std::vector;

static volatile double sink;

// --- the same inputs as the JavaScript programs ---

struct Generator {
  uint32_t state;
  explicit Generator(uint32_t seed) : state(seed) {}
  double operator()() {
    state += 0x6d2b79f5u;
    uint32_t t = state;
    t = (t ^ (t >> 15)) * (t | 1u);
    t ^= t + (t ^ (t >> 7)) * (t | 61u);
    return (t ^ (t >> 14)) / 4294967296.0;
  }
};

static vector<double> uniform(size_t n, double low, double high, uint32_t seed) {
  Generator next(seed);
  vector<double> out(n);
  for (auto &x : out) x = low + (high - low) * next();
  return out;
}

static vector<int> indices(size_t n, int bound, uint32_t seed) {
  Generator next(seed);
  vector<int> out(n);
  for (auto &x : out) x = (int)std::floor(bound * next());
  return out;
}

// --- timing ---

static double wall() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static double own() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/// As the JavaScript side counts: the median over rounds of the quickest of a few short batches; of a long batch what
/// the thread computed.
static double median_ms(const std::function<void()> &f) {
  auto timed = [&](int times) {
    double before = own(), start = wall();
    for (int i = 0; i < times; i++) f();
    double all = wall() - start, mine = own() - before;
    return mine >= 15 ? std::min(mine, all) : all;
  };
  int times = 1;
  double best = 1e300;
  for (double spent = 0; spent < 200;) {
    double ms = timed(times);
    spent += ms;
    best = std::min(best, ms / times);
    times = std::max(1, std::min((int)((best > 1 ? 60 : 1) / std::max(best, 1e-6)), times * 10));
  }
  vector<double> samples;
  double spent = 0;
  while (samples.size() < 3 || (samples.size() < 21 && spent < 2000)) {
    double quickest = 1e300, round = 0;
    for (int i = 0; i < 15 && (i == 0 || round < 8); i++) {
      double ms = timed(times);
      round += ms;
      quickest = std::min(quickest, ms / times);
    }
    spent += round;
    samples.push_back(quickest);
  }
  std::sort(samples.begin(), samples.end());
  return samples[samples.size() / 2];
}

static const char *only = nullptr;
static bool wanted(const char *name) { return only == nullptr || std::strcmp(name, only) == 0; }

static void report(const char *name, double primal, double gradient) {
  std::printf("%s %.6g %.6g\n", name, primal, gradient);
  std::fflush(stdout);
}

// Recorded twice: the first tape tells how large the buffers must be for the second to stay in memory, and no larger,
// since every replay allocates them.
static void record(short tag, const std::function<void()> &f) {
  trace_on(tag);
  f();
  trace_off();
  size_t counts[STAT_SIZE];
  tapestats(tag, counts);
  auto room = [&](int which) { return (unsigned)(counts[which] + counts[which] / 8 + 1024); };
  trace_on(tag, 0, room(NUM_OPERATIONS), room(NUM_LOCATIONS), room(NUM_VALUES), room(TAY_STACK_SIZE));
  f();
  trace_off();
}

/// Times a scalar function of n variables and its gradient by a replayed tape.
template <class F> static void scalar(const char *name, const vector<double> &x, const F &f) {
  if (!wanted(name)) return;
  const int n = (int)x.size();
  double primal = median_ms([&] { sink = f(x.data()); });
  record(1, [&] {
    vector<adouble> a(n);
    for (int i = 0; i < n; i++) a[i] <<= x[i];
    adouble y = f(a.data());
    double out;
    y >>= out;
  });
  vector<double> g(n);
  double gradient_ms = median_ms([&] {
    ::gradient(1, n, x.data(), g.data());
    sink = g[0];
  });
  report(name, primal, gradient_ms);
}

// --- the workloads ---

template <class T> static T sq(const T &x) { return x * x; }

struct Helmholtz {
  int n;
  vector<double> b, a;
  template <class T> T operator()(const T *x) const {
    const double RT = 8.3144598 * 300, up = 1 + std::sqrt(2.0), down = 1 - std::sqrt(2.0);
    T bx = 0, logs = 0, xax = 0;
    for (int i = 0; i < n; i++) bx += b[i] * x[i];
    for (int i = 0; i < n; i++) logs += log(x[i] / (1 - bx));
    for (int i = 0; i < n; i++) {
      T row = 0;
      for (int j = 0; j < n; j++) row += a[i * n + j] * x[j];
      xax += x[i] * row;
    }
    return RT * logs - xax / (std::sqrt(8.0) * bx) * log((1 + up * bx) / (1 + down * bx));
  }
};

static void helmholtz(const char *name, int n) {
  Helmholtz f{n, vector<double>(n), vector<double>(n * n)};
  vector<double> x(n);
  for (int i = 0; i < n; i++) {
    x[i] = 0.5 / (i + 1) + 1.0 / (8 * n);
    f.b[i] = (i + 1) / (128.0 * n);
    for (int j = 0; j < n; j++) f.a[i * n + j] = 1.0 / (1 + i + j);
  }
  scalar(name, x, f);
}

template <class T> static T log_sum_exp(const vector<T> &v) {
  T top = v[0], s = 0;
  for (size_t i = 1; i < v.size(); i++) top = fmax(top, v[i]);
  for (const T &x : v) s += exp(x - top);
  return top + log(s);
}

struct Gmm {
  int d, k, n;
  vector<double> x;
  template <class T> T operator()(const T *p) const {
    const int size = d * (d + 1) / 2;
    const T *alphas = p, *means = p + k, *icf = p + k + k * d;
    vector<T> scale(k * d), logdets(k), terms(k), centred(d), scaled(d);
    T prior = 0;
    for (int c = 0; c < k; c++) {
      T squares = 0;
      logdets[c] = 0;
      for (int r = 0; r < d; r++) {
        scale[c * d + r] = exp(icf[c * size + r]);
        logdets[c] += icf[c * size + r];
        squares += sq(scale[c * d + r]);
      }
      for (int r = d; r < size; r++) squares += sq(icf[c * size + r]);
      prior += 0.5 * squares;
    }
    double constant = 0, freedom = d + 1;
    for (int j = 1; j <= d; j++) constant += std::lgamma(0.5 * freedom + (1 - j) / 2.0);
    constant = freedom * d * (-0.5 * std::log(2.0)) - (d * (d - 1) / 4.0 * std::log(M_PI) + constant);
    T f = -n * d * 0.5 * std::log(2 * M_PI) - k * constant;
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < k; c++) {
        for (int r = 0; r < d; r++) {
          centred[r] = x[i * d + r] - means[c * d + r];
          scaled[r] = scale[c * d + r] * centred[r];
        }
        const T *l = icf + c * size + d;
        for (int q = 0; q < d; q++)
          for (int r = q + 1; r < d; r++) scaled[r] += *l++ * centred[q];
        T distance = 0;
        for (int r = 0; r < d; r++) distance += sq(scaled[r]);
        terms[c] = alphas[c] + logdets[c] - 0.5 * distance;
      }
      f += log_sum_exp(terms);
    }
    vector<T> weights(alphas, alphas + k);
    return f - n * log_sum_exp(weights) + prior;
  }
};

static void gmm(const char *name, int d, int k) {
  Gmm f{d, k, 1000, uniform(1000 * d, -2, 2, 14)};
  vector<double> p = uniform(k, -1, 1, 11);
  for (double v : uniform(k * d, -1, 1, 12)) p.push_back(v);
  for (double v : uniform(k * d * (d + 1) / 2, -0.5, 0.5, 13)) p.push_back(v);
  scalar(name, p, f);
}

struct Logistic {
  template <class T> T operator()(const T *x) const {
    T v = x[0];
    for (int i = 0; i < 1000000; i++) v = 3 * v * (1 - v);
    return v;
  }
};

static double number(double x) { return x; }
static double number(const adouble &x) { return x.value(); }

struct Newton {
  int n;
  template <class T> T operator()(const T *a) const {
    T s = 0;
    for (int i = 0; i < n; i++) {
      T x = 1, step = 1;
      while (std::abs(number(step)) > 1e-9) {
        step = (x * x * x + x - a[i]) / (3 * x * x + 1);
        x -= step;
      }
      s += x;
    }
    return s;
  }
};

struct Rosenbrock {
  int n;
  template <class T> T operator()(const T *x) const {
    T s = 0;
    for (int i = 0; i < n - 1; i++) {
      T t = x[i + 1] - x[i] * x[i], u = 1 - x[i];
      s += 100 * t * t + u * u;
    }
    return s;
  }
};

static void product(const char *name, int n) {
  if (!wanted(name)) return;
  Rosenbrock f{n};
  vector<double> x = uniform(n, -2, 2, 51), v = uniform(n, -1, 1, 52), z(n);
  record(1, [&] {
    vector<adouble> a(n);
    for (int i = 0; i < n; i++) a[i] <<= x[i];
    adouble y = f(a.data());
    double out;
    y >>= out;
  });
  report(name, -1, median_ms([&] {
           hess_vec(1, n, x.data(), v.data(), z.data());
           sink = z[0];
         }));
}

struct Fill {
  int n;
  template <class T> T operator()(const T *x) const {
    vector<T> v(n);
    for (int i = 0; i < n; i++) v[i] = x[i] * x[n - 1 - i];
    T s = 0;
    for (int i = 0; i < n; i++) s += v[i] * v[i];
    return s;
  }
};

struct Gather {
  vector<int> index;
  template <class T> T operator()(const T *x) const {
    T s = 0;
    for (int i : index) s += x[i] * x[i];
    return s;
  }
};

struct Scatter {
  vector<int> index;
  template <class T> T operator()(const T *x) const {
    const int n = (int)index.size();
    vector<T> v(n);
    for (int i = 0; i < n; i++) v[i] = 0;
    for (int i = 0; i < n; i++) v[index[i]] += x[i];
    T s = 0;
    for (int i = 0; i < n; i++) s += v[i] * v[i];
    return s;
  }
};

struct Elementwise {
  int n;
  template <class T> T operator()(const T *x) const {
    const T *a = x, *b = x + n, *c = x + 2 * n;
    T s = 0;
    for (int i = 0; i < n; i++) s += a[i] * b[i] + c[i] * a[i] - b[i];
    return s;
  }
};

struct Nbody {
  int n, steps;
  double dt;
  // x y z vx vy vz m of each body
  template <class T> T operator()(const T *bodies) const {
    const double soft = 0.01;
    vector<T> s(bodies, bodies + 7 * n), a(3 * n);
    for (int t = 0; t < steps; t++) {
      for (int i = 0; i < n; i++) {
        T a0 = 0, a1 = 0, a2 = 0;
        for (int j = 0; j < n; j++) {
          T dx = s[7 * j] - s[7 * i], dy = s[7 * j + 1] - s[7 * i + 1], dz = s[7 * j + 2] - s[7 * i + 2];
          T d2 = dx * dx + dy * dy + dz * dz + soft;
          T pull = s[7 * j + 6] / (d2 * sqrt(d2));
          a0 += dx * pull;
          a1 += dy * pull;
          a2 += dz * pull;
        }
        a[3 * i] = a0;
        a[3 * i + 1] = a1;
        a[3 * i + 2] = a2;
      }
      for (int i = 0; i < n; i++)
        for (int c = 0; c < 3; c++) {
          s[7 * i + 3 + c] += dt * a[3 * i + c];
          s[7 * i + c] += dt * s[7 * i + 3 + c];
        }
    }
    T e = 0;
    for (int i = 0; i < n; i++) {
      e += 0.5 * s[7 * i + 6] * (sq(s[7 * i + 3]) + sq(s[7 * i + 4]) + sq(s[7 * i + 5]));
      for (int j = i + 1; j < n; j++) {
        T dx = s[7 * j] - s[7 * i], dy = s[7 * j + 1] - s[7 * i + 1], dz = s[7 * j + 2] - s[7 * i + 2];
        e -= s[7 * i + 6] * s[7 * j + 6] / sqrt(dx * dx + dy * dy + dz * dz + soft);
      }
    }
    return e;
  }
};

static vector<double> planets(int n) {
  vector<double> out;
  for (int i = 0; i < n; i++) {
    double radius = i == 0 ? 0 : 0.5 + 0.7 * i, speed = i == 0 ? 0 : 1 / std::sqrt(radius);
    for (double v : {radius * std::cos(2.0 * i), radius * std::sin(2.0 * i), 0.05 * i, -speed * std::sin(2.0 * i),
                     speed * std::cos(2.0 * i), 0.01 * i, i == 0 ? 1.0 : 0.001 * i})
      out.push_back(v);
  }
  return out;
}

/** A full binary tree with numbers at its leaves. */
struct Tree {
  double value = 0;
  unique_ptr<Tree> left, right;
};

static unique_ptr<Tree> grow(int depth, const double *&leaf) {
  auto t = make_unique<Tree>();
  if (depth == 0) t->value = *leaf++;
  else {
    t->left = grow(depth - 1, leaf);
    t->right = grow(depth - 1, leaf);
  }
  return t;
}

/** Its total, for the numbers at its leaves from the left. */
template <class T> static T total(const Tree &t, const T *&leaf, double w) {
  if (!t.left) {
    const T &v = *leaf++;
    return w * v * v;
  }
  T a = total(*t.left, leaf, w), b = total(*t.right, leaf, w);
  return 0.5 * (a + b) - 0.1 * a * b;
}

static double total(const Tree &t, double w) {
  if (!t.left) return w * t.value * t.value;
  double a = total(*t.left, w), b = total(*t.right, w);
  return 0.5 * (a + b) - 0.1 * a * b;
}

static void collect(const Tree &t, double *&leaf) {
  if (!t.left) *leaf++ = t.value;
  else {
    collect(*t.left, leaf);
    collect(*t.right, leaf);
  }
}

/** The gradient is a tree again. */
static void tree(const char *name) {
  if (!wanted(name)) return;
  const int depth = 16, n = 1 << depth;
  const double w = 1.1;
  vector<double> x(n), g(n);
  for (int i = 0; i < n; i++) x[i] = 0.5 + 0.4 * std::sin(i);
  const double *from = x.data();
  unique_ptr<Tree> t = grow(depth, from);
  double primal = median_ms([&] { sink = total(*t, w); });
  record(1, [&] {
    vector<adouble> a(n);
    for (int i = 0; i < n; i++) a[i] <<= x[i];
    const adouble *leaf = a.data();
    adouble y = total(*t, leaf, w);
    double out;
    y >>= out;
  });
  double gradient_ms = median_ms([&] {
    double *to = x.data();
    collect(*t, to);
    ::gradient(1, n, x.data(), g.data());
    const double *leaf = g.data();
    sink = grow(depth, leaf)->left->right->left != nullptr;
  });
  report(name, primal, gradient_ms);
}

struct Mlp {
  vector<double> x, y;
  template <class T> T operator()(const T *p) const {
    const int in = 64, width = 64, out = 10, batch = 32;
    const T *w1 = p, *b1 = w1 + in * width, *w2 = b1 + width, *b2 = w2 + width * out;
    T total = 0;
    vector<T> h(width), z(out);
    for (int i = 0; i < batch; i++) {
      for (int j = 0; j < width; j++) h[j] = b1[j];
      for (int q = 0; q < in; q++)
        for (int j = 0; j < width; j++) h[j] += x[i * in + q] * w1[q * width + j];
      for (int j = 0; j < width; j++) h[j] = tanh(h[j]);
      for (int j = 0; j < out; j++) z[j] = b2[j];
      for (int q = 0; q < width; q++)
        for (int j = 0; j < out; j++) z[j] += h[q] * w2[q * out + j];
      T picked = 0;
      for (int j = 0; j < out; j++) picked += y[i * out + j] * z[j];
      total += log_sum_exp(z) - picked;
    }
    return total / batch;
  }
};

static void mlp(const char *name) {
  vector<double> p = uniform(64 * 64, -0.2, 0.2, 31);
  for (double v : uniform(64, -0.1, 0.1, 32)) p.push_back(v);
  for (double v : uniform(640, -0.2, 0.2, 33)) p.push_back(v);
  for (double v : uniform(10, -0.1, 0.1, 34)) p.push_back(v);
  Mlp f{uniform(32 * 64, -1, 1, 36), vector<double>(320)};
  vector<int> labels = indices(32, 10, 35);
  for (int i = 0; i < 32; i++) f.y[i * 10 + labels[i]] = 1;
  scalar(name, p, f);
}

template <class T, class F> static void residual(const T *q, const F *feature, T *out) {
  T x0 = q[11] - q[3], x1 = q[12] - q[4], x2 = q[13] - q[5];
  T square = q[0] * q[0] + q[1] * q[1] + q[2] * q[2];
  T angle = sqrt(square), c = cos(angle), s = sin(angle);
  T u0 = q[0] / angle, u1 = q[1] / angle, u2 = q[2] / angle;
  T along = (u0 * x0 + u1 * x1 + u2 * x2) * (1 - c);
  T y0 = x0 * c + (u1 * x2 - u2 * x1) * s + u0 * along;
  T y1 = x1 * c + (u2 * x0 - u0 * x2) * s + u1 * along;
  T y2 = x2 * c + (u0 * x1 - u1 * x0) * s + u2 * along;
  T p0 = y0 / y2, p1 = y1 / y2, radius = p0 * p0 + p1 * p1;
  T reach = q[6] * (1 + q[9] * radius + q[10] * radius * radius);
  out[0] = q[14] * (p0 * reach + q[7] - feature[0]);
  out[1] = q[14] * (p1 * reach + q[8] - feature[1]);
}

static void bundle(const char *name) {
  if (!wanted(name)) return;
  const int cameras = 50, points = 2000, n = 10000;
  Generator next(21);
  auto noise = [&](double size) { return size * (2 * next() - 1); };
  vector<double> cams;
  for (int i = 0; i < cameras; i++) {
    // in the order in which the JavaScript program draws them
    double first[6] = {0.3, 0, 0, 0, 0, -10}, spread[6] = {0.2, 0.3, 0.3, 1, 1, 1};
    for (int j = 0; j < 6; j++) cams.push_back(first[j] + noise(spread[j]));
    double middle[5] = {500, 0, 0, 0, 0}, wide[5] = {50, 5, 5, 0.05, 0.01};
    for (int j = 0; j < 5; j++) cams.push_back(middle[j] + noise(wide[j]));
  }
  vector<double> world = uniform(3 * points, -3, 3, 22), weights = uniform(n, 0.5, 1.5, 23);
  vector<double> features = uniform(2 * n, -200, 200, 24);
  vector<int> camera = indices(n, cameras, 25), point = indices(n, points, 26);
  vector<double> packed(15 * n);
  for (int i = 0; i < n; i++) {
    std::copy_n(&cams[11 * camera[i]], 11, &packed[15 * i]);
    std::copy_n(&world[3 * point[i]], 3, &packed[15 * i + 11]);
    packed[15 * i + 14] = weights[i];
  }
  vector<double> out(2 * n);
  double primal = median_ms([&] {
    for (int i = 0; i < n; i++) residual(&packed[15 * i], &features[2 * i], &out[2 * i]);
    sink = out[0];
  });
  // the feature is a parameter of the tape, so that one tape serves all observations
  record(1, [&] {
    adouble q[15], e[2];
    pdouble feature[2] = {mkparam(features[0]), mkparam(features[1])};
    for (int j = 0; j < 15; j++) q[j] <<= packed[j];
    residual(q, feature, e);
    double ignored;
    e[0] >>= ignored;
    e[1] >>= ignored;
  });
  double row[30], *rows[2] = {row, row + 15};
  double jacobians = median_ms([&] {
    for (int i = 0; i < n; i++) {
      set_param_vec(1, 2, &features[2 * i]);
      jacobian(1, 2, 15, &packed[15 * i], rows);
      sink = row[0];
    }
  });
  report(name, primal, jacobians);
}

int main(int argc, char **argv) {
  if (argc > 1) only = argv[1];
  scalar("logistic-1e6", {0.3}, Logistic{});
  helmholtz("helmholtz-8", 8);
  helmholtz("helmholtz-50", 50);
  helmholtz("helmholtz-500", 500);
  gmm("gmm-d10-k10", 10, 10);
  gmm("gmm-d20-k25", 20, 25);
  scalar("newton", uniform(20000, 0.5, 20, 41), Newton{20000});
  scalar("rosenbrock", uniform(1000, -2, 2, 51), Rosenbrock{1000});
  product("rosenbrock-hvp", 1000);
  scalar("fill-1e5", uniform(100000, -1, 1, 61), Fill{100000});
  scalar("fill-1e6", uniform(1000000, -1, 1, 61), Fill{1000000});
  scalar("gather-1e5", uniform(100000, -1, 1, 61), Gather{indices(100000, 100000, 62)});
  scalar("gather-1e6", uniform(1000000, -1, 1, 61), Gather{indices(1000000, 1000000, 62)});
  scalar("scatter-1e5", uniform(100000, -1, 1, 61), Scatter{indices(100000, 100000, 62)});
  scalar("scatter-1e6", uniform(1000000, -1, 1, 61), Scatter{indices(1000000, 1000000, 62)});
  bundle("bundle");
  scalar("nbody", planets(5), Nbody{5, 1000, 0.01});
  tree("tree");
  mlp("mlp");
  {
    vector<double> x = uniform(1000000, -1, 1, 71);
    for (uint32_t seed : {72u, 73u})
      for (double v : uniform(1000000, -1, 1, seed)) x.push_back(v);
    scalar("elementwise", x, Elementwise{1000000});
  }
}
