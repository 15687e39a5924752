/**
 * Reasons in words: why an operation passes no derivative on, or makes a nan of it.
 * Each speaks of the operation as it is written and of the values that it met. It must not know how the operation was found.
 */

import { Tensor } from "../arrays/tensor.ts"
import type { Primitive } from "../autodiff/declare.ts"
import { Masked, primalOf, type Change, type Num } from "../autodiff/num.ts"
import { show } from "../values/show.ts"
import type { Value } from "../values/values.ts"
import { plainOf, type Applied, type Watched } from "./watch.ts"

/** How an operation is called in messages. */
function named(p: Primitive): string {
  return `\`${p.symbol ?? p.name}\``
}

/** A value in messages: short. */
function shown(x: unknown): string {
  const plain = plainOf(x)
  if (typeof plain === "number" || typeof plain === "boolean" || plain instanceof Tensor)
    return show(plain as Value, { digits: 6, most: 4 })
  return "…"
}

/** Operations that choose, and what is chosen when the argument is not. */
const choosers = new Set(["max", "min", "maximum", "minimum"])

/** Kinks at which a convention decides: the primitive's subgradient of least norm. */
const kinks: ReadonlyMap<string, string> = new Map([
  ["abs", "`abs` has a kink at 0, where its derivative is 0 by convention: of all slopes between -1 and 1 the least"],
  ["relu", "`relu` has a kink at 0, where its derivative is 0 by convention, and is constant below"],
  ["norm", "`norm` has no derivative at 0, where it is 0 by convention: of all subgradients the shortest"],
])

/** An application whose result carries no derivative at all. */
export function cutReason(watched: Watched, applied: Applied, k: number): string {
  const { primitive: p, args, out } = applied
  if (p.kind === "predicate") {
    const [x, y] = args
    return `the branch was chosen by ${shown(x)} ${p.symbol ?? p.name} ${shown(y)} (${shown(out)}); a comparison passes no derivative on, and \`if\` follows the branch taken`
  }
  if ("zeroBecause" in p && p.zeroBecause !== undefined) return p.zeroBecause
  return zeroReason(watched, applied, k, true)
}

/** An application that gives nothing back to its argument k: because that took no part (`absent`), or because a partial is 0. */
export function zeroReason(watched: Watched, applied: Applied, k: number, absent: boolean): string {
  const { primitive: p, args } = applied
  const kink = kinks.get(p.name)
  const x = plainOf(args[k])
  if (kink !== undefined && (p.name !== "relu" || x === 0) && isZero(x)) return kink
  if (p.name === "relu") return `\`relu\` is constant below 0, and its argument is ${shown(x)}`
  if (p.name === "where") {
    return `\`where\` took the other arm (its condition is ${shown(args[0])}); the arm not taken contributes nothing`
  }
  if (choosers.has(p.name)) {
    const others = args.filter((_, i) => i !== k)
    if (others.length > 0)
      return `${named(p)} took the other argument: of ${shown(x)} and ${others.map(shown).join(", ")} the ${p.name === "max" ? "greater" : "lesser"}`
    return `${named(p)} took other elements than this one`
  }
  if (p.name === "element" || p.name === "region" || p.name === "take_along") return "this reads other elements"
  if (p.symbol === "*" && args.length === 2) return `the other factor of \`*\` is ${shown(args[1 - k])}`
  if (p.symbol === "^" && k === 0 && plainOf(args[1]) === 0) return "the exponent is 0, and x^0 is constant"
  if (absent) {
    if ("zeroBecause" in p && p.zeroBecause !== undefined) return p.zeroBecause
    return `${named(p)} passes no derivative on to this argument`
  }
  const flat = isZero(x) || args.length > 1 ? "" : saturated(x)
  return `the derivative of ${named(p)} is 0 at ${shown(x)}${flat}`
}

/** Far from 0 a slope of 0 is one that is too small for a number. */
function saturated(x: unknown): string {
  const far = typeof x === "number" ? Math.abs(x) > 15 : x instanceof Tensor && x.data.some((y) => Math.abs(y) > 15)
  return far ? ", or too small for a number to hold" : ""
}

function isZero(x: unknown): boolean {
  return x === 0 || (x instanceof Tensor && x.data.every((y) => y === 0))
}

/** An application that makes a nan: of its value (k null), or of what it gives back to its argument k. */
export function nanReason(watched: Watched, applied: Applied, k: number | null): string {
  const { primitive: p, args, out } = applied
  const call = written(p, args)
  if (k === null) return `${call} is nan`
  const ct = watched.isNode(out) ? watched.adjoint(out) : undefined
  const primals = args.map((arg) => watched.primal(arg))
  const partial = watched.partial(p, primals, watched.primal(out) as Num, k)
  const slope = partial === null ? null : numberIn(partial)
  const weight = numberIn(ct)
  if (slope !== null && Number.isNaN(slope)) return `${call} has no derivative: its slope there is nan`
  if (slope !== null && !Number.isFinite(slope) && weight === 0) {
    return `the derivative of ${call} is ${show(slope)}, and what comes back to it is a computed 0: ${show(slope)} · 0 is nan`
  }
  if (slope === 0 && weight !== null && !Number.isFinite(weight)) {
    return `the derivative of ${call} is 0, and what comes back to it is ${show(weight)}: 0 · ${show(weight)} is nan`
  }
  return `going back through ${call} gives nan`
}

/** An operation with its arguments as values. */
function written(p: Primitive, args: readonly unknown[]): string {
  const parts = args.map(shown)
  if (p.symbol !== undefined) return `\`${parts.length === 1 ? p.symbol + parts[0]! : parts.join(` ${p.symbol} `)}\``
  return `\`${p.name}(${parts.join(", ")})\``
}

/** The number that a change is, or its telling element. */
function numberIn(change: Change): number | null {
  if (change === undefined) return null
  const value = primalOf(change instanceof Masked ? change.value : change)
  if (typeof value === "number") return value
  if (!(value instanceof Tensor)) return null
  return value.data.find(Number.isNaN) ?? value.data.find((x) => !Number.isFinite(x)) ?? value.data[0] ?? null
}
