/**
 * Operations that compiled code leaves to tier 0: one statement that calls a function of values.
 * Such a function computes on every Num, so that its tangents and cotangents are what tier 0's own modes give of it, to any order; the statement of its
 * derivative is a statement of the same kind. It must not know which functions there are.
 */

import { BoolArray, Tensor } from "../interpreter/arrays/tensor.ts"
import { dense } from "../interpreter/autodiff/lift.ts"
import { Recording, splitDual, withTangents } from "../interpreter/autodiff/modes.ts"
import { freshTag, isNum, shapeOf, type Change, type Num } from "../interpreter/autodiff/num.ts"
import { numbersIn, withNumbers } from "../interpreter/builtins/application.ts"
import { leavesOf } from "../interpreter/values/structure.ts"
import { RecordValue, Tuple, unit, type Runtime, type Value } from "../interpreter/values/values.ts"
import { atomRoles, atomsOf, num, numbersOf, sizeOfDims, withAtoms, type Abs, type TupleAbs } from "./abstract.ts"
import { valueOf } from "./boundary.ts"
import { typeOf, type Builder } from "./builder.ts"
import { isVar, type Atom, type NativeStmt, type Var } from "./sir.ts"

/** A function of values that has no effect and computes on every Num; undefined where tier 0 has to find out what is wrong. */
export type Apply = (runtime: Runtime, values: readonly Value[]) => Value

/** A call of such a function: the forms of what it is given, and of its result. */
export interface NativeCall {
  readonly name: string
  readonly apply: Apply
  readonly operands: TupleAbs
  readonly result: Abs
  /** It may find a fault: then it is called even if nobody reads what it gives. */
  readonly faults: boolean
}

/** The form with other atoms for its numbers. */
export function withNumberAtoms(a: Abs, numbers: readonly Atom[]): Abs {
  const roles = atomRoles(a)
  let next = 0
  return withAtoms(
    a,
    atomsOf(a).map((atom, k) => (roles[k] === "value" && typeOf(atom) !== "bool" ? numbers[next++]! : atom)),
    true,
  )
}

/** The statement for a call: it reads every atom of the operands and gives the variables of the result that are no operands. */
export function nativeStmt(call: NativeCall): NativeStmt {
  const args = atomsOf(call.operands)
  const outs = freshIn(call)
  const { operands, result } = call
  return {
    kind: "native",
    call,
    args,
    outs,
    numbers: numbersOf(operands),
    results: numbersOf(result),
    run: runner(call, args, outs),
  }
}

/** Arrays that a call gave know their length. */
export function measure(b: Builder, a: Abs): void {
  if (a.kind === "array" || a.kind === "bools") a.buf.length = sizeOfDims(b, a.dims)
  else if (a.kind === "tuple" || a.kind === "record") for (const item of a.items) measure(b, item)
}

function freshIn(call: NativeCall): Var[] {
  const given = new Set<Atom>(atomsOf(call.operands))
  return [...new Set(atomsOf(call.result).filter(isVar))].filter((v) => !given.has(v))
}

/** What generated code calls: the operands' atoms in, the result's fresh ones out; null where the result has another form. */
function runner(call: NativeCall, args: readonly Atom[], outs: readonly Var[]): NativeStmt["run"] {
  const places = new Map<Atom, number>()
  args.forEach((arg, k) => {
    if (isVar(arg)) places.set(arg, k)
  })
  const atoms = atomsOf(call.result)
  return (runtime, given) => {
    const { values } = valueOf(call.operands, given, []) as Tuple
    const raw: unknown[] = []
    if (!takeApart(call.result, call.apply(runtime, values), raw)) return null
    const out = new Map<Var, unknown>()
    for (let k = 0; k < atoms.length; k++) {
      const atom = atoms[k]!
      if (!isVar(atom)) {
        if (raw[k] !== atom) return null
        continue
      }
      const place = places.get(atom)
      if (place !== undefined) {
        if (raw[k] !== given[place]) return null
        continue
      }
      if (out.has(atom) && out.get(atom) !== raw[k]) return null
      // A result may share its elements with an operand, whose owner may change them.
      out.set(atom, detached(raw[k], given))
    }
    return outs.map((v) => out.get(v))
  }
}

function detached(made: unknown, given: readonly unknown[]): unknown {
  const shared = (arg: unknown): boolean =>
    arg instanceof Float64Array &&
    made instanceof Float64Array &&
    arg.buffer === made.buffer &&
    arg.byteOffset < made.byteOffset + made.byteLength &&
    made.byteOffset < arg.byteOffset + arg.byteLength
  return made instanceof Float64Array && given.some(shared) ? made.slice() : made
}

