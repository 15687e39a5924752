/**
 * Why is a derivative zero, or nan? The operation, the branch or the convention that made it so.
 * A derivative is what flows back from the result; where that turns into nothing, into 0 or into nan between a value and what it was computed from, there the
 * reason is. It must not know how the reason is shown.
 */

import { Tensor } from "../arrays/tensor.ts"
import { Masked, primalOf, shapeOf, Staged, type Change, type Node } from "../autodiff/num.ts"
import { isScalarResult, numbersIn, parametersOf, type Application } from "../builtins/application.ts"
import { stepTo } from "../values/structure.ts"
import { childrenOf, isStructure, type Value } from "../values/values.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { isFunction } from "../values/values.ts"
import { kindOf } from "../values/kinds.ts"
import { show } from "../values/show.ts"
import { Watched, plainOf, type Applied, type Place } from "./watch.ts"
import { cutReason, nanReason, zeroReason } from "./reasons.ts"

/** What is to be said about the derivative with respect to one input. */
export interface Finding {
  /** `x`, `p.w`, `xs[2]`. */
  readonly input: string
  /** What the derivative is there. */
  readonly derivative: string
  readonly verdict: "nan" | "zero" | "other"
  readonly reasons: readonly Reason[]
}

export interface Reason {
  readonly text: string
  readonly place: Place | null
}

/** With more inputs than this the rest is left out. */
const mostFindings = 6
/** And with more reasons for one. */
const mostReasons = 3

/** The reasons for every derivative of a call that is zero or nan; for the others what they are made of. */
export function why(application: Application): Finding[] {
  const watched = new Watched(application)
  const { result } = watched
  if (isFunction(result)) raise(faults.functionResult("why"))
  if (!isScalarResult(result)) raise(faults.notScalar("why", kindOf(result)))
  const names = inputNames(application)
  return watched.recording.inputs.flatMap((input, i) => findings(watched, input, names[i]!)).slice(0, mostFindings)
}

/** Names of the numeric leaves of the point, as a program would write them. */
function inputNames(application: Application): string[] {
  const { places, single } = application.selected
  const names: string[] = []
  const walk = (value: Value, path: string): void => {
    if (isStructure(value))
      childrenOf(value).forEach((part, i) => {
        walk(part, path + stepTo(value, i))
      })
    else for (const _ of numbersIn(value)) names.push(path)
  }
  const parts: readonly Value[] = single ? [application.point] : childrenOf(application.point as never)
  parts.forEach((part, i) => {
    walk(part, parametersOf(application.f)[places[i]!]?.name ?? `x${String(i + 1)}`)
  })
  return names
}

function findings(watched: Watched, input: Node, name: string): Finding[] {
  const change = watched.adjoint(input)
  const values = elementsOf(change, shapeOf(input))
  const shape = shapeOf(input)
  const isNan = values.some(Number.isNaN)
  const zeros = values.flatMap((x, i) => (x === 0 ? [i] : []))
  const nans = values.flatMap((x, i) => (Number.isNaN(x) ? [i] : []))
  const places = isNan ? nans : zeros
  const part = shape.length === 0 || places.length === values.length ? "" : `[${placesText(places)}]`
  const verdict = isNan ? "nan" : zeros.length > 0 ? "zero" : "other"
  const derivative = verdict === "other" ? show(plainOf(change) as Value, { most: 6 }) : verdict === "nan" ? "nan" : "0"
  const at = shape.length === 0 || places.length === values.length ? null : places[0]!
  const reasons =
    verdict === "nan"
      ? nanReasons(watched, input)
      : verdict === "zero"
        ? zeroReasons(watched, input, at)
        : parts(watched, input)
  return [{ input: name + part, derivative, verdict, reasons: reasons.slice(0, mostReasons) }]
}

function placesText(places: readonly number[]): string {
  return places.length <= 4 ? places.join(", ") : `${places.slice(0, 3).join(", ")}, …`
}

/** The elements of a change, absent ones as 0. */
function elementsOf(change: Change, shape: readonly number[]): number[] {
  const size = shape.reduce((product, n) => product * n, 1)
  if (change === undefined) return new Array<number>(size).fill(0)
  const value = primalOf(change instanceof Masked ? change.value : change)
  if (value instanceof Staged) return []
  return typeof value === "number" ? [value] : Array.from(value.data)
}

/** Element `at` of a change, or whether any is there. */
function isThere(change: Change, at: number | null): boolean {
  if (change === undefined) return false
  const value = primalOf(change instanceof Masked ? change.value : change)
  if (typeof value === "number") return value !== 0
  if (!(value instanceof Tensor)) return true
  return at === null || at >= value.data.length ? value.data.some((x) => x !== 0) : value.data[at] !== 0
}

function hasNan(change: unknown): boolean {
  if (change === undefined || typeof change === "boolean") return false
  const value = plainOf(change instanceof Masked ? change.value : change)
  if (typeof value === "number") return Number.isNaN(value)
  return value instanceof Tensor && value.data.some(Number.isNaN)
}

