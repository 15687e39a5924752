/**
 * Taylor mode: truncated power series in one variable, coefficient by coefficient.
 * Every rule is the declaration's own derivative, read as a differential equation: from z' = Σ rule(x) x' follows z, one coefficient after the other
 * (Griewank and Walther, Evaluating Derivatives, ch. 13), so the cost grows as n². Only sums, products and quotients are computed directly.
 * It must not know any particular function.
 */

import { sameShape, type Shape } from "../arrays/tensor.ts"
import { spend } from "../arrays/work.ts"
import type { BinaryPrimitive, MultiPrimitive, NaryPrimitive, UnaryPrimitive } from "./declare.ts"
import {
  addChanges2,
  applyBinary,
  applyMulti,
  applyNary,
  applyUnary,
  broadcastTo,
  dense,
  mul,
  provideSeries,
  pushChange,
  scale,
  zeros,
} from "./lift.ts"
import { freshTag, isActive, Masked, Series, shapeOf, type Change, type Num, type Truth } from "./num.ts"

/** A coefficient that is known to be zero whatever the shape. */
type Coefficient = Num | undefined

/** A power series whose coefficients are computed on demand, each once, from those before. */
export class PowerSeries extends Series {
  /** Highest coefficient that is wanted. */
  readonly order: number
  private readonly known: Coefficient[]
  /** Coefficient k ≥ 1 from lower ones. */
  private readonly next: (k: number) => Coefficient
  /** Functions of this series that were already asked for: sin and cos need each other. */
  readonly images = new Map<UnaryPrimitive, Num>()

  constructor(tag: number, order: number, primal: Num, next: (k: number) => Coefficient) {
    super(tag, primal)
    this.order = order
    this.known = [primal]
    this.next = next
  }

  at(k: number): Coefficient {
    for (let i = this.known.length; i <= k; i++) this.known.push(this.next(i))
    return this.known[k]
  }

  /** Computes all coefficients now, so that no later demand recurses through the program's history. */
  complete(): this {
    this.at(this.order)
    return this
  }
}

/** How deep in rules we are: what a rule builds is computed on demand, what the program builds is completed at once. */
let depth = 0

function make(tag: number, order: number, primal: Num, next: (k: number) => Coefficient): PowerSeries {
  const series = new PowerSeries(tag, order, primal, next)
  return depth === 0 ? series.complete() : series
}

function inRule<T>(f: () => T): T {
  depth++
  try {
    return f()
  } finally {
    depth--
  }
}

function coefficient(x: unknown, tag: number, k: number): Coefficient {
  if (x instanceof PowerSeries && x.tag === tag) return x.at(k)
  return k === 0 ? (x as Num) : undefined
}

function primalUnder(x: unknown, tag: number): Num | Truth {
  return x instanceof PowerSeries && x.tag === tag ? x.primal : (x as Num | Truth)
}

function orderOf(args: readonly unknown[], tag: number): number {
  for (const arg of args) if (arg instanceof PowerSeries && arg.tag === tag) return arg.order
  return 0
}

function plus(x: Coefficient, y: Coefficient): Coefficient {
  return addChanges2(x, y) as Coefficient
}

/** Σ_{i+j=k} f(x_i, y_j), i and j at least the given ones. */
function convolve(
  f: (x: Num, y: Num) => Num,
  x: unknown,
  y: unknown,
  tag: number,
  k: number,
  fromX = 0,
  fromY = 0,
): Coefficient {
  let sum: Coefficient
  for (let i = fromX; i <= k - fromY; i++) {
    spend(termCost)
    const a = coefficient(x, tag, i)
    if (a === undefined) continue
    const b = coefficient(y, tag, k - i)
    if (b !== undefined) sum = plus(sum, f(a, b))
  }
  return sum
}

/** x' as a series. */
function derivative(x: PowerSeries): PowerSeries {
  const next = (k: number): Coefficient => {
    const c = x.at(k + 1)
    return c === undefined ? undefined : mul(k + 1, c)
  }
  return new PowerSeries(x.tag, x.order - 1, next(0) ?? zeros(shapeOf(x)), next)
}

/** z from z₀ and the terms of z' : z_k = (1/k) Σ_terms (term)_{k-1}. */
function integrate(
  tag: number,
  order: number,
  z0: Num,
  slope: (z: PowerSeries) => (k: number) => Coefficient,
): PowerSeries {
  let rate: ((k: number) => Coefficient) | null = null
  const z: PowerSeries = new PowerSeries(tag, order, z0, (k) => {
    rate ??= inRule(() => slope(z))
    const c = inRule(() => rate!(k - 1))
    return c === undefined ? undefined : fit(applyBinary(quotient, c, k), shapeOf(z0))
  })
  return depth === 0 ? z.complete() : z
}

