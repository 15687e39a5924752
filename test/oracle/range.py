"""Writes range.json: values and first derivatives of the elementwise primitives from 1e-150 to 1e150, by mpmath at 420 digits, rounded once.

Each row is [arguments, value, derivatives], where a null is a value without a limit in doubles or one that mpmath does not find in a few seconds.
Derivatives are central differences with a step of 1e-40, for small arguments of that part of them. Run: python3 test/oracle/range.py
"""
import json, os, signal
from mpmath import *

mp.dps = 420
gamma(mpf(1) / 3), digamma(mpf(1) / 3), erfinv(mpf(1) / 3)
points = [10.0 ** k for k in (-150, -100, -75, -40, -20, -10, -5, -3, -1)] + [0.3, 0.75, 1.5, 3.0, 12.0, 30.5, 100.0, 700.0] + [10.0 ** k for k in (3, 4, 5, 7, 10, 15, 20, 40, 75, 100, 150)]
both = points + [-x for x in points]
some = [1e-150, 1e-80, 1e-20, 1e-5, 0.3, 2.5, 40.0, 1e3, 1e8, 1e20, 1e80, 1e150]
some_both = some + [-x for x in some]

def ncdf_(x): return erfc(-x / sqrt(mpf(2))) / 2
def erfcx_(x): return exp(x * x) * erfc(x)
def sinc_(x): return sin(pi * x) / (pi * x)
def acosh_(x): return log(x + sqrt((x - 1) * (x + 1)))

unary = {
    "neg": (lambda x: -x, both), "abs": (fabs, both), "cbrt": (lambda x: sign(x) * cbrt(fabs(x)), both),
    "exp": (exp, both), "exp2": (lambda x: mpf(2) ** x, both), "expm1": (lambda x: exp(x) - 1, both),
    "ln": (log, points), "log2": (lambda x: log(x) / log(mpf(2)), points), "log10": (lambda x: log(x) / log(mpf(10)), points),
    "log1p": (lambda x: log(1 + x), points + [-x for x in points if x < 1]), "log1mexp": (lambda x: log(1 - exp(x)), [-x for x in points]),
    "sqrt": (sqrt, points), "square": (lambda x: x * x, both),
    "sin": (sin, both), "cos": (cos, both), "tan": (tan, both), "asin": (asin, [x for x in both if abs(x) < 1]), "acos": (acos, [x for x in both if abs(x) < 1]),
    "atan": (atan, both), "sinc": (sinc_, both),
    "sinh": (sinh, both), "cosh": (cosh, both), "tanh": (tanh, both), "asinh": (asinh, both), "acosh": (acosh_, [x for x in points if x > 1]),
    "atanh": (atanh, [x for x in both if abs(x) < 1]),
    "relu": (lambda x: x if x > 0 else mpf(0), both), "gelu": (lambda x: x * ncdf_(x), both), "silu": (lambda x: x / (1 + exp(-x)), both),
    "sigmoid": (lambda x: 1 / (1 + exp(-x)), both), "log_sigmoid": (lambda x: -log(1 + exp(-x)) if x > 0 else x - log(1 + exp(x)), both),
    "softplus": (lambda x: log(1 + exp(x)) if x < 0 else x + log(1 + exp(-x)), both), "logit": (lambda x: log(x / (1 - x)), [x for x in points if x < 1]),
    "normal_cdf": (ncdf_, both), "log_normal_cdf": (lambda x: log(ncdf_(x)), both), "normal_quantile": (lambda p: sqrt(mpf(2)) * erfinv(2 * p - 1), [0.1, 0.3, 0.75, 1e-3, 1e-5]),
    "erf": (erf, both), "erfc": (erfc, both), "erfcx": (erfcx_, both), "erfinv": (erfinv, [x for x in both if abs(x) < 1]), "erfcinv": (lambda x: erfinv(1 - x), [0.1, 0.3, 0.75, 1.5, 1e-3, 1e-5]),
    "gamma": (gamma, points + [-x for x in points if x < 150 and x != int(x)]), "lgamma": (lambda x: log(fabs(gamma(x))) if x < 1e4 else loggamma(x), points + [-x for x in points if x < 800 and x != int(x)]),
    "digamma": (digamma, points + [-x for x in points if x < 800 and x != int(x)]),
    "zeta": (zeta, [-7.5, -3.0, -1.5, -0.5, -1e-5] + [x for x in points if 1e-12 < x < 150 and abs(x - 1) > 1e-3]), "expint": (e1, points), "expint_ei": (ei, both), "lambertw": (lambertw, points + [-0.1, -0.3, -1e-3, -1e-5, -1e-10, -1e-20, -1e-75, -1e-150]),
    "lambertw_lower": (lambda x: lambertw(x, -1), [-0.1, -0.3, -1e-3, -1e-5, -1e-10, -1e-20, -1e-75, -1e-150]),
}
orders = [0.0, 1.0, 2.0, 7.0, 30.0]
pairs = [(x, y) for x in some_both for y in some_both]
positive = [(x, y) for x in some for y in some]
moderate = [(x, y) for x in some for y in (1e-150, 1e-20, 0.3, 2.5, 40.0, 1e3)]
binary = {
    "add": (lambda x, y: x + y, pairs), "sub": (lambda x, y: x - y, pairs), "mul": (lambda x, y: x * y, pairs), "div": (lambda x, y: x / y, pairs),
    "pow": (lambda x, y: x ** y, [(x, y) for x in some for y in some_both]), "atan2": (lambda y, x: atan2(y, x), pairs), "hypot": (lambda x, y: sqrt(x * x + y * y), pairs),
    "max": (lambda x, y: max(x, y), [(x, y) for x, y in pairs if x != y]), "min": (lambda x, y: min(x, y), [(x, y) for x, y in pairs if x != y]),
    "logaddexp": (lambda x, y: max(x, y) + log(1 + exp(-fabs(x - y))), pairs),
    "xlogy": (lambda x, y: x * log(y), [(x, y) for x in some_both for y in some]), "xlog1py": (lambda x, y: x * log(1 + y), [(x, y) for x in some_both for y in some]),
    "beta": (beta, moderate), "lbeta": (lambda x, y: loggamma(x) + loggamma(y) - loggamma(x + y), positive),
    "polygamma": (lambda n, x: polygamma(int(n), x) if n == int(n) else None, [(float(n), x) for n in (0, 1, 2, 5, 20) for x in some]),
    "bessel_j": (besselj, [(n, x) for n in orders for x in some if x < 1e9]), "bessel_y": (bessely, [(n, x) for n in orders for x in some if x < 1e9]),
    "bessel_i": (besseli, [(n, x) for n in orders for x in some if x < 1e4]), "bessel_k": (besselk, [(n, x) for n in orders for x in some if x < 1e4]),
    "expint_n": (lambda n, x: expint(n, x), [(float(n), x) for n in (1, 2, 5, 20) for x in some if x < 1e4]),
    "gammainc": (lambda a, x: gammainc(a, 0, x, regularized=True), [(a, x) for a, x in moderate if a < 2e3]),
    "gammaincc": (lambda a, x: gammainc(a, x, inf, regularized=True), [(a, x) for a, x in moderate if a < 2e3]),
}
# Derivatives in these arguments are not by differences: an integer order has none.
constant = {"polygamma": 0, "expint_n": 0, "bessel_j": 0, "bessel_y": 0, "bessel_i": 0, "bessel_k": 0}

