"""The second half of special.py, which executes this file: incomplete gamma and beta, Bessel, exponential integrals, W, zeta, sinc."""

def gammainc_q(a, x):
    mp.dps = 120
    v = gammainc(a, x, inf, regularized=True)
    mp.dps = 60
    return v
def gammainc_p(a, x):
    mp.dps = 120
    v = hyp1f1(1, a + 1, x) * exp(a * log(x) - x - loggamma(a + 1))
    mp.dps = 60
    return v
ga = [(a, x) for a in (1e-10, 1e-3, 0.1, 0.5, 0.99, 1.0, 1.5, 3.0, 8.5, 10.5, 20.0, 50.0, 99.0) for x in (1e-100, 1e-10, 1e-3, 0.1, 0.3, 0.5, 0.9, 1.05, 1.2, 2.0, 5.0, 9.0, 15.0, 30.0, 60.0, 110.0, 300.0)]
ga += [(a, a * f) for a in (101.0, 150.0, 190.0, 250.0, 1000.0, 12345.6) for f in (0.6, 0.69, 0.71, 0.8, 0.9, 0.97, 0.999, 1.0, 1.001, 1.03, 1.1, 1.2, 1.29, 1.31, 1.6)]
ga += [(random.uniform(0, 100), random.uniform(0, 150)) for _ in range(80)]
keep = [(gammainc_p(mpf(a), mpf(x)), a, x) for a, x in ga]
table("gammainc", gammainc_p, [(a, x) for v, a, x in keep if v > mpf(10) ** -290])
table("gammaincc", lambda a, x: 1 - gammainc_p(a, x) if gammainc_p(a, x) < 0.999 else gammainc_q(a, x), [(a, x) for v, a, x in keep if 1 - v > mpf(10) ** -50])
inv = [(a, x, v) for v, a, x in keep if mpf(10) ** -200 < v < mpf("0.999") and x > 1e-50]
out["gammaincinv"] = []
for a, x, v in inv:
    p = float(v)
    # The double p is not P(a, x): move x to first order, which is exact to 1e-30 here.
    density = exp((a - 1) * log(mpf(x)) - x - loggamma(mpf(a)))
    d = mpf(p) - gammainc_p(mpf(a), mpf(x))
    root = mpf(x) + d / density + (d / density) ** 2 * (1 - (mpf(a) - 1) / x) / 2
    if abs(d / density) < 1e-10 * x:
        out["gammaincinv"].append([a, p, float(root), float(2.0 ** -48 * p / density)])

# The slack of the inverses is sixteen ulps of p: an inverse is as exact as its function.
def betainc_(a, b, x):
    """The series of positive terms, x^a (1-x)^b / (a B(a, b)) 2F1(a+b, 1; a+1; x), or one minus its mirror image."""
    if x > a / (a + b) + mpf(1) / 100:
        return 1 - betainc_(b, a, 1 - x)
    mp.dps = 90
    term = mpf(1); total = term; k = 0
    while term > total * mpf(10) ** -85:
        term *= (a + b + k) / (a + 1 + k) * x
        total += term
        k += 1
    v = total * exp(a * log(x) + b * log1p(-x) - loggamma(a) - loggamma(b) + loggamma(a + b)) / a
    mp.dps = 60
    return v
bi = [(a, b, x) for a in (1e-3, 0.3, 1.0, 2.5, 9.0, 12.0, 40.0, 200.0) for b in (1e-3, 0.5, 1.0, 3.5, 9.5, 15.0, 80.0, 300.0) for x in (1e-100, 1e-10, 1e-3, 0.05, 0.2, 0.4, 0.5, 0.7, 0.9)]
bi += [(random.uniform(0, 60), random.uniform(0, 60), random.random()) for _ in range(100)]
bi += [(1000.0, 2000.0, 0.33), (1000.0, 2000.0, 0.35), (1e4, 1e4, 0.5), (1e4, 1e4, 0.49), (5.0, 1e5, 5e-5), (1e5, 2.0, 0.99999)]
kept = []
for p in bi:
    v = betainc_(*[mpf(t) for t in p])
    if v > mpf(10) ** -290: kept.append((p, v))
values = {p: v for p, v in kept}
table("betainc", lambda a, b, x: values[(float(a), float(b), float(x))], [p for p, v in kept])
out["betaincinv"] = []
for (a, b, x), v in kept:
    if not (mpf(10) ** -150 < v < mpf("0.9999") and 1e-30 < x): continue
    p = float(v)
    density = exp((a - 1) * log(mpf(x)) + (b - 1) * log1p(-mpf(x)) - log(beta(mpf(a), mpf(b))))
    d = (mpf(p) - v) / density
    if abs(d) < 1e-10 * x:
        out["betaincinv"].append([a, b, p, float(mpf(x) + d), float(2.0 ** -48 * p / density)])

def bessel_table(name, f, points):
    """Slack: the arguments' half ulps, and an ulp of the amplitude √(2/πx), near the zeros."""
    table(name, f, points, zeros=True)
    for row in out[name]:
        x = abs(row[-3])
        row[-1] += 2.0 ** -52 * min(1.0, (2 / (3.14159 * x)) ** 0.5) if x > 1 else 0.0