/** A coefficient in the shape of its series: that of an operand that was broadcast is smaller. */
function fit(c: Num, shape: Shape): Num {
  return sameShape(shapeOf(c), shape) ? c : broadcastTo([c], { shape })
}

const quotient: BinaryPrimitive = {
  kind: "binary",
  name: "div",
  doc: "",
  eval: (x, y) => x / y,
  partials: [(_x, y) => applyBinary(quotient, 1, y), null],
  at: [],
}

/** What one term of a sum of products costs, in elementary operations. */
const termCost = 64

/** Coefficient k of partial · x'. */
function termOf(partial: Change, x: PowerSeries, tag: number): (k: number) => Coefficient {
  if (partial === undefined) return () => undefined
  const value = partial instanceof Masked ? partial.value : partial
  const absent = partial instanceof Masked ? partial.absent : null
  return (k) => {
    let sum: Coefficient
    for (let j = 1; j <= k + 1; j++) {
      spend(termCost)
      const a = coefficient(x, tag, j)
      if (a === undefined) continue
      const b = coefficient(value, tag, k + 1 - j)
      if (b === undefined) continue
      const change = scale(mul(j, a), absent === null ? b : new Masked(b, absent))
      sum = plus(sum, change === undefined ? undefined : dense(change, []))
    }
    return sum
  }
}

function unarySeries(p: UnaryPrimitive, x: PowerSeries): Num {
  const { tag, order } = x
  const known = x.images.get(p)
  if (known !== undefined) return depth === 0 && known instanceof PowerSeries ? known.complete() : known
  const z0 = applyUnary(p, x.primal)
  let z: Num
  if (p.partial === null) z = z0
  else if (p.linear === true) {
    z = make(tag, order, z0, (k) => {
      const c = x.at(k)
      return c === undefined ? undefined : applyUnary(p, c)
    })
  } else z = integrate(tag, order, z0, (self) => termOf(p.partial!(x, self), x, tag))
  x.images.set(p, z)
  return z
}

function binarySeries(p: BinaryPrimitive, x: Num, y: Num, tag: number): Num {
  const order = orderOf([x, y], tag)
  const z0 = applyBinary(p, primalUnder(x, tag) as Num, primalUnder(y, tag) as Num)
  if (p.linear === true) {
    const shape = shapeOf(z0)
    return make(tag, order, z0, (k) => {
      const a = coefficient(x, tag, k)
      const b = coefficient(y, tag, k)
      if (a === undefined && b === undefined) return undefined
      return fit(applyBinary(p, a ?? 0, b ?? 0), shape)
    })
  }
  if (p.bilinear === true) return make(tag, order, z0, (k) => convolve((a, b) => applyBinary(p, a, b), x, y, tag, k))
  if (p.quotient === true) {
    // z y = x: z_k = (x_k - Σ_{j≥1} z_{k-j} y_j) / y_0
    const y0 = primalUnder(y, tag) as Num
    const z: PowerSeries = new PowerSeries(tag, order, z0, (k) => {
      const rest = convolve((a, b) => mul(a, b), z, y, tag, k, 0, 1)
      const c = plus(coefficient(x, tag, k), rest === undefined ? undefined : mul(-1, rest))
      return c === undefined ? undefined : applyBinary(p, c, y0)
    })
    return depth === 0 ? z.complete() : z
  }
  return integrate(tag, order, z0, (self) => {
    const rules = p.seriesPartials !== undefined && nonzero(primalUnder(x, tag) as Num) ? p.seriesPartials : p.partials
    const left =
      x instanceof PowerSeries && x.tag === tag && rules[0] !== null ? termOf(rules[0](x, y, self), x, tag) : null
    const right =
      y instanceof PowerSeries && y.tag === tag && rules[1] !== null ? termOf(rules[1](x, y, self), y, tag) : null
    return (k) => plus(left === null ? undefined : left(k), right === null ? undefined : right(k))
  })
}

/** Is the base of a power away from 0 everywhere, so that the rule in terms of the result may divide by it? */
function nonzero(x: Num): boolean {
  let p: unknown = x
  while (isActive(p)) p = p.primal
  if (typeof p === "number") return p > 0
  return false
}

