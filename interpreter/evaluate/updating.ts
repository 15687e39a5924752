/**
 * Assignment to a part of a variable as nodes.
 * The common forms, one number into an owned array, are done in the closure; the rest goes to assign.ts. The variable's token stands in a slot of its own
 * and is made when first needed. It must not know what paths mean.
 */

import type { Core, CoreSlice, CoreStep, UpdateCore } from "../../lang/core.ts"
import { Tensor } from "../arrays/tensor.ts"
import * as arithmetic from "../primitives/arithmetic.ts"
import { unit, type Value } from "../values/values.ts"
import { extend, extendBy } from "./append.ts"
import { applyAt } from "./arithmetic.ts"
import { assignPart, type PathStep } from "./assign.ts"
import type { Compiling } from "./compiling.ts"
import type { Frame, Node } from "./frame.ts"
import { at } from "./making.ts"
import { operators, type Operator } from "./operators.ts"
import { compileItems } from "./reading.ts"

export function compileUpdate(core: UpdateCore, c: Compiling): Node {
  const { path } = core
  if (path.length === 0) return core.op === "concat" ? compileExtend(core, c) : compileReplace(core, c)
  const singles = path.flatMap((step): readonly (Core | CoreSlice | null)[] =>
    step.kind === "index" ? step.items : [null],
  )
  const general = compileGeneral(core)
  if (singles.every((item): item is Core => item !== null && item.kind !== "slice")) {
    const [first, second] = singles
    if (singles.length === 1) return compileElement(core, first!, general, c)
    if (singles.length === 2) return compileElement2(core, first!, second!, general, c)
  }
  const steps = path.map((step) => compileStep(step, c))
  const value = c.value(core.value)
  return (f) => {
    const evaluated = steps.map((step) => step(f))
    return general(f, evaluated, value(f))
  }
}

function compileStep(step: CoreStep, c: Compiling): (f: Frame) => PathStep {
  const { span } = step
  if (step.kind === "field") {
    const fixed: PathStep = { kind: "field", name: step.name, span }
    return () => fixed
  }
  const items = compileItems(step.items, c)
  return (f) => ({ kind: "index", items: items(f), span })
}

type General = (f: Frame, path: readonly PathStep[], value: Value) => Value

/** The token of the variable; made if there is none. */
function tokenAt(f: Frame, owner: number): object {
  const token = f[owner] as unknown
  if (typeof token === "object" && token !== null) return token
  const fresh = {}
  f[owner] = fresh as Value
  return fresh
}

function operatorOf(core: UpdateCore): Operator | null {
  return core.op === null ? null : operators.get(core.op)!
}

function compileGeneral(core: UpdateCore): General {
  const slot = core.slot + 1
  const owner = core.owner + 1
  const op = operatorOf(core)
  const { span } = core
  return (f, path, value) => {
    f[slot] = at(span, () => assignPart(f[slot]!, path, tokenAt(f, owner), { op, value, span }))
    return unit
  }
}

/** The same bits as the primitives; null for `=`. */
const scalars: ReadonlyMap<string | null, ((x: number, y: number) => number) | null> = new Map([
  ["add", (x: number, y: number) => x + y],
  ["sub", (x: number, y: number) => x - y],
  ["mul", (x: number, y: number) => x * y],
  ["div", (x: number, y: number) => x / y],
  ["pow", arithmetic.pow.primitive.eval],
])

/** `v[i] = e`, `v[i] += e`. */
function compileElement(core: UpdateCore, index: Core, general: General, c: Compiling): Node {
  const slot = core.slot + 1
  const owner = core.owner + 1
  const scalar = core.op === null ? null : scalars.get(core.op)
  const { span } = core.path[0]!
  const item = c.read(index)
  const value = c.value(core.value)
  return (f) => {
    const i = item(f)
    const x = value(f)
    const v = f[slot]!
    if (
      typeof x === "number" &&
      typeof i === "number" &&
      v instanceof Tensor &&
      v.owner !== null &&
      v.owner === (f[owner] as unknown) &&
      v.shape.length === 1 &&
      (i | 0) === i &&
      i >= 0 &&
      i < v.data.length
    ) {
      if (scalar === null) {
        v.data[i] = x
        return unit
      }
      if (scalar !== undefined) {
        v.data[i] = scalar(v.data[i]!, x)
        return unit
      }
    }
    return general(f, [{ kind: "index", items: [i], span }], x)
  }
}

/** `m[i, j] = e`, `m[i][j] = e`. */
function compileElement2(core: UpdateCore, first: Core, second: Core, general: General, c: Compiling): Node {
  const slot = core.slot + 1
  const owner = core.owner + 1
  const scalar = core.op === null ? null : scalars.get(core.op)
  const [step, next] = core.path
  const row = c.read(first)
  const column = c.read(second)
  const value = c.value(core.value)
  return (f) => {
    const i = row(f)
    const j = column(f)
    const x = value(f)
    const v = f[slot]!
    if (
      typeof x === "number" &&
      typeof i === "number" &&
      typeof j === "number" &&
      v instanceof Tensor &&
      v.owner !== null &&
      v.owner === (f[owner] as unknown) &&
      v.shape.length === 2 &&
      scalar !== undefined
    ) {
      const columns = v.shape[1]!
      if (i >= 0 && i < v.shape[0]! && j >= 0 && j < columns && (i | 0) === i && (j | 0) === j) {
        const offset = i * columns + j
        v.data[offset] = scalar === null ? x : scalar(v.data[offset]!, x)
        return unit
      }
    }
    if (next === undefined) return general(f, [{ kind: "index", items: [i, j], span: step!.span }], x)
    const path: PathStep[] = [
      { kind: "index", items: [i], span: step!.span },
      { kind: "index", items: [j], span: next.span },
    ]
    return general(f, path, x)
  }
}

/** `v op= e` of a whole variable. */
function compileReplace(core: UpdateCore, c: Compiling): Node {
  const slot = core.slot + 1
  const op = operatorOf(core)
  const value = c.value(core.value)
  const { span } = core
  return (f) => {
    const x = value(f)
    f[slot] = op === null ? x : applyAt(op, f[slot]!, x, span)
    return unit
  }
}

/** `v ++= e`; of an array literal with one element, without making the array. */
function compileExtend(core: UpdateCore, c: Compiling): Node {
  const slot = core.slot + 1
  const owner = core.owner + 1
  const { span } = core
  const literal = core.value.kind === "array" && core.value.items.length === 1 ? core.value.items[0]! : null
  if (literal !== null && literal.kind !== "spread") {
    const item = c.value(literal)
    return (f) => {
      const x = item(f)
      f[slot] = at(span, () => extend(f[slot]!, x, tokenAt(f, owner)))
      return unit
    }
  }
  const value = c.value(core.value)
  return (f) => {
    const x = value(f)
    f[slot] = at(span, () => extendBy(f[slot]!, x, tokenAt(f, owner)))
    return unit
  }
}