/** Which recorded values depend on an input; those that no application made count as depending. */
function dependents(watched: Watched, input: Node): Set<number> {
  const made = new Set(watched.recording.inputs.map(({ index }) => index))
  const out = new Set([input.index])
  for (const applied of watched.applied) {
    const nodes = applied.args.filter((arg) => watched.isNode(arg))
    // A value that a rule of the program made comes from nowhere visible.
    for (const node of nodes) if (!made.has(node.index)) out.add(node.index)
    const results = Array.isArray(applied.out) ? (applied.out as unknown[]) : [applied.out]
    for (const result of results) {
      if (!watched.isNode(result)) continue
      made.add(result.index)
      if (nodes.some((node) => out.has(node.index))) out.add(result.index)
    }
  }
  return out
}

// ---------------------------------------------------------------- zero

function zeroReasons(watched: Watched, input: Node, at: number | null): Reason[] {
  const depends = dependents(watched, input)
  const stopped: Reason[] = []
  const cuts: Reason[] = []
  const say = (applied: Applied, text: string, list: Reason[]): void => {
    if (list.length < mostReasons && !list.some((reason) => reason.text === text))
      list.push({ text, place: watched.place(applied) })
  }
  for (const applied of watched.applied) {
    applied.args.forEach((arg, k) => {
      if (!watched.isNode(arg) || !depends.has(arg.index)) return
      // Only the value itself, element by element, is followed; what became of it has elements of its own.
      const element = arg === input ? at : null
      if (!watched.isNode(applied.out)) {
        if (!Array.isArray(applied.out)) say(applied, cutReason(watched, applied, k), cuts)
        return
      }
      const ct = watched.adjoint(applied.out)
      if (!isThere(ct, null)) return
      const back = watched.pulled(applied, k, ct!)
      if (back !== null && !isThere(back, element))
        say(applied, zeroReason(watched, applied, k, back === undefined), stopped)
    })
  }
  if (stopped.length > 0) return stopped
  if (cuts.length > 0) return cuts
  const sums = cancelled(watched, depends)
  if (sums !== null) return [sums]
  const used = watched.applied.some(({ args }) => args.some((arg) => arg === input))
  const text = used
    ? "what was computed from it is not used for the result"
    : "the result does not depend on it: it was not used, or only where no derivative passes"
  return [{ text, place: null }]
}

/** A value at which contributions that are not zero add up to zero. */
function cancelled(watched: Watched, depends: ReadonlySet<number>): Reason | null {
  const sums = new Map<number, { readonly parts: string[]; last: Applied }>()
  for (const applied of watched.applied) {
    if (!watched.isNode(applied.out)) continue
    const ct = watched.adjoint(applied.out)
    if (!isThere(ct, null)) continue
    applied.args.forEach((arg, k) => {
      if (!watched.isNode(arg) || !depends.has(arg.index) || isThere(watched.adjoint(arg), null)) return
      const back = watched.pulled(applied, k, ct!)
      if (back === null || !isThere(back, null)) return
      const entry = sums.get(arg.index) ?? { parts: [], last: applied }
      entry.parts.push(changeText(back))
      entry.last = applied
      sums.set(arg.index, entry)
    })
  }
  const found = [...sums.values()].find(({ parts: contributions }) => contributions.length > 1)
  if (found === undefined) return null
  return {
    text: `the contributions of its uses cancel: ${found.parts.slice(0, 4).join(" and ")}`,
    place: watched.place(found.last),
  }
}

function changeText(change: Change): string {
  return change === undefined
    ? "nothing"
    : show(primalOf(change instanceof Masked ? change.value : change) as Value, { digits: 6, most: 4 })
}

// ---------------------------------------------------------------- nan

function nanReasons(watched: Watched, input: Node): Reason[] {
  for (const applied of watched.applied) {
    if (hasNan(applied.out) && !applied.args.some((arg) => hasNan(plainOf(arg)))) {
      return [{ text: nanReason(watched, applied, null), place: watched.place(applied) }]
    }
  }
  // Backwards from the result: the first value whose derivative is nan although that of what uses it is not.
  for (const applied of watched.applied.toReversed()) {
    if (!watched.isNode(applied.out)) continue
    const ct = watched.adjoint(applied.out)
    if (ct === undefined || hasNan(ct)) continue
    for (let k = 0; k < applied.args.length; k++) {
      if (!watched.isNode(applied.args[k])) continue
      const back = watched.pulled(applied, k, ct)
      if (back !== null && hasNan(back)) {
        return [{ text: nanReason(watched, applied, k), place: watched.place(applied) }]
      }
    }
  }
  const opposed = watched.applied.find(
    ({ args, out }) => watched.isNode(out) && args.some((arg) => arg === input) && !hasNan(watched.adjoint(out)),
  )
  return [
    {
      text: "contributions of inf and -inf meet, and inf - inf is nan",
      place: opposed === undefined ? null : watched.place(opposed),
    },
  ]
}

// ---------------------------------------------------------------- anything else

/** What a derivative is the sum of: one part for each use of the input. */
function parts(watched: Watched, input: Node): Reason[] {
  const out: Reason[] = []
  for (const applied of watched.applied) {
    applied.args.forEach((arg, k) => {
      if (arg !== input || !watched.isNode(applied.out) || out.length >= mostReasons) return
      const ct = watched.adjoint(applied.out)
      const back = ct === undefined ? undefined : watched.pulled(applied, k, ct)
      if (back !== undefined && back !== null)
        out.push({ text: `${changeText(back)} from this use`, place: watched.place(applied) })
    })
  }
  return out
}