xs = logspace(-150, 0, 16) + unirand(0, 12, 60) + unirand(0, 200, 40) + [2.0, 2.857, 4.546, 8.0, 2.404825557695773, 3.8317059702075125, 0.8935769662791675, 1e3, 1e5, 12345.678, 1e8, 1e15]
bessel_table("bessel_j0", lambda x: besselj(0, x), xs)
bessel_table("bessel_j1", lambda x: besselj(1, x), xs)
bessel_table("bessel_y0", lambda x: bessely(0, x), xs)
bessel_table("bessel_y1", lambda x: bessely(1, x), xs)
nx = [(n, x) for n in (2, 3, 5, 10, 25, 50) for x in [1e-6, 1e-3, 0.1] + unirand(0.1, 5, 3) + unirand(5, 100, 8) + [10.0, 25.0, 1000.0]]
bessel_table("bessel_j", lambda n, x: besselj(int(n), x), [(n, x) for n, x in nx if abs(besselj(n, mpf(x))) > mpf(10) ** -300])
bessel_table("bessel_y", lambda n, x: bessely(int(n), x), [(n, x) for n, x in nx if abs(bessely(n, mpf(x))) < mpf(10) ** 300])
mx = logspace(-150, 0, 16) + unirand(0, 10, 40) + logrand(0, 2.8, 30) + [1.0, 3.0, 8.0, 7.999, 8.001]
table("bessel_i0", lambda x: besseli(0, x), mx)
table("bessel_i1", lambda x: besseli(1, x), mx)
table("bessel_i0e", lambda x: exp(-x) * besseli(0, x), mx + logrand(3, 5, 5))
table("bessel_i1e", lambda x: exp(-x) * besseli(1, x), mx + logrand(3, 5, 5))
table("bessel_k0", lambda x: besselk(0, x), mx)
table("bessel_k1", lambda x: besselk(1, x), mx)
table("bessel_k0e", lambda x: exp(x) * besselk(0, x), mx + logrand(3, 5, 5))
table("bessel_k1e", lambda x: exp(x) * besselk(1, x), mx + logrand(3, 5, 5))
mnx = [(n, x) for n in (2, 3, 5, 10, 25, 50, 100) for x in [1e-3, 0.1, 0.9, 1.0, 1.1] + unirand(1, 30, 6) + logrand(1, 4, 6)]
table("bessel_ie", lambda n, x: exp(-x) * besseli(int(n), x), [(n, x) for n, x in mnx if besseli(n, mpf(x)) > mpf(10) ** -300])
table("bessel_ke", lambda n, x: exp(x) * besselk(int(n), x), [(n, x) for n, x in mnx if besselk(n, mpf(x)) < mpf(10) ** 300])

table("expint_e1", e1, logspace(-300, 2.8, 60) + unirand(0, 3, 30) + [1.0, 1 + u])
table("expint_ei", ei, logspace(-300, 2.84, 60) + unirand(0, 1, 40) + [0.3725074107813666, 0.3725, 0.38, 0.3, 0.45, 39.9, 40.1, 700.0])
table("expint_ei_negative", ei, [-x for x in logspace(-20, 2.5, 30)])
table("expint_en", lambda n, x: expint(int(n), x), [(n, x) for n in (2, 3, 5, 10, 30, 31, 60) for x in [1e-10, 1e-3, 0.1, 0.5, 0.9, 1.0, 1.1, 2.0, 5.0, 20.0, 100.0]])
table("lambert_w", lambertw, logspace(-300, 300, 50) + logrand(-3, 3, 40) + [-x for x in logspace(-300, -1, 20)] + unirand(-0.3678, 0.5, 40) + [-0.36, -0.3678, -0.2, -0.33], zeros=True)
table("lambert_w_minus1", lambda x: lambertw(x, -1), [-x for x in logspace(-300, -1, 40)] + unirand(-0.3678, 0, 40) + [-0.36, -0.3678, -0.2], zeros=True)
mp_zeta = _zeta
table("zeta", lambda s: mp_zeta(s), unirand(-1, 1, 20) + unirand(1, 10, 20) + unirand(-30, 0, 30) + [1 + 1e-10, 1 - 1e-10, 0.5, 0.0, -1.0, 50.0, 100.0, -100.5, 1.001], zeros=True)
def sinc_n(n, x):
    mp.dps = 150
    n = int(n); t = pi * x
    # Integral of s^n cos(ts + nπ/2) over [0, 1], by its power series.
    total = mpf(0); k = 0
    while True:
        m = k - n
        # d^n of Σ (-1)^j t^(2j)/(2j+1)!
        j2 = 2 * k
        if j2 >= n:
            term = (-1) ** k * t ** (j2 - n) * factorial(j2) / factorial(j2 - n) / factorial(j2 + 1)
            total += term
            if j2 > 2 * abs(t) + n and abs(term) < mpf(10) ** -120: break
        k += 1
    mp.dps = 60
    return total * pi ** n
sx = [1e-150, 1e-10, 1e-3, 0.1, 0.3, 0.5, 0.77, 1.3, 2.4, 3.9, 8.1, 15.3] + unirand(0, 6, 10)
table("sinc", lambda n, x: sinc_n(n, x), [(n, s * x) for n in (0, 1, 2, 3, 4, 6, 10) for x in sx for s in (1, -1)], zeros=True)
for row in out["sinc"]:
    # Half an ulp of the amplitude, which has no zeros.
    n, x = row[0], abs(row[1])
    row[-1] += 2.0 ** -52 * min(1 / (n + 1), 1 / max(1e-300, 3.14159 * x)) * 3.14159 ** n
