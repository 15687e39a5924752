"""Writes elementary.json: exp, log and their kin at many points, computed with mpmath at 60 digits and rounded once.

Each row is [argument, value]. Run: python3 test/oracle/elementary.py
"""
import json, os, random
from mpmath import *

mp.dps = 60
random.seed(7)

def uni(lo, hi, n): return [random.uniform(lo, hi) for _ in range(n)]
def logs(lo, hi, n): return [10.0 ** random.uniform(lo, hi) for _ in range(n)]
def both(xs): return xs + [-x for x in xs]

def far(f, x):
    """For sin and cos of huge arguments the working precision must cover the whole argument."""
    mp.dps = 400
    v = f(x)
    mp.dps = 60
    return v

cases = {
    "exp": (exp, uni(-745, 709.7, 150) + uni(-3, 3, 150) + both(logs(-20, 0, 40)) + [1.0, -1.0, 0.5, 2.0, 10.0, 709.78, -708.5, -745.1]),
    "expm1": (expm1, uni(-60, 709, 100) + uni(-2, 2, 200) + both(logs(-300, 0, 60)) + [1.0, -1.0]),
    "log": (log, logs(-307, 308, 150) + uni(0, 3, 150) + [1 + x for x in both(logs(-15, -1, 60))] + [5e-324, 1e-310, 10.0, 2.0, 0.5]),
    "log1p": (log1p, logs(-300, 308, 120) + uni(-0.9999, 3, 200) + both(logs(-20, -1, 60))),
    "sigmoid": (lambda x: 1 / (1 + exp(-x)), uni(-740, 40, 120) + uni(-5, 5, 120)),
    "tanh": (tanh, uni(-20, 20, 120) + uni(-1, 1, 150) + both(logs(-300, 0, 50))),
    "sin": (lambda x: far(sin, x), uni(-10, 10, 200) + uni(-1.6e6, 1.6e6, 100) + both(logs(-300, 0, 40)) + logs(6, 300, 80) + [3.141592653589793, 6.283185307179586, 1.5707963267948966, 355.0, 5.319372648326541e255]),
    "exp2": (lambda x: mpf(2) ** x, uni(-1074, 1023.9, 150) + uni(-3, 3, 150) + both(logs(-20, 0, 40)) + [1.0, -1.0, 0.5, 10.0, -1022.5, -1073.5]),
    "log2": (lambda x: log(x, 2), logs(-307, 308, 150) + uni(0, 3, 150) + [1 + x for x in both(logs(-15, -1, 60))] + [5e-324, 1e-310, 8.0, 0.125, 3.0]),
    "log10": (lambda x: log(x, 10), logs(-307, 308, 150) + uni(0, 3, 150) + [1 + x for x in both(logs(-15, -1, 60))] + [5e-324, 1e-310, 1000.0, 1e22, 2.0]),
    "sinh": (sinh, uni(-710, 710, 120) + uni(-2, 2, 250) + both(logs(-300, 1, 80)) + [1.0, -1.0, 22.0, 710.4]),
    "cosh": (cosh, uni(-710, 710, 120) + uni(-2, 2, 250) + both(logs(-300, 1, 80)) + [1.0, 22.0, 710.4]),
    "cos": (lambda x: far(cos, x), uni(-10, 10, 200) + uni(-1.6e6, 1.6e6, 100) + both(logs(-300, 0, 40)) + logs(6, 300, 80) + [3.141592653589793, 1.5707963267948966, 4.71238898038469, 5.319372648326541e255]),
}

def rounded(v):
    try:
        return float(v)
    except OverflowError:
        return 1.8e308

def within(bases, spread, n):
    """Pairs whose power stays in the range."""
    pairs = []
    for x in bases(n):
        size = abs(float(log(mpf(x)))) or 1.0
        pairs.append((x, random.uniform(-spread, spread) / size))
    return pairs

powers = (
    within(lambda n: logs(-300, 300, n), 700, 200)
    + within(lambda n: uni(0.5, 2, n), 700, 200)
    + within(lambda n: [1 + x for x in both(logs(-16, -3, n // 2))], 700, 100)
    + within(lambda n: uni(0, 20, n), 5, 300)
    + [(x, y) for x in uni(0, 10, 30) for y in (0.5, -0.5, 3.0, -3.0, 1.5, 7.0, 1 / 3)]
    + [(5e-324, 0.5), (1e-310, 0.25), (1e-310, -0.9), (0.1, 307.9), (2.0, -1070.5), (1.0000000000000002, 3e18), (0.9999999999999999, -6e18)]
)

cases |= {
    "tan": (lambda x: far(tan, x), uni(-10, 10, 200) + uni(-1.6e6, 1.6e6, 100) + both(logs(-300, 0, 40)) + both(logs(6, 300, 40)) + [3.141592653589793, 1.5707963267948966, 0.7853981633974483, 355.0, 5.319372648326541e255]),
    "asin": (asin, uni(-1, 1, 250) + both(logs(-300, 0, 40)) + both([1 - x for x in logs(-16, -1, 40)]) + [1.0, -1.0, 0.5, -0.5]),
    "acos": (acos, uni(-1, 1, 250) + both(logs(-20, 0, 40)) + both([1 - x for x in logs(-16, -1, 40)]) + [1.0, -1.0, 0.5, -0.5, 0.0]),
    "atan": (atan, uni(-1, 1, 100) + uni(-5, 5, 100) + both(logs(-300, 300, 40)) + both(logs(-9, 18, 60)) + both([0.171875, 1.0])),
    "asinh": (asinh, uni(-1, 1, 150) + uni(-5, 5, 100) + both(logs(-300, 308, 40)) + both(logs(-2, 9, 40)) + both([0.5, 1.7e308])),
    "acosh": (acosh, [1 + x for x in logs(-15, 1, 150)] + uni(1, 5, 150) + logs(0, 308, 80) + [1.5, 1.7e308]),
    "atanh": (atanh, uni(-1, 1, 250) + both(logs(-300, 0, 40)) + both([1 - x for x in logs(-16, -1, 40)]) + [0.5, -0.5]),
    "cbrt": (lambda x: sign(x) * cbrt(abs(x)), uni(-8, 8, 200) + both(logs(-323, 308, 80)) + [5e-324, -1e-310, 27.0, 1e300]),
}
angles = (
    list(zip(uni(-2, 2, 300), uni(-2, 2, 300)))
    + list(zip(both(logs(-5, 5, 100)), both(logs(-5, 5, 100))))
    + list(zip(both(logs(-300, 300, 50)), both(logs(-300, 300, 50))))
    + [(a * b, a) for a, b in zip(both(logs(-290, 290, 100)), uni(-5, 5, 200))]
    + [(a * b, a) for a, b in zip(both(logs(-280, 280, 50)), both(logs(-20, 20, 50)))]
    + [(1e-310, 2e-310), (5e-324, 5e-324), (-1.5e308, 1.7e308), (1e-320, -1.0), (3e-320, 7.0)]
)

out = {name: [[x, rounded(f(mpf(x)))] for x in points] for name, (f, points) in cases.items()}
out["pow"] = [[x, y, rounded(mpf(x) ** mpf(y))] for x, y in powers]
out["atan2"] = [[y, x, rounded(atan2(mpf(y), mpf(x)))] for y, x in angles]
with open(os.path.join(os.path.dirname(__file__), "elementary.json"), "w") as file:
    file.write("{\n" + ",\n".join(json.dumps(k) + ": [\n" + ",\n".join(json.dumps(r) for r in v) + "\n]" for k, v in out.items()) + "\n}\n")
