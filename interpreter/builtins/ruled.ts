/**
 * Functions whose derivative is given: how a rule meets a point that is being differentiated.
 * The newest application among the arguments is taken off, the function is applied below it (so that rules meet rules at every order), and the rule, a
 * linear map in either direction, gives the change. It must not know who wrote the rule.
 */

import { apartFaults } from "../../lang/report/catalogue/apart.ts"
import { raise } from "../../lang/report/fault.ts"
import { dense, eachTogether, rulesOfSeries, tellRuled, zeros } from "../autodiff/lift.ts"
import { Recording } from "../autodiff/modes.ts"
import { Dual, isActive, isNum, Node, Series, shapeOf, tagOf, type Change, type Num } from "../autodiff/num.ts"
import { kindOf } from "../values/kinds.ts"
import { mapLeaves, zipLeaves } from "../values/structure.ts"
import { unit, type Runtime, type Value } from "../values/values.ts"
import { numbersIn, withNumbers } from "./application.ts"

/** A linear derivative, in both directions, at a point x with the result y there. */
export interface Rule {
  /** Changes of the results for changes of the arguments. */
  push(runtime: Runtime, x: Value, y: Value, dx: readonly Change[]): readonly Change[]
  /** Changes of the arguments for changes of the results. */
  pull(runtime: Runtime, x: Value, y: Value, ct: readonly Change[]): readonly Change[]
  /** The direction in which the program gave it, if it did; the other is its transpose. */
  readonly given?: "push" | "pull"
}

/** Applies a function with a rule at a point, one differentiation after the other from the newest. */
export function applyRuled(runtime: Runtime, call: (x: Value) => Value, rule: Rule, x: Value): Value {
  const leaves = numbersIn(x)
  const tag = leaves.reduce<number>((newest, leaf) => Math.max(newest, tagOf(leaf)), 0)
  if (tag === 0) return call(x)
  const below = leaves.map((leaf) => (isActive(leaf) && tagOf(leaf) === tag ? leaf.primal : leaf))
  const point = withNumbers(x, below)
  const y = applyRuled(runtime, call, rule, point)
  const ys = numbersIn(y)
  const top = leaves.find((leaf) => tagOf(leaf) === tag)
  if (top instanceof Node) {
    const { tape } = top
    if (tape.paused > 0) return y
    const nodes = tape.results(ys, (cts, sweep) => {
      const changes = rule.pull(runtime, point, y, cts)
      leaves.forEach((leaf, k) => {
        const change = changes[k]
        if (change !== undefined && leaf instanceof Node && leaf.tape === tape) sweep.add(leaf.index, change)
      })
    })
    const { given } = rule
    if (given !== undefined)
      tellRuled(leaves, nodes, {
        from: given === "push" ? "arguments" : "results",
        map: (changes) => rule[given](runtime, point, y, changes) as readonly Num[],
      })
    return withNumbers(y, nodes)
  }
  if (top instanceof Series) {
    const push = (outs: readonly Num[], dxs: readonly Change[]) => rule.push(runtime, x, withNumbers(y, outs), dxs)
    const zs = rulesOfSeries().ruled(tag, leaves, ys, push)
    return withNumbers(y, zs)
  }
  const dxs = leaves.map((leaf) => (leaf instanceof Dual && leaf.tag === tag ? leaf.tangent : undefined))
  const dys = eachTogether(dxs, ys.length, (parts) => rule.push(runtime, point, y, parts))
  return withNumbers(
    y,
    ys.map((value, i) => {
      const dy = dys[i]
      return dy === undefined ? value : new Dual(tag, value, dy)
    }),
  )
}

/** The numeric leaves of what a rule returned, which must have the form of `like`. */
export function changesLike(operator: string, like: Value, given: Value): Num[] {
  const changes: Num[] = []
  zipLeaves(
    like,
    given,
    (leaf, change) => {
      if (!isNum(leaf)) return unit
      if (change === unit) changes.push(zeros(shapeOf(leaf)))
      else {
        const shape = shapeOf(leaf)
        const fits =
          isNum(change) && shapeOf(change).length === shape.length && shapeOf(change).every((n, i) => n === shape[i])
        if (!fits) raise(apartFaults.ruleForm(operator, kindOf(leaf), kindOf(change)))
        changes.push(change)
      }
      return unit
    },
    operator,
  )
  return changes
}

/** Changes in the form of a value: what is absent is zero, `()` where there is no number. */
export function formOf(like: Value, changes: readonly Change[]): Value {
  let next = 0
  return mapLeaves(like, (leaf) => (isNum(leaf) ? dense(changes[next++], shapeOf(leaf)) : unit))
}

/** The transpose of a linear map given on changes: reverse mode over its argument, at zero. */
export function transpose(
  from: readonly Num[],
  map: (changes: readonly Num[]) => readonly Num[],
  cts: readonly Change[],
): readonly Change[] {
  const recording = new Recording(from.map((x) => zeros(shapeOf(x))))
  const outs = map(recording.inputs)
  return recording.pull(outs, cts)
}
