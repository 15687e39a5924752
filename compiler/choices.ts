/**
 * Choices in the specialiser: `if`, `and`, `or`.
 * Both arms are written from the same variables, and what they leave is joined: a value that differs becomes a result of the choice, in a form that fits both.
 * It must not know what is in the arms.
 */

import type { Core, IfCore } from "../lang/core.ts"
import { atomsOf, bool, derivedIn, unitAbs, withAtoms, type Abs } from "./abstract.ts"
import { typeOf } from "./builder.ts"
import { blank, commonForm, freshInBoth, inForm } from "./forms.ts"
import { restore, type Frame, type Slots } from "./frame.ts"
import { everything, needsOf, type Needs } from "./liveness.ts"
import type { Specialiser } from "./specialise.ts"
import { isVar, type Atom, type Scope, type Var } from "./sir.ts"
import { logicOf } from "./truths.ts"

export function logic(s: Specialiser, op: "and" | "or", left: Core, right: Core, f: Frame): Abs {
  const first = s.evaluate(left, f)
  if (first.kind === "bools") return logicOf(s, op, first, s.evaluate(right, f))
  const a = s.condition(first)
  if (a === (op === "or")) return bool(a)
  if (typeof a === "boolean") return s.evaluate(right, f)
  const second = (): Atom => s.condition(s.evaluate(right, f))
  const arm = s.b.within("arm", (scope) => {
    scope.block.results = [op === "and" ? s.where(a, second) : second()]
  })
  const b = arm.block.results[0]!
  const found = (out: Atom): Abs => {
    if (op === "and") s.both(out, a, b)
    return bool(out)
  }
  if (arm.block.stmts.length === 0) return found(s.b.let(op, [a, b]))
  const other = s.b.within("arm", (scope) => {
    scope.block.results = [op === "or"]
  })
  return found(s.b.if(a, op === "and" ? arm : other, op === "and" ? other : arm)[0]!)
}

export function choose(s: Specialiser, core: IfCore, f: Frame): Abs {
  const condition = s.condition(s.evaluate(core.condition, f))
  return branch(
    s,
    condition,
    () => s.where(condition, () => s.evaluate(core.then, f)),
    () => s.evaluate(core.else, f),
    f,
    needsOf(f.code, core),
  )
}

/** What one of two pieces of code gives and leaves in a frame; `needs`: what of it is read. */
export function branch(
  s: Specialiser,
  condition: Atom,
  then: () => Abs,
  otherwise: () => Abs,
  f: Slots = { slots: [] },
  needs: Needs = everything,
): Abs {
  if (typeof condition === "boolean") return condition ? then() : otherwise()
  const before = [...f.slots]
  let a: Abs = unitAbs
  let b: Abs = unitAbs
  const left = s.b.within("arm", () => {
    a = then()
  })
  const afterThen = [...f.slots]
  restore(f, before)
  if (isNever(a)) {
    s.b.guard(s.b.let("not", [condition]))
    return otherwise()
  }
  const right = s.b.within("arm", () => {
    b = otherwise()
  })
  if (isNever(b)) {
    s.b.guard(condition)
    restore(f, afterThen)
    s.b.merge(left)
    return a
  }
  const pairs = afterThen.map((value, k): [Abs | undefined, Abs | undefined] =>
    needs.slot(k) || value === f.slots[k] ? [value, f.slots[k]] : [undefined, undefined],
  )
  pairs.push(needs.value ? [a, b] : [unitAbs, unitAbs])
  const joined = join(s, condition, left, right, pairs)
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
    if (x === y) return { form: x, atoms: [], fixed: [] }
    const [a, b] = alike(s, x, y, then, otherwise)
    if (a === null || b === null) return { form: { kind: "mixed" }, atoms: [], fixed: [] }
    const xs = atomsOf(a)
    const ys = atomsOf(b)
    const fixed: boolean[] = []
    const atoms = xs.map((atom, k) => {
      const other = ys[k]!
      fixed.push(Object.is(atom, other))
      if (Object.is(atom, other)) return atom
      left.push(atom)
      right.push(other)
      return left.length - 1
    })
    return { form: freshInBoth(a, b), atoms, fixed }
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

/**
 * Two values in one form, where that can be; what has to be made for it is made in its arm. What only one arm fills is not read after the other: any value will
 * do there.
 */
function alike(
  s: Specialiser,
  x: Abs | undefined,
  y: Abs | undefined,
  then: Scope,
  otherwise: Scope,
): [Abs, Abs] | [null, null] {
  if (readsBeyond(s, x) || readsBeyond(s, y)) return [null, null]
  const form = x === undefined ? y! : y === undefined ? x : commonForm(x, y)
  if (form === null || form.kind === "never" || form.kind === "mixed") return [null, null]
  const made = (value: Abs | undefined, scope: Scope): Abs => {
    let out = form
    s.b.within("arm", () => (out = value === undefined ? blank(s.b, form) : inForm(s.b, value, form)), scope)
    return out
  }
  return [made(x, then), made(y, otherwise)]
}

/** Is there a derived function in it that reads what is made in an arm? Such atoms are not the value's own, and so are not handed out of the arm. */
function readsBeyond({ b }: Specialiser, a: Abs | undefined): boolean {
  return derivedIn(a).some(({ of }) => of.flatMap(atomsOf).some((atom) => isVar(atom) && !b.visible(atom)))
}

function isNever(a: Abs): boolean {
  return a.kind === "never"
}
