/**
 * Integers of SIR as polynomials of degree two at most in variables, with numbers as coefficients.
 * What is added, subtracted, multiplied or halved is taken apart; every other integer is a variable of its own. It must not know why anyone asks.
 */

import { add, mul, neg, sub } from "../interpreter/primitives/arithmetic.ts"
import { isVar, type Atom, type Var } from "./sir.ts"

/** A coefficient with the variables that it multiplies: none, one or two, in the order of their numbers. */
export interface Term {
  readonly factor: number
  readonly vars: readonly Var[]
}

export type Polynomial = ReadonlyMap<string, Term>

/** Longer ones are taken for variables. */
const mostTerms = 16

function keyOf(vars: readonly Var[]): string {
  return vars.map((v) => v.id).join(" ")
}

function collect(terms: Iterable<Term>): Polynomial {
  const out = new Map<string, Term>()
  for (const { factor, vars } of terms) {
    const key = keyOf(vars)
    const sum = (out.get(key)?.factor ?? 0) + factor
    if (sum === 0) out.delete(key)
    else out.set(key, { factor: sum, vars })
  }
  return out
}

export function constant(c: number): Polynomial {
  return collect([{ factor: c, vars: [] }])
}

export function variable(v: Var): Polynomial {
  return collect([{ factor: 1, vars: [v] }])
}

/** x + c · y. */
export function plus(x: Polynomial, y: Polynomial, c = 1): Polynomial {
  return collect([...x.values(), ...[...y.values()].map(({ factor, vars }) => ({ factor: c * factor, vars }))])
}

/** x · y; null where its degree is more than two. */
export function times(x: Polynomial, y: Polynomial): Polynomial | null {
  const terms: Term[] = []
  for (const a of x.values()) {
    for (const b of y.values()) {
      const vars = [...a.vars, ...b.vars].sort((v, w) => v.id - w.id)
      if (vars.length > 2) return null
      terms.push({ factor: a.factor * b.factor, vars })
    }
  }
  return collect(terms)
}

/** How far variables are taken apart, and what was found so far. */
export class Reading {
  readonly whole: (v: Var) => boolean
  readonly found = new WeakMap<Var, Polynomial>()

  /** `whole` says which variables are not to be taken apart. */
  constructor(whole: (v: Var) => boolean) {
    this.whole = whole
  }
}

const everything = new Reading(() => false)

/** The polynomial that an integer is; null for what is no integer. */
export function polynomialOf(atom: Atom, reading: Reading = everything): Polynomial | null {
  if (typeof atom === "number") return Number.isFinite(atom) ? constant(atom) : null
  if (!isVar(atom) || !atom.int) return null
  let found = reading.found.get(atom)
  if (found === undefined) {
    found = (reading.whole(atom) ? null : taken(atom, reading)) ?? variable(atom)
    reading.found.set(atom, found)
  }
  return found
}

function taken(v: Var, reading: Reading): Polynomial | null {
  if (v.def === null) return null
  const { op, args } = v.def
  const [x, y] = args.map((arg) => polynomialOf(arg, reading)) as [Polynomial | null, Polynomial | null | undefined]
  if (x === null) return null
  let out: Polynomial | null = null
  if (op === "alias") out = x
  else if (op === neg.primitive) out = plus(constant(0), x, -1)
  else if (y != null) {
    if (op === add.primitive) out = plus(x, y)
    else if (op === sub.primitive) out = plus(x, y, -1)
    else if (op === mul.primitive) out = times(x, y)
  }
  return out !== null && out.size <= mostTerms ? out : null
}

/** Is the product of an integer and a fraction an integer wherever the variables in it are? */
export function productIsInteger(x: Atom, y: Atom): boolean {
  const [p, q] = [polynomialOf(x), polynomialOf(y)]
  const product = p === null || q === null ? null : times(p, q)
  return product !== null && givesIntegers(product)
}

/** A polynomial gives integers at integers if its factors in 1, v, v w and v (v - 1) / 2 are integers. */
function givesIntegers(p: Polynomial): boolean {
  const linear = new Map<Var | null, number>()
  for (const { factor, vars } of p.values()) {
    const [v = null, w] = vars
    if (w !== undefined && v !== w) {
      if (!Number.isInteger(factor)) return false
      continue
    }
    if (w !== undefined && !Number.isInteger(2 * factor)) return false
    linear.set(v, (linear.get(v) ?? 0) + factor)
  }
  return [...linear.values()].every((factor) => Number.isInteger(factor))
}

/** A polynomial in one variable: square · v² + slope · v + rest. */
export interface Parabola {
  readonly square: number
  readonly slope: Polynomial
  readonly rest: Polynomial
}

export function along(p: Polynomial, v: Var): Parabola {
  let square = 0
  const slope: Term[] = []
  const rest: Term[] = []
  for (const term of p.values()) {
    const others = term.vars.filter((w) => w !== v)
    if (others.length === term.vars.length) rest.push(term)
    else if (others.length === 0 && term.vars.length === 2) square = term.factor
    else slope.push({ factor: term.factor, vars: others })
  }
  return { square, slope: collect(slope), rest: collect(rest) }
}

/** The value where the variable is x; null where its degree is more than two. */
export function at({ square, slope, rest }: Parabola, x: Polynomial): Polynomial | null {
  const bent = square === 0 ? constant(0) : times(x, x)
  const straight = times(slope, x)
  return bent === null || straight === null ? null : plus(plus(rest, straight), bent, square)
}

/** The value at v + 1 less that at v, for v = x. */
export function step({ square, slope }: Parabola, x: Polynomial): Polynomial {
  return plus(plus(slope, constant(square)), x, 2 * square)
}

export function isConstant(p: Polynomial): boolean {
  return p.size === 0 || (p.size === 1 && p.has(""))
}

export function constantOf(p: Polynomial): number {
  return p.get("")?.factor ?? 0
}

export function variablesOf(p: Polynomial): Set<Var> {
  const out = new Set<Var>()
  for (const { vars } of p.values()) for (const v of vars) out.add(v)
  return out
}