function narySeries(p: NaryPrimitive, args: readonly (Num | Truth)[], tag: number, options: unknown): Num {
  const order = orderOf(args, tag)
  const primals = args.map((arg) => primalUnder(arg, tag))
  const z0 = applyNary(p, primals, options)
  const isMine = (arg: unknown): arg is PowerSeries => arg instanceof PowerSeries && arg.tag === tag
  // What is only chosen by, such as the places of sorted elements, is the same in every coefficient.
  const chooses = args.map((_, i) => p.rule(i) === null)
  if (args.every((arg, i) => !isMine(arg) || chooses[i]!)) return z0
  if (p.linear === true) {
    return make(tag, order, z0, (k) => {
      if (!args.some((arg, i) => isMine(arg) && !chooses[i]! && arg.at(k) !== undefined)) return undefined
      const parts = args.map((arg, i) => {
        if (chooses[i]!) return primals[i]!
        return (isMine(arg) ? arg.at(k) : undefined) ?? zeros(shapeOf(arg as Num))
      })
      return applyNary(p, parts, options)
    })
  }
  if (p.bilinear === true) {
    return make(tag, order, z0, (k) => convolve((a, b) => applyNary(p, [a, b], options), args[0], args[1], tag, k))
  }
  return integrate(tag, order, z0, (self) => {
    const terms = args.flatMap((arg, i) => {
      const rule = p.rule(i)
      if (!isMine(arg) || rule === null) return []
      return [pushChange(rule, derivative(arg), args, self, options)]
    })
    return (k) =>
      terms.reduce<Coefficient>(
        (sum, term) => plus(sum, coefficient(term instanceof Masked ? term.value : term, tag, k)),
        undefined,
      )
  })
}

function multiSeries(p: MultiPrimitive, args: readonly Num[], tag: number, options: unknown): readonly Num[] {
  const order = orderOf(args, tag)
  const mine = args.map((arg) => arg instanceof PowerSeries && arg.tag === tag)
  const primals = args.map((arg) => primalUnder(arg, tag) as Num)
  const outs0 = applyMulti(p, primals, options)
  return solve(tag, order, outs0, (outs) =>
    p.push(
      args.map((arg, j) => (mine[j] === true ? derivative(arg as PowerSeries) : undefined)),
      args,
      outs,
      options as never,
    ),
  )
}

/** Series z with given first coefficients and z' = slope(z). */
function solve(
  tag: number,
  order: number,
  first: readonly Num[],
  slope: (zs: readonly Num[]) => readonly Change[],
): readonly PowerSeries[] {
  let rates: readonly Change[] | null = null
  const zs: readonly PowerSeries[] = first.map(
    (z0, i) =>
      new PowerSeries(tag, order, z0, (k) => {
        rates ??= inRule(() => slope(zs))
        const rate = rates[i]
        const c = inRule(() =>
          rate === undefined ? undefined : coefficient(rate instanceof Masked ? rate.value : rate, tag, k - 1),
        )
        return c === undefined ? undefined : applyBinary(quotient, c, k)
      }),
  )
  if (depth === 0) zs.forEach((z) => z.complete())
  return zs
}

/**
 * Results of a function with a rule of its own, at arguments of which some are series of `tag`: `first` are the results at the point, `slope` their
 * tangents for given tangents of the arguments (absent where an argument is no such series).
 */
function ruledSeries(
  tag: number,
  xs: readonly Num[],
  first: readonly Num[],
  slope: (zs: readonly Num[], dxs: readonly Change[]) => readonly Change[],
): readonly Num[] {
  const dxs = xs.map((x) => (x instanceof PowerSeries && x.tag === tag ? derivative(x) : undefined))
  return solve(tag, orderOf(xs, tag), first, (zs) => slope(zs, dxs))
}

provideSeries({
  unary: (p, x) => unarySeries(p, x as PowerSeries),
  binary: binarySeries,
  nary: narySeries,
  multi: multiSeries,
  ruled: ruledSeries,
})

/** The series x₀ + x₁ t. */
export function variable(tag: number, order: number, x0: Num, x1: Num): PowerSeries {
  return new PowerSeries(tag, order, x0, (k) => (k === 1 ? x1 : undefined)).complete()
}

/** Coefficients 0 … n of a result: of a series, or of a constant. */
export function coefficients(z: Num, tag: number, n: number): Num[] {
  const out: Num[] = []
  for (let k = 0; k <= n; k++) out.push(coefficient(z, tag, k) ?? zeros(shapeOf(z)))
  return out
}

/** Taylor mode: coefficients 0 … n of t ↦ f(xs + t dxs). */
export function taylor(
  f: (xs: readonly Num[]) => readonly Num[],
  xs: readonly Num[],
  dxs: readonly (Num | undefined)[],
  n: number,
): Num[][] {
  const tag = freshTag()
  const inputs = xs.map((x, i) => {
    const dx = dxs[i]
    return dx === undefined ? x : variable(tag, n, x, dx)
  })
  return f(inputs).map((y) => coefficients(y, tag, n))
}
