/**
 * Choices in the specialiser: `if`, `and`, `or`.
 * Both arms are written from the same variables, and what they leave is joined: a value that differs becomes a result of the choice, in a form that fits both.
 * It must not know what is in the arms.
 */

import type { Core, IfCore } from "../lang/core.ts"
import {
  atomsOf,
  blankLike,
  bool,
  formOf,
  inBuffer,
  isArray,
  isStructure,
  unitAbs,
  withAtoms,
  type Abs,
} from "./abstract.ts"
import { typeOf } from "./builder.ts"
import { restore, type Frame } from "./frame.ts"
import type { Specialiser } from "./specialise.ts"
import { isVar, type Atom, type Scope, type Var } from "./sir.ts"
import { logicOf } from "./truths.ts"

export function logic(s: Specialiser, op: "and" | "or", left: Core, right: Core, f: Frame): Abs {
  const first = s.evaluate(left, f)
  if (first.kind === "bools") return logicOf(s, op, first, s.evaluate(right, f))
  const a = s.condition(first)
  if (a === (op === "or")) return bool(a)
  if (typeof a === "boolean") return s.evaluate(right, f)
  const arm = s.b.within("arm", (scope) => {
    scope.block.results = [s.condition(s.evaluate(right, f))]
  })
  const b = arm.block.results[0]!
  if (arm.block.stmts.length === 0) return bool(s.b.let(op, [a, b]))
  const other = s.b.within("arm", (scope) => {
    scope.block.results = [op === "or"]
  })
  return bool(s.b.if(a, op === "and" ? arm : other, op === "and" ? other : arm)[0]!)
}

export function choose(s: Specialiser, core: IfCore, f: Frame): Abs {
  const condition = s.condition(s.evaluate(core.condition, f))
  if (typeof condition === "boolean") return s.evaluate(condition ? core.then : core.else, f)
  const before = [...f.slots]
  let a: Abs = unitAbs
  let b: Abs = unitAbs
  const then = s.b.within("arm", () => {
    a = s.evaluate(core.then, f)
  })
  const afterThen = [...f.slots]
  restore(f, before)
  if (isNever(a)) {
    s.b.guard(s.b.let("not", [condition]))
    return s.evaluate(core.else, f)
  }
  const otherwise = s.b.within("arm", () => {
    b = s.evaluate(core.else, f)
  })
  if (isNever(b)) {
    s.b.guard(condition)
    restore(f, afterThen)
    s.b.merge(then)
    return a
  }
  const pairs: [Abs | undefined, Abs | undefined][] = afterThen.map((value, k) => [value, f.slots[k]])
  pairs.push([a, b])
  const joined = join(s, condition, then, otherwise, pairs)
  joined.slice(0, -1).forEach((value, k) => (f.slots[k] = value))
  return joined.at(-1)!
}

/** The values after a choice, from those after each arm. */
function join(
  s: Specialiser,
  condition: Atom,
  then: Scope,
  otherwise: Scope,
  pairs: readonly [Abs | undefined, Abs | undefined][],
): (Abs | undefined)[] {
  const left: Atom[] = []
  const right: Atom[] = []
  const plans = pairs.map(([x, y]): { form: Abs | undefined; atoms: (Atom | number)[]; fixed: boolean[] } => {
    if (x === y) return { form: x, atoms: x === undefined ? [] : atomsOf(x), fixed: [] }
    // What only one arm sets is not read after the other: any value will do there.
    const whole = x ?? y!
    const blank = x === undefined || y === undefined ? blankLike(whole) : null
    if ((x === undefined || y === undefined) && blank === null) return { form: undefined, atoms: [], fixed: [] }
    const [a, b] = alike(s, x ?? blank!, y ?? blank!, then, otherwise)
    if (a === null || b === null) return { form: { kind: "mixed" }, atoms: [], fixed: [] }
    const xs = atomsOf(a)
    const ys = atomsOf(b)
    const fixed: boolean[] = []
    const atoms = xs.map((atom, k) => {
      const other = ys[k]!
      fixed.push(atom === other)
      if (atom === other) return atom
      left.push(atom)
      right.push(other)
      return left.length - 1
    })
    return { form: either(a, b), atoms, fixed }
  })
  // Buffers of different lengths: the length is chosen beside the buffer.
  const lengths = new Map<number, number>()
  left.slice().forEach((x, k) => {
    const y = right[k]!
    if (!isVar(x) || !isVar(y) || x.length === null || y.length === null || x.length === y.length) return
    lengths.set(k, left.length)
    left.push(x.length)
    right.push(y.length)
  })
  then.block.results = left
  otherwise.block.results = right
  const cheap =
    then.block.stmts.length === 0 && otherwise.block.stmts.length === 0 && left.every((atom) => typeOf(atom) === "num")
  const outs: Atom[] = cheap
    ? left.map((x, k) => s.b.let("select", [condition, x, right[k]!]))
    : s.b.if(condition, then, otherwise)
  outs.forEach((out, k) => {
    s.samples.set(out, s.samples.of(left[k]!) ?? s.samples.of(right[k]!))
  })
  for (const [k, length] of lengths) (outs[k] as Var).length = outs[length]!
  return plans.map(({ form, atoms, fixed }) => {
    if (form === undefined || fixed.length === 0) return form
    return withAtoms(
      form,
      atoms.map((atom, k) => (fixed[k] === true ? atom : outs[atom as number]!)),
      true,
    )
  })
}

/** The form of what may be either of two values of one form: an array is nobody else's where it is so in both. */
function either(x: Abs, y: Abs): Abs {
  if (x.kind === "array" && y.kind === "array") return { ...x, fresh: x.fresh && y.fresh }
  return isStructure(x) && isStructure(y) ? { ...x, items: x.items.map((item, k) => either(item, y.items[k]!)) } : x
}

/** Two values in one form, where that can be; what has to be made for it is made in its arm. */
function alike(s: Specialiser, x: Abs, y: Abs, then: Scope, otherwise: Scope): [Abs, Abs] | [null, null] {
  if (formOf(x) === formOf(y)) return [x, y]
  if (isArray(x) && isArray(y)) {
    let a = x
    let b = y
    s.b.within("arm", () => (a = inBuffer(s.b, x)), then)
    s.b.within("arm", () => (b = inBuffer(s.b, y)), otherwise)
    if (formOf(a) === formOf(b)) return [a, b]
  }
  if (isStructure(x) && isStructure(y) && x.kind === y.kind && x.items.length === y.items.length) {
    const pairs = x.items.map((item, k) => alike(s, item, y.items[k]!, then, otherwise))
    const a = { ...x, items: pairs.map(([item], k) => item ?? x.items[k]!) }
    const b = { ...y, items: pairs.map(([, item], k) => item ?? y.items[k]!) }
    if (formOf(a) === formOf(b)) return [a, b]
  }
  return [null, null]
}

function isNever(a: Abs): boolean {
  return a.kind === "never"
}
