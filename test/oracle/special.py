"""Writes special.json: values of special functions at many points, computed with mpmath at 60 digits and rounded once.

Each row is [arguments..., value, slack]; slack is half an ulp of every argument carried through the derivative, which is what no
algorithm can avoid, and is only allowed near the zeros of a function (0 elsewhere). Run: python3 test/oracle/special.py
"""
import json, random, sys, os
from mpmath import *

mp.dps = 60
random.seed(20240607)
out = {}

def number(v):
    if v is None: return "nan"
    if isinstance(v, str): return v
    if isinstance(v, mpc): v = v.real
    try:
        f = float(v)
    except OverflowError:
        f = float("inf") if v > 0 else float("-inf")
    if f != f: return "nan"
    if f in (float("inf"), float("-inf")): return "inf" if f > 0 else "-inf"
    return f

def table(name, f, points, zeros=False):
    rows = []
    for p in points:
        args = tuple(p) if isinstance(p, (tuple, list)) else (p,)
        exact = [mpf(a) for a in args]
        v = f(*exact)
        slack = 0.0
        if zeros:
            for i, a in enumerate(exact):
                if a == 0: continue
                moved = list(exact); moved[i] = a * (1 + mpf(10) ** -25)
                d = abs((f(*moved) - v) * mpf(10) ** 25)
                slack += float(d) * 2.0 ** -53
        rows.append([number(a) for a in args] + [number(v), slack])
    out[name] = rows
    print(name, len(rows), file=sys.stderr)

def logspace(lo, hi, n):
    return [10.0 ** (lo + (hi - lo) * i / (n - 1)) for i in range(n)]

def logrand(lo, hi, n):
    return [10.0 ** random.uniform(lo, hi) for _ in range(n)]

def unirand(lo, hi, n):
    return [random.uniform(lo, hi) for _ in range(n)]

u = 2.0 ** -52
positive = logspace(-300, 300, 41) + logrand(-4, 3, 120) + unirand(0, 20, 80) + [
    0.25, 0.5, 0.75, 1.0, 1 - u, 1 + u, 1.25, 1.4616321449683622, 1.5, 2.0, 2 - u, 2 + u, 2.5, 3.0, 9.999999, 10.0, 5e-324, 1e-310]
negative = [-x for x in unirand(0, 20, 60) + logrand(-10, 2, 60) + [0.5, 1.5, 2.5, 170.5, 100.25, 1e-150, 1e-300, 3 + 1e-10, 3 - 1e-10]]
nonint = [x for x in negative if x != int(x)]

table("gamma", gamma, [x for x in positive + nonint if 1e-308 < abs(x) < 171.6] + unirand(10, 171.6, 100) + [-x - 0.3 for x in range(165, 178)] + [171.6243, 171.62437])
table("lgamma", lambda x: log(abs(gamma(x))) if abs(x) < 1e5 else loggamma(x).real, [x for x in positive])
table("lgamma_negative", lambda x: log(abs(gamma(x))), nonint + [-2.457024738220800, -3.1435808883499798, -1000.3, -12345.678], zeros=True)
table("digamma", digamma, positive)
table("digamma_negative", digamma, nonint + [-0.504083008264455, -1.573498473162390, -1000.3], zeros=True)

_zeta = zeta
def zeta(s, q):
    """mpmath's Hurwitz zeta stops at an absolute error, so it needs as many digits as the value is small."""
    mp.dps = 60 + int(abs(s * log(q, 10))) + 40
    v = _zeta(s, q)
    mp.dps = 60
    return v

pg = []
for n in (1, 2, 3, 4, 7, 12, 20, 50, 100, 150):
    for x in [1e-150, 1e-20, 1e-3, 0.1, 0.5, 1.0, 1.5, 2.0, 3.7, 9.5, 10.0, 25.0, 100.0, 1e3, 1e5, 1e10, 1e100, 1e150] + logrand(-2, 2, 10):
        lg = loggamma(n + 1) - (n + 1) * log(mpf(x))
        if -700 < lg < 700: pg.append((n, x))
def polygamma_(n, x):
    n = int(n)
    return (-1) ** (n + 1) * gamma(n + 1) * zeta(n + 1, x)
table("polygamma", polygamma_, pg)
def polygamma_left(n, x):
    n = int(n); s = n + 1
    m = int(ceil(-x))
    total = zeta(s, x + m)
    for k in range(m): total += 1 / (x + k) ** s
    return (-1) ** (n + 1) * gamma(n + 1) * total
table("polygamma_negative", polygamma_left, [(n, x) for n in (1, 2, 3, 5, 10, 21) for x in [-0.5, -1.5, -0.25, -1e-3, -3.999, -3.001, -10.3, -100.7, -2.5 - 1e-9, -1000.6]], zeros=True)
table("hurwitz_zeta", zeta, [(s, q) for s in (1 + 1e-10, 1.001, 1.5, 2.0, 3.3, 10.0, 40.5, 100.0) for q in (1e-3, 0.1, 0.5, 1.0, 2.5, 7.0, 30.0, 1e3)])