class Late(Exception): pass
def late(*_): raise Late()
signal.signal(signal.SIGALRM, late)

def attempt(f, *a):
    signal.setitimer(signal.ITIMER_REAL, float(os.environ.get("SECONDS_EACH", "3")))
    try:
        v = f(*a)
    except (Late, ValueError, ZeroDivisionError, TypeError, OverflowError, NotImplementedError, ArithmeticError, MemoryError, libmp.NoConvergence):
        v = None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if v is None or isinstance(v, mpc) and v.imag != 0: return None
    return v.real if isinstance(v, mpc) else mpf(v)

def rounded(v):
    if v is None or isnan(v): return None
    if isinf(v) or fabs(v) > mpf("1.7e308"): return None
    return float(v)

def row(name, f, a):
    xs = [mpf(x) for x in a]
    value = attempt(f, *xs)
    slopes = []
    for i, x in enumerate(xs):
        if constant.get(name) == i or x == 0:
            slopes.append(None)
            continue
        h = min(fabs(x), 1) * mpf(10) ** -40
        up = attempt(f, *[x + h if j == i else y for j, y in enumerate(xs)])
        down = attempt(f, *[x - h if j == i else y for j, y in enumerate(xs)]) if up is not None else None
        slopes.append(None if up is None or down is None else rounded((up - down) / (2 * h)))
    return [list(a), rounded(value), slopes]

def rows():
    out = {}
    for name, (f, xs) in unary.items(): out[name] = [row(name, f, (x,)) for x in xs]
    for name, (f, ps) in binary.items():
        # Beside 1e150 the slope in 1e-150 is beyond the digits of the others.
        with workdps(1300 if name == "hypot" else mp.dps): out[name] = [row(name, f, p) for p in ps]
    return out

if __name__ == "__main__":
    out = rows()
    with open(os.path.join(os.path.dirname(__file__), "range.json"), "w") as file:
        file.write("{\n" + ",\n".join(json.dumps(k) + ": [\n" + ",\n".join(json.dumps(r) for r in v) + "\n]" for k, v in out.items()) + "\n}\n")
