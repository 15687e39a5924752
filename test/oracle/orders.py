"""Writes orders.json: values and derivatives to third order of the elementwise functions, by mpmath at as many digits as differences need.

A row is [arguments, results]: the value, then for one argument its three derivatives, for two those in x and y, in xx, xy and yy, in xxx, xxy, xyy and
yyy, for three likewise. A null is what has no limit in doubles, or what mpmath does not find in a few seconds. Derivatives are central differences whose steps are 1e-15 of
the distance to the nearest singularity that the table names. Run: python3 test/oracle/orders.py, with names for
the rows of these alone.
"""
import json, os, sys
from itertools import combinations_with_replacement, product
from mpmath import *
from range import attempt, unary as simple, binary as pairs_of, ncdf_

inv_e = -exp(mpf(-1))
sizes = [1e-300, 1e-150, 1e-16, 1e-8, 1e-3, 0.5, 1.0, 3.0, 30.0, 700.0, 1e8, 1e16, 1e150, 1e300]
points = [x for s in sizes for x in (s, -s)] + [2.5, -2.5, 1e200, -1e200, 1e308, -1e308, 12.0, -12.0, 100.0, -100.0, 1e-200, -1e-200]
near = {1.0: [1 - 2.0 ** -53, 1 - 1e-8, 1 - 1e-3, 1 + 2.0 ** -52, 1 + 1e-8, 1 + 1e-3], -1.0: [-1 + 2.0 ** -53, -1 + 1e-8, -1 - 1e-8]}
beside = {
    "ln": near[1.0], "log2": near[1.0], "log10": near[1.0], "acosh": near[1.0], "asin": near[1.0] + near[-1.0], "acos": near[1.0] + near[-1.0],
    "atanh": near[1.0] + near[-1.0], "log1p": near[-1.0], "erfinv": near[1.0] + near[-1.0], "logit": near[1.0], "zeta": near[1.0] + [-4.000001],
    "gamma": near[1.0] + near[-1.0] + [2.0, 171.5, -170.5, -20.000001], "lgamma": near[1.0] + near[-1.0] + [2.0, 2 + 1e-8, -20.5],
    "digamma": near[1.0] + near[-1.0] + [1.4616321449683622, -20.5], "normal_quantile": near[1.0] + [0.1, 0.9, 0.5 + 1e-8],
    "erfcinv": near[1.0] + [1.5, 2 - 1e-8, 0.1], "tan": [1.5707963267948966, 1.57079], "sinc": [1.0 + 1e-8, 2.0, 0.1, 0.7, 5.3],
    "lambertw": [float(inv_e), float(inv_e) + 5e-17, -0.36787944117144, -0.367879441171, -0.3678794411, -0.36787944, -0.367879, -0.3678, -0.36, -0.3, -0.1, -0.2],
    "log1mexp": [-0.6931, -0.7, -36.0, -40.0], "erfcx": [-5.0, -26.0, 0.1, 5.0, 26.0, 50.0], "log_normal_cdf": [-5.0, -38.0, 5.0, 38.0, -0.1, 0.1, 8.0],
    "normal_cdf": [-5.0, -37.0, 5.0, -0.1], "gelu": [-5.0, -37.0, 5.0, -0.75], "silu": [-1.2785, -37.0, 37.0], "expint": [0.1, 5.0, 40.0], "expint_ei": [0.3725074107813666, 5.0, 40.0, -40.0],
    "softplus": [-37.0, 37.0], "log_sigmoid": [-37.0, 37.0], "sigmoid": [-37.0, 37.0], "tanh": [0.1, 19.0], "cosh": [0.1], "sinh": [0.1],
}
# Not analytic at 0.
at_zero = lambda name: [] if name in ("cbrt", "expint_ei", "abs", "sqrt", "relu") or name in singular and 0 in singular[name] else [0.0]
beside["lambertw_lower"] = beside["lambertw"]
# What a step is measured by, where it is not the argument itself or 1.
singular = {
    "ln": [0], "acosh": [1], "asin": [1, -1], "acos": [1, -1], "atanh": [1, -1], "log1p": [-1], "erfinv": [1, -1], "logit": [0, 1], "normal_quantile": [0, 1], "erfcinv": [0, 2],
    "zeta": [1], "lambertw": [inv_e], "lambertw_lower": [inv_e, 0], "log1mexp": [0], "tan": [pi / 2],
}
poles = {"gamma", "lgamma", "digamma"}
unary = {k: f for k, (f, _) in simple.items() if k not in ("neg", "abs", "relu", "square")}
unary["logit"] = lambda x: log(x / (1 - x)) if 0 < x < 1 else None
unary["normal_quantile"] = lambda p: -sqrt(mpf(2)) * erfinv_(1 - 2 * p) if 0 < p < 1 else None
unary["erfcinv"] = lambda q: erfinv_(1 - q) if 0 < q < 2 else None
unary["erfinv"] = lambda x: erfinv_(x) if -1 < x < 1 else None
unary["lgamma"] = lambda x: loggamma(x) if x > 0 else log(fabs(gamma(x)))
for name in ("ln", "log2", "log10", "sqrt"):
    unary[name] = (lambda f: lambda x: f(x) if x > 0 else None)(unary[name])