def beta_(a, b): return beta(a, b)
bp = [(a, b) for a in (1e-150, 1e-10, 1e-3, 0.1, 0.5, 1.0, 1.5, 2.0, 5.5, 9.9, 10.0, 15.0, 50.0, 100.0, 300.0) for b in (1e-150, 1e-10, 0.01, 0.5, 1.0, 3.0, 9.5, 10.5, 20.0, 80.0, 139.0, 141.0, 200.0, 500.0, 1e4, 1e8, 1e15)]
bp += [(random.uniform(0, 30), random.uniform(0, 300)) for _ in range(60)] + [(random.uniform(10, 500), random.uniform(10, 500)) for _ in range(60)]
table("beta", beta_, [p for p in bp if abs(float(log(beta(mpf(p[0]), mpf(p[1]))))) < 700])
table("beta_negative", beta_, [(-0.5, 0.7), (-1.5, 3.2), (2.5, -0.3), (-0.5, -0.7), (-3.3, -2.2), (-10.5, 20.25)])
def lbeta_(a, b):
    mp.dps = 400
    v = loggamma(a) + loggamma(b) - loggamma(a + b)
    mp.dps = 60
    return v.real
big = [(a, b) for a in (1e-150, 1e-5, 0.5, 3.0, 12.0, 1e3, 1e8, 1e15, 1e50, 1e150) for b in (1e-150, 0.5, 2.0, 15.0, 1e4, 1e9, 1e16, 1e60, 1e150)]
table("lbeta", lbeta_, bp + big, zeros=True)

real = [s * x for s in (1, -1) for x in logspace(-300, 1, 31) + unirand(0, 6, 100) + [0.25, 0.84375, 1.25, 1 / 0.35, 0.5, 1.0, 5.9]]
table("erf", erf, real)
table("erfc", erfc, real + unirand(0, 26.5, 100) + [26.5])
def erfcx_(x): return exp(x * x) * erfc(x)
table("erfcx", erfcx_, [x for x in real if x > -26] + unirand(-26, 0, 40) + logrand(0, 4, 60))
table("erfcx_far", lambda x: 1 / (x * sqrt(pi)), logrand(30, 300, 20))
table("erfinv", erfinv, [s * y for s in (1, -1) for y in logspace(-300, -1, 20) + unirand(0, 1, 80) + [0.85, 0.5, 0.99, 0.999999, 1 - 2.0 ** -53, 1 - 1e-12]])
def erfcinv_(q):
    if q > mpf(1) / 8 and q < 1.9: return erfinv(1 - q)
    if q >= 1.9: return -erfcinv_(2 - q)
    x = sqrt(-log(q)) * mpf("0.95")
    for _ in range(60):
        d = log(erfc(x)) - log(q)
        step = d * erfc(x) / (2 / sqrt(pi) * exp(-x * x))
        x += step
        if abs(step) < mpf(10) ** -50 * x: break
    return x
table("erfcinv", erfcinv_, logspace(-300, -0.01, 60) + unirand(0, 0.99, 60) + unirand(1.05, 2, 30) + [0.15, 0.5, 1.5, 1.85])
table("normal_cdf", ncdf, [-37.0, -30.5, -20.1, -10.3, -5.7, -3.3] + unirand(-30, 5, 100) + [1e-10, -1e-10, 0.0])

def log_ncdf(x):
    return log(erfcx_(-x / sqrt(2)) / 2) - x * x / 2 if x > -1e3 else -x * x / 2 - log(-x) - log(2 * pi) / 2 + log(1 - 1 / x ** 2 + 3 / x ** 4 - 15 / x ** 6 + 105 / x ** 8)
table("log_normal_cdf", log_ncdf, [-1e150, -1e10, -1e5] + unirand(-100, 8, 80) + [-1.0, -1e-5])

table("log1pmx", lambda x: log1p(x) - x if abs(x) > 1e-12 else -x * x / 2 + x ** 3 / 3 - x ** 4 / 4, [s * x for s in (1, -1) for x in logspace(-100, -0.31, 40) + unirand(0, 0.9, 30)] + logrand(0, 10, 10))
table("log1mexp", lambda x: log(-expm1(-x)) if x < 100 else -exp(-x), logspace(-300, 2, 40) + unirand(0, 5, 30) + [700.0])
table("sigmoid", lambda x: 1 / (1 + exp(-x)), unirand(-700, 40, 60) + unirand(-5, 5, 30))
table("log_sigmoid", lambda x: -log1p(exp(-x)), unirand(-700, 40, 60) + unirand(-5, 5, 30) + [700.0])
table("softplus", lambda x: log1p(exp(x)), unirand(-700, 40, 60) + unirand(-5, 5, 30) + [1e10])
table("logit", lambda p: log(p) - log1p(-p), unirand(0, 1, 60) + logspace(-300, -1, 20) + [0.5 + 1e-10, 0.5 - 1e-16, 0.25, 0.75])
table("sech_squared", lambda x: sech(x) ** 2, unirand(-350, 350, 40) + unirand(-5, 5, 40) + logspace(-300, 0, 10))
table("sinpi", lambda x: sin(pi * x), [s * x for s in (1, -1) for x in logspace(-300, -1, 20) + unirand(0, 10, 60) + [0.25, 0.75, 1e10 + 0.125, 4503599627370495.5, 1 + u, 2 - u]])
table("cospi", lambda x: cos(pi * x), unirand(0, 10, 60) + [0.25, 0.75, 0.5 + 1e-12, 1e10 + 0.125, 0.5 - 1e-16])

extra = os.path.join(os.path.dirname(__file__), "special_more.py")
if os.path.exists(extra): exec(open(extra).read())

path = os.path.join(os.path.dirname(__file__), "special.json")
with open(path, "w") as f:
    f.write("{\n" + ",\n".join(json.dumps(k) + ": [\n" + ",\n".join(json.dumps(r) for r in v) + "\n]" for k, v in out.items()) + "\n}\n")
