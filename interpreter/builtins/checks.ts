/**
 * Built-ins for tests and for looking into a program: `debug assert_close assert_error`; they are loaded apart.
 * What they find wrong is an assertion that failed, with both values in words. It must not know who runs tests.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { FaultError, raise } from "../../lang/report/fault.ts"
import { Dual, isNum, Masked, Node, primalOf, type Num } from "../autodiff/num.ts"
import { partsOf } from "../autodiff/lift.ts"
import { PullStep } from "../autodiff/tape.ts"
import { Tensor } from "../arrays/tensor.ts"
import { kindOf } from "../values/kinds.ts"
import { show } from "../values/show.ts"
import { mapLeaves, stepTo } from "../values/structure.ts"
import {
  BuiltinFunction,
  childrenOf,
  isStructure,
  unit,
  type Runtime,
  type BuiltinSteps,
  type Value,
} from "../values/values.ts"
import { equals } from "../values/equality.ts"
import { textArgument, textOf } from "./text.ts"

// ---------------------------------------------------------------- debug

function showDerivatives(runtime: Runtime, label: string, x: Num): Num {
  if (x instanceof Dual) {
    for (const part of partsOf(x.tangent))
      runtime.print(`${label}: tangent ${show(primalOf(part instanceof Masked ? part.value : part))}`)
    return x
  }
  if (x instanceof Node && x.tape.paused === 0) {
    const step = new PullStep([x.index], (ct) => {
      runtime.print(`${label}: cotangent ${show(primalOf(ct instanceof Masked ? ct.value : ct))}`)
      return ct
    })
    return new Node(x.tape, x.tape.rowStep(step), x.primal)
  }
  return x
}

export const debug = new BuiltinFunction({
  name: "debug",
  doc: "`debug(x, label)`: prints x, and its derivative where it has one (tangents at once, cotangents when the reverse pass comes by), and is x.",
  params: ["x", "label?"],
  effect: true,
  call: (runtime, [x, label]) => {
    const name = label === undefined ? "debug" : textOf(label)
    runtime.print(`${name}: ${show(x!)}`)
    return mapLeaves(x!, (leaf) => (isNum(leaf) ? showDerivatives(runtime, name, leaf) : leaf))
  },
})

// ---------------------------------------------------------------- tests

export const assertError = new BuiltinFunction({
  name: "assert_error",
  doc: '`assert_error(() => e, "text")`: stops unless e stops with an error whose message contains the text.',
  params: ["f", "text?"],
  *steps(_runtime, [f, text]): BuiltinSteps {
    const expected = text === undefined ? "" : textArgument("assert_error", "text", text)
    let message: string
    try {
      const value = yield { fn: f!, args: [] }
      message = `no error: the value is ${show(value)}`
    } catch (problem) {
      if (!(problem instanceof FaultError) || !problem.catchable) throw problem
      const fault = problem.faults[0]!
      if (`${fault.message}\n${fault.hint ?? ""}\n${fault.code}`.includes(expected)) return unit
      message = `the error is "${problem.message}", which does not contain "${expected}"`
    }
    raise(faults.assertionFailed(message))
  },
})

/** Where two values are not close, with both; null where they are. */
function difference(a: Value, b: Value, rel: number, abs: number): string | null {
  const pending: { x: Value; y: Value; path: string }[] = [{ x: a, y: b, path: "" }]
  while (pending.length > 0) {
    const { x, y, path } = pending.pop()!
    const here = path === "" ? "" : `at ${path}: `
    if (isStructure(x)) {
      if (!isStructure(y) || x.constructor !== y.constructor) return `${here}${kindOf(x)} and ${kindOf(y)}`
      const left = childrenOf(x)
      const right = childrenOf(y)
      if (left.length !== right.length) return `${here}${kindOf(x)} and ${kindOf(y)}`
      for (let i = left.length - 1; i >= 0; i--) pending.push({ x: left[i]!, y: right[i]!, path: path + stepTo(x, i) })
      continue
    }
    const p = isNum(x) ? primalOf(x) : null
    const q = isNum(y) ? primalOf(y) : null
    if (p === null || q === null) {
      if (!equals(x, y)) return `${here}${show(x)} and ${show(y)}`
      continue
    }
    const u = p instanceof Tensor ? p.data : [p as number]
    const v = q instanceof Tensor ? q.data : [q as number]
    if (kindOf(x) !== kindOf(y)) return `${here}${kindOf(x)} and ${kindOf(y)}`
    for (let i = 0; i < u.length; i++) {
      const close =
        Object.is(u[i], v[i]) ||
        u[i] === v[i] ||
        Math.abs(u[i]! - v[i]!) <= abs + rel * Math.max(Math.abs(u[i]!), Math.abs(v[i]!))
      if (!close || Number.isNaN(u[i]!) !== Number.isNaN(v[i]!)) {
        return `${here}${u.length > 1 ? `element ${String(i)}: ` : ""}${show(u[i]!)} and ${show(v[i]!)}`
      }
    }
  }
  return null
}

export const assertClose = new BuiltinFunction({
  name: "assert_close",
  doc: "`assert_close(a, b, rel: 1e-9, abs: 0)`: stops unless all numbers of two values of one form agree: |a - b| ≤ abs + rel max(|a|, |b|); nan agrees with nan.",
  params: ["a", "b"],
  options: ["rel", "abs"],
  call: (_runtime, [a, b], named) => {
    const rel = toleranceOf("rel", named.get("rel"), 1e-9)
    const abs = toleranceOf("abs", named.get("abs"), 0)
    const found = difference(a!, b!, rel, abs)
    if (found !== null) raise(faults.assertionFailed(`not close: ${found}`))
    return unit
  },
})

function toleranceOf(name: string, value: Value | undefined, otherwise: number): number {
  if (value === undefined) return otherwise
  if (typeof value === "number" && value >= 0) return value
  raise(faults.wrongArgument("assert_close", name, "a number of 0 or more", kindOf(value)))
}