unary["log1p"] = lambda x: log(1 + x) if x > -1 else None
unary["log1mexp"] = lambda x: log(-expm1(x)) if x < 0 else None
unary["acosh"] = lambda x: log(x + sqrt((x - 1) * (x + 1))) if x > 1 else None
unary["lambertw_lower"] = lambda x: lambertw(x, -1) if inv_e < x < 0 else None

def erfinv_(x):
    """By Newton from a bracket of logarithms: mpmath's own loses digits near 1."""
    y = mpf(0) if x == 0 else sign(x) * sqrt(-log(1 - fabs(x))) if fabs(x) > 0.9 else x
    c = 2 / sqrt(pi)
    d = 1 - fabs(x)
    s = sign(x)
    y = fabs(y)
    for _ in range(80):
        e = (erf(y) - fabs(x)) if y < 1 else (d - erfc(y))
        g = c * exp(-y * y)
        r = e / g
        step = r / (1 + y * r)
        y -= step
        if fabs(step) < fabs(y) * mpf(10) ** (-mp.dps + 10): break
    return s * y

def rounded(v):
    """The nearest double, an infinity beyond the largest."""
    if v is None or isnan(v): return None
    return float(v) if fabs(v) < mpf("1.7976931348623158e308") else float(sign(v)) * inf_

inf_ = float("inf")

def distance(name, x):
    places = singular.get(name, [])
    d = min([fabs(x)] + [mpf(1)]) if not places else min([fabs(x - mpf(p)) for p in places] + [fabs(x), mpf(1)])
    if name in poles and x < 0: d = min(d, fabs(x - nint(x)) or d)
    if name in ("logit", "acosh", "lambertw", "lambertw_lower") and d == 0: return None
    return d or None

def differences(values):
    """Derivatives 1 to 3 from values at -2 … 2 steps."""
    a, b, c, d, e = values
    return [(d - b) / 2, d - 2 * c + b, (e - 2 * d + 2 * b - a) / 2]

def agreed(some, others):
    """What does not depend on the step: not a root, where the error of the difference is all there is."""
    return [v if v is not None and w is not None and (v == w or fabs(v - w) < 1e-14 * fabs(v)) else None for v, w in zip(some, others)]

def row(name, f, x):
    digits = 450 + (4.3 * abs(log10(fabs(mpf(x)))) if x else 0)
    with workdps(int(digits)):
        X = mpf(x)
        value = attempt(f, X)
        if value is None: return [[x], [None] * 4]
        d = distance(name, X) if x else mpf(1)
        if d is None: return [[x], [rounded(value)] + [None] * 3]
        def by(h):
            values = [attempt(f, X + k * h) if k else value for k in (-2, -1, 0, 1, 2)]
            if any(v is None for v in values): return [None] * 3
            return [rounded(v / h ** (k + 1)) for k, v in enumerate(differences(values))]
        return [[x], [rounded(value)] + agreed(by(d * mpf(10) ** -15), by(d * mpf(10) ** -17))]

def unary_rows(name):
    f = unary[name]
    return [row(name, f, x) for x in sorted(set(points + at_zero(name) + beside.get(name, [])))]

# ---------------------------------------------------------------- two arguments

signed = [x for s in (1e-150, 1e-8, 0.5, 3.0, 1e16, 1e150) for x in (s, -s)]
unsigned = [1e-150, 1e-8, 0.5, 1.0, 3.0, 700.0, 1e16, 1e150]
parameters = [1e-8, 0.1, 0.5, 1.0, 3.0, 30.0, 200.0]

def lbeta_(x, y): return loggamma(x) + loggamma(y) - loggamma(x + y)
def logaddexp_(x, y): return max(x, y) + log(1 + exp(-fabs(x - y)))

binary = {
    "div": (lambda x, y: x / y, signed, signed), "pow": (lambda x, y: x ** y, unsigned, signed + [2.0, -1.0, 1.0]),
    "atan2": (lambda y, x: atan2(y, x), signed, signed), "hypot": (lambda x, y: sqrt(x * x + y * y), signed, signed), "logaddexp": (logaddexp_, signed, signed),
    "xlogy": (lambda x, y: x * log(y), signed, unsigned), "xlog1py": (lambda x, y: x * log(1 + y), signed, unsigned + [-0.5, -1e-8]),
    "beta": (lambda x, y: exp(lbeta_(x, y)), [1e-150] + parameters + [1e8], parameters), "lbeta": (lbeta_, parameters + [1e8, 1e16], parameters),
    "gammainc": (lambda a, x: gammainc(a, 0, x, regularized=True), parameters, parameters), "gammaincc": (lambda a, x: gammainc(a, x, inf, regularized=True), parameters, parameters),
}