/** The atoms of a value in the order of its form; false where it has another form. */
function takeApart(form: Abs, value: Value | undefined, out: unknown[]): boolean {
  switch (form.kind) {
    case "num":
      return typeof value === "number" && out.push(value) > 0
    case "bool":
      return typeof value === "boolean" && out.push(value) > 0
    case "array": {
      if (!(value instanceof Tensor) || value.shape.length !== form.dims.length) return false
      const size = value.shape.reduce((n, m) => n * m, 1)
      out.push(value.data.length === size ? value.data : value.data.slice(0, size), 0, ...value.shape)
      return true
    }
    case "bools":
      if (!(value instanceof BoolArray) || value.shape.length !== form.dims.length) return false
      out.push(Float64Array.from(value.data), ...value.shape)
      return true
    case "unit":
      return value === unit
    case "record":
      return (
        value instanceof RecordValue &&
        value.layout === form.layout &&
        form.items.every((item, k) => takeApart(item, value.values[k], out))
      )
    case "tuple":
      return (
        value instanceof Tuple &&
        value.values.length === form.items.length &&
        form.items.every((item, k) => takeApart(item, value.values[k], out))
      )
    default:
      return false
  }
}

// ---------------------------------------------------------------- derivatives

/** The values of the call with other numbers. */
function moved(values: readonly Value[], numbers: readonly Num[]): readonly Value[] {
  return (withNumbers(new Tuple([...values]), numbers) as Tuple).values
}

/** Which numeric leaves of the operands are given tangents, or get cotangents. */
export type Mask = readonly boolean[]

/** The call that also gives tangents: operands and tangents of the active ones in, result and its tangents out. */
export function pushed(call: NativeCall, mask: Mask, tangents: readonly Atom[], result: Abs, out: Abs): NativeCall {
  const count = call.operands.items.length
  return {
    name: `${call.name}'`,
    faults: call.faults,
    operands: { kind: "tuple", items: [...call.operands.items, ...formsOf(call.operands, mask, tangents)] },
    result: { kind: "tuple", items: [result, out] },
    apply: (runtime, values) => {
      const given = values.slice(0, count)
      const leaves = numbersIn(new Tuple([...given]))
      const directions = numbersIn(new Tuple(values.slice(count)))
      let next = 0
      const changes = leaves.map((_, k): Change => (mask[k] === true ? directions[next++] : undefined))
      const tag = freshTag()
      const lifted = call.apply(runtime, moved(given, withTangents(tag, leaves, changes)))
      const parts = numbersIn(lifted).map((leaf) => splitDual(tag, leaf))
      const tangent = parts.map((part) => dense(part.tangent, shapeOf(part.primal)))
      return new Tuple([
        withNumbers(
          lifted,
          parts.map((part) => part.primal),
        ),
        new Tuple(tangent),
      ])
    },
  }
}

/** The call that gives cotangents of the active operands, for cotangents of the result's numbers. */
export function pulled(call: NativeCall, operands: TupleAbs, mask: Mask, cts: readonly Abs[], out: Abs): NativeCall {
  const count = operands.items.length
  return {
    name: `${call.name}ᵀ`,
    faults: false,
    operands: { kind: "tuple", items: [...operands.items, ...cts] },
    result: out,
    apply: (runtime, values) => {
      const given = values.slice(0, count)
      const leaves = numbersIn(new Tuple([...given]))
      const active = leaves.filter((_, k) => mask[k] === true)
      const recording = new Recording(active, (bytes) => {
        runtime.charge(bytes)
      })
      try {
        let next = 0
        const inputs = leaves.map((leaf, k) => (mask[k] === true ? recording.inputs[next++]! : leaf))
        const outputs = leavesOf(call.apply(runtime, moved(given, inputs))).filter(isNum)
        const changes = recording.pull(outputs, numbersIn(new Tuple(values.slice(count))))
        return new Tuple(active.map((leaf, k) => dense(changes[k], shapeOf(leaf))))
      } finally {
        // Its memory serves the next one.
        recording.close()
      }
    },
  }
}

/** For each active numeric leaf, the form of a number or array with this atom for its numbers. */
export function formsOf(operands: Abs, mask: Mask, atoms: readonly Atom[]): Abs[] {
  let next = 0
  return leafForms(operands)
    .filter((_, k) => mask[k] === true)
    .map((leaf) => withNumberAtoms(leaf, [atoms[next++]!]))
}

/** The numeric leaves of a form, each a number or an array. */
export function leafForms(a: Abs): Abs[] {
  switch (a.kind) {
    case "num":
      return [num(a.atom)]
    case "array":
      return [a]
    case "tuple":
    case "record":
    case "variant":
      return a.items.flatMap(leafForms)
    default:
      return []
  }
}