solved = {}
def inverse(F, density, start, p, near):
    """x with F(x) = p, by Newton: from the solution beside it, or by bisection of the logarithm of x/(end - x)."""
    x = solved.get(near) or start()
    for _ in range(100):
        step = (F(x) - p) / density(x)
        x -= step
        if fabs(step) < fabs(x) * mpf(10) ** (8 - mp.dps): break
    solved[near] = x
    return x

def bisected(below, place):
    """The place of which `below` is still true, within one part in a hundred."""
    low, high = mpf(-700), mpf(700)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if below(place(middle)) else (low, middle)
    return place(low)

def lower_gamma(a, x): return gammainc(a, 0, x, regularized=True)

def gammaincinv_(a, p):
    return inverse(lambda x: lower_gamma(a, x), lambda x: x ** (a - 1) * exp(-x) / gamma(a), lambda: bisected(lambda x: lower_gamma(a, x) < p, exp), p, (float(a), float(p)))

def betainc_(a, b, x):
    """DLMF 8.17.8, from the nearer end."""
    if x > (a + 1) / (a + b + 2): return 1 - betainc_(b, a, 1 - x)
    return x ** a * (1 - x) ** b / (a * exp(lbeta_(a, b))) * hyp2f1(a + b, 1, a + 1, x)

def betaincinv_(a, b, p):
    density = lambda x: x ** (a - 1) * (1 - x) ** (b - 1) / exp(lbeta_(a, b))
    logistic = lambda v: 1 / (1 + exp(-v))
    return inverse(lambda x: betainc_(a, b, x), density, lambda: bisected(lambda x: betainc_(a, b, x) < p, logistic), p, (float(a), float(b), float(p)))

binary["gammaincinv"] = (gammaincinv_, [0.01, 0.25, 0.5, 1.0, 2.0, 3.7, 50.0, 1000.0], [1e-100, 1e-10, 1e-5, 0.01, 0.3, 0.7, 0.99, 1 - 1e-6, 1 - 1e-10])
beta_parameters = [1e-8, 1e-3, 0.1, 0.5, 1.0, 3.0, 30.0, 200.0]
ternary = {
    "betainc": (betainc_, beta_parameters, beta_parameters, [1e-100, 1e-10, 0.01, 0.3, 0.5, 0.7, 0.99, 1 - 1e-10]),
    "betaincinv": (betaincinv_, [0.1, 0.5, 1.0, 2.0, 3.7, 30.0], [0.1, 0.5, 1.0, 2.0, 3.7, 30.0], [1e-10, 1e-3, 0.3, 0.5, 0.7, 0.999, 1 - 1e-10]),
}

# Series of integer order (DLMF 10.8.1, 10.31.1): mpmath takes limits of other orders.
def second_kind(n, x, sign):
    """The finite sum, and that with the digammas, of Y (sign -1) and K (sign 1)."""
    with workdps(int(mp.dps + 20 + 2 * x)):
        q = sign * x * x / 4
        finite = fsum(factorial(n - k - 1) / factorial(k) * (-q) ** k for k in range(n)) * (x / 2) ** -n
        total, term, harmonic = mpf(0), (x / 2) ** n / factorial(n), psi(0, 1) + psi(0, n + 1)
        first = mpf(0)
        k = 0
        while k < x or fabs(term) > mpf(10) ** (-mp.dps) * fabs(total):
            total += harmonic * term
            first += term
            k += 1
            term *= q / (k * (n + k))
            harmonic += 1 / mpf(k) + 1 / mpf(n + k)
        return finite, first, total

def bessely_(n, x):
    with workdps(int(mp.dps + 20 + 2 * x)):
        finite, first, rest = second_kind(n, x, -1)
        return (2 * log(x / 2) * first - finite - rest) / pi

def besselk_(n, x):
    with workdps(int(mp.dps + 20 + 2 * x)):
        finite, first, rest = second_kind(n, x, 1)
        return (finite + (-1) ** n * (rest - 2 * log(x / 2) * first)) / 2

# The first argument is not moved: mostly it is an integer.
integer = {
    "polygamma": (lambda n, x: (-1) ** (n + 1) * factorial(n) * zeta(n + 1, x) if x > 0 else None, [1, 2, 5], [x for x in parameters + [1e8, 1e16, 1e150, 1e-150]]),
    "bessel_j": (besselj, [0, 1, 2, 7], [s * x for x in (1e-150, 1e-8, 0.5, 1.0, 3.0, 30.0, 700.0) for s in (1, -1)] + [0.0]),
    "bessel_i": (besseli, [0, 1, 2, 7], [s * x for x in (1e-150, 1e-8, 0.5, 1.0, 3.0, 30.0, 700.0) for s in (1, -1)] + [0.0]),
    "bessel_y": (bessely_, [0, 1, 2, 7], [1e-150, 1e-8, 0.5, 1.0, 3.0, 30.0, 700.0]), "bessel_k": (besselk_, [0, 1, 2, 7], [1e-150, 1e-8, 0.5, 1.0, 3.0, 30.0, 700.0]),
    "expint_n": (lambda n, x: expint(n, x), [0, 1, 2, 5], [1e-150, 1e-8, 0.5, 1.0, 3.0, 30.0, 700.0]),
}
pairs = [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3)]
STENCIL = {0: {0: 1}, 1: {-1: mpf(-1) / 2, 1: mpf(1) / 2}, 2: {-1: 1, 0: -2, 1: 1}, 3: {-2: mpf(-1) / 2, -1: 1, 1: -1, 2: mpf(1) / 2}}

def row2(f, x, y, digits=450):
    with workdps(int(digits + 4.3 * (abs(log10(fabs(mpf(x)))) + abs(log10(fabs(mpf(y))))))):
        X, Y = mpf(x), mpf(y)
        if f is logaddexp_ and x == y: return None
        def by(step):
            hx, hy = min(fabs(X), 1) * step, min(fabs(Y), 1) * step
            at = {}
            def value(i, j):
                if (i, j) not in at: at[i, j] = attempt(f, X + i * hx, Y + j * hy)
                return at[i, j]
            if value(0, 0) is None: return None
            out = [rounded(value(0, 0))]
            for i, j in pairs:
                terms = [(c * d, value(k, l)) for k, c in STENCIL[i].items() for l, d in STENCIL[j].items()]
                out.append(None if any(v is None for _, v in terms) else rounded(fsum(c * v for c, v in terms) / hx ** i / hy ** j))
            return out
        some = by(mpf(10) ** -15)
        return None if some is None else [[x, y], agreed(some, by(mpf(10) ** -17) or [])]

def binary_rows(name):
    if name in integer:
        f, ns, xs = integer[name]
        rows = [(n, row(name, lambda x: f(n, x), x)) for n in ns for x in xs]
        return [[[n] + r[0], r[1]] for n, r in rows if r[1][0] is not None]
    if name in ternary:
        f, *axes = ternary[name]
        return [row3(f, at) for at in list(product(*axes))[::7]]
    f, xs, ys = binary[name]
    if name == "gammaincinv": return [r for r in (row2(f, x, y, 150) for x, y in list(product(xs, ys))[::3]) if r is not None]
    # A fifth of the grid, which runs through it in diagonals.
    return [r for r in (row2(f, x, y) for x in xs for y in ys) if r is not None][::5]

powers = [tuple(places.count(k) for k in range(3)) for n in (1, 2, 3) for places in combinations_with_replacement(range(3), n)]

def row3(f, at):
    """Value and derivatives in x, y, z, then xx, xy, xz, …, to zzz."""
    with workdps(500):
        at = [mpf(x) for x in at]
        def by(step):
            h = [min(x, 1 - x if k == 2 else 1) * step for k, x in enumerate(at)]
            known = {}
            def value(offsets):
                if offsets not in known: known[offsets] = attempt(f, *(x + k * hk for x, k, hk in zip(at, offsets, h)))
                return known[offsets]
            out = [rounded(value((0, 0, 0)))]
            for order in powers:
                terms = [(fprod(w for _, w in weights), value(tuple(k for k, _ in weights))) for weights in product(*(STENCIL[n].items() for n in order))]
                out.append(None if any(v is None for _, v in terms) else rounded(fsum(c * v for c, v in terms) / fprod(hk ** n for hk, n in zip(h, order))))
            return out
        return [[float(x) for x in at], agreed(by(mpf(10) ** -15), by(mpf(10) ** -17))]

if __name__ == "__main__":
    names = sys.argv[1:] or list(unary) + list(binary) + list(integer) + list(ternary)
    path = os.path.join(os.path.dirname(__file__), "orders.json")
    out = json.load(open(path)) if sys.argv[1:] else {}
    out |= {name: unary_rows(name) if name in unary and name not in binary else binary_rows(name) for name in names}
    with open(path, "w") as file:
        table = ",\n".join(json.dumps(k) + ": [\n" + ",\n".join(json.dumps(r, separators=(",", ":")) for r in v) + "\n]" for k, v in out.items() if v)
        file.write("{\n" + table.replace("Infinity", "1e999") + "\n}\n")
