/**
 * Loops in the specialiser.
 * A loop stays one: its body is written once, on variables that stand for what changes from turn to turn, and again where a guess of what changes was
 * wrong. It must not know what is in the body.
 */

import type { ForCore, WhileCore } from "../lang/core.ts"
import {
  atomRoles,
  atomsOf,
  blankLike,
  formOf,
  held,
  inBuffer,
  isArray,
  listItem,
  num,
  unitAbs,
  withAtoms,
  type Abs,
  type ArrayAbs,
} from "./abstract.ts"
import { indexValue } from "./arrays.ts"
import { typeOf, unsupported } from "./builder.ts"
import { restore, updatedSlots, type Frame, type Slots } from "./frame.ts"
import type { Specialiser } from "./specialise.ts"
import { isVar, type Atom, type Scope, type Var } from "./sir.ts"
import { snapshot } from "./updates.ts"

export function sourceOf(s: Specialiser, value: Abs): { from: Atom; to: Atom; at: (i: Atom) => Abs } {
  switch (value.kind) {
    case "range":
      return { from: value.from, to: value.to, at: num }
    case "array":
      if (value.buf.mutable) {
        const still = snapshot(s, value) as ArrayAbs
        return { from: 0, to: still.dims[0]!, at: (i) => indexValue(s.b, still, [num(i)]) as Abs }
      }
      return { from: 0, to: value.dims[0]!, at: (i) => indexValue(s.b, value, [num(i)]) as Abs }
    case "vector":
    case "bools":
      return { from: 0, to: value.dims[0]!, at: (i) => indexValue(s.b, value, [num(i)]) as Abs }
    case "list":
      return { from: 0, to: value.length, at: (i) => listItem(s.b, value, i) }
    default:
      return unsupported(`a loop over a ${value.kind}`)
  }
}

export function forLoop(s: Specialiser, core: ForCore, f: Frame): Abs {
  const { from, to, at } = sourceOf(s, s.evaluate(core.source, f))
  turns(s, f, updatedSlots(f.code), core.carried, { from, to, exits: core.exit !== null }, (index) => {
    f.slots[core.slot] = at(index)
    s.evaluate(core.body, f)
    return core.exit === null ? null : exitOf(s, f.slots[core.exit])
  })
  return unitAbs
}

/** What `next` makes of a value turn by turn, for from ≤ i < to. */
export function accumulate(
  s: Specialiser,
  from: Atom,
  to: Atom,
  start: Abs,
  next: (index: Atom, value: Abs) => Abs,
): Abs {
  const f: Slots = { slots: [held(start)] }
  turns(s, f, new Set(), [0], { from, to, exits: false }, (index) => {
    f.slots[0] = next(index, held(f.slots[0]!))
    return null
  })
  return held(f.slots[0]!)
}

/** A loop over a range; each turn takes a step, and what it gives says whether it was the last. */
function turns(
  s: Specialiser,
  f: Slots,
  changed: ReadonlySet<number>,
  carried: readonly number[],
  { from, to, exits }: { readonly from: Atom; readonly to: Atom; readonly exits: boolean },
  body: (index: Var) => Atom | null,
): void {
  carry(s, f, changed, carried, (scope, turn) => {
    const index = s.b.fresh("num", "i", scope)
    index.int = true
    index.range = { from, to }
    scope.counted = exits ? null : { from, to, index }
    const { params, inits } = turn(() => {
      s.b.steps(1)
      return body(index)
    })
    const outs = params.map((p) => s.b.after(p))
    const count = exits ? s.b.fresh("num", "n") : null
    if (count !== null) count.int = count.natural = true
    s.b.writeFor({
      kind: "for",
      index,
      from,
      to,
      down: false,
      params,
      inits,
      body: scope.block,
      outs,
      exits,
      count,
    })
    return outs
  })
}

export function whileLoop(s: Specialiser, core: WhileCore, f: Frame): Abs {
  const exits = core.exit !== null
  carry(s, f, updatedSlots(f.code), core.carried, (scope, turn) => {
    let condition = scope
    const { params, inits } = turn(() => {
      condition = s.b.within("arm", (arm) => {
        arm.block.results = [s.condition(s.evaluate(core.condition, f))]
      })
      s.b.steps(1)
      s.evaluate(core.body, f)
      return core.exit === null ? null : exitOf(s, f.slots[core.exit])
    })
    const outs = params.map((p) => s.b.after(p))
    const count = s.b.fresh("num", "n")
    count.int = count.natural = true
    s.b.writeWhile({
      kind: "while",
      params,
      inits,
      condition: condition.block,
      body: scope.block,
      outs,
      exits,
      count,
    })
    return outs
  })
  return unitAbs
}

function exitOf(s: Specialiser, value: Abs | undefined): Atom {
  return value === undefined || value.kind === "unit" ? false : s.condition(value)
}

/**
 * The part of a loop that carries values from turn to turn: finds out which atoms of the carried variables change, by writing the body and looking, and
 * writes it again where an assumption was wrong. `changed`: variables that are assigned in part.
 */
function carry(
  s: Specialiser,
  f: Slots,
  changed: ReadonlySet<number>,
  carried: readonly number[],
  write: (scope: Scope, turn: (body: () => Atom | null) => { params: Var[]; inits: Atom[] }) => Var[],
): void {
  const before = [...f.slots]
  let slots = carried.filter((slot) => before[slot] !== undefined)
  const varying = new Map<number, boolean[]>()
  for (const slot of slots) {
    const value = before[slot]!
    const roles = atomRoles(value)
    varying.set(
      slot,
      atomsOf(value).map((atom, k) => roles[k] === "value" && typeOf(atom) !== "buf"),
    )
  }
  for (let attempt = 0; attempt < 12; attempt++) {
    let again = false
    /** Small arrays that have to be in buffers, since the loop makes them so. */
    const wanted = new Set<number>()
    /** What the loop gives a first value, though it lives on after it. */
    const begun = new Map<number, Abs>()
    const forms: { slot: number; form: Abs; atoms: (Atom | number)[] }[] = []
    let starts: readonly Atom[] = []
    const result = s.b.attempt(() => {
      const scope = s.b.prepare("loop")
      const outs = write(scope, (body) => {
        const params: Var[] = []
        const inits: Atom[] = []
        starts = inits
        for (const slot of slots) {
          const value = before[slot]!
          const roles = atomRoles(value)
          const atoms = atomsOf(value).map((atom, k): Atom => {
            if (varying.get(slot)![k] !== true) return atom
            const param = s.b.fresh(typeOf(atom), "p", scope)
            param.int = roles[k] === "shape"
            if (isVar(atom) && atom.type === "buf") param.mutable = atom.mutable
            s.samples.set(param, s.samples.of(atom))
            params.push(param)
            inits.push(atom)
            return param
          })
          f.slots[slot] = withAtoms(value, atoms, true)
        }
        s.b.within(
          "loop",
          () => {
            const exit = body()
            const nexts: Atom[] = []
            for (const slot of carried) {
              const made = f.slots[slot]
              const blank = before[slot] === undefined && made !== undefined ? blankLike(made) : null
              if (blank !== null) begun.set(slot, blank)
            }
            for (const slot of slots) {
              const value = before[slot]!
              let after = f.slots[slot] ?? unsupported("a variable that a loop leaves without a value")
              if (formOf(after) !== formOf(value)) {
                if (isArray(after) && isArray(value) && value.kind !== "array") {
                  wanted.add(slot)
                  continue
                }
                if (isArray(after) && value.kind === "array") after = inBuffer(s.b, after)
                if (formOf(after) !== formOf(value)) unsupported("a variable that changes its kind in a loop")
              }
              const old = atomsOf(value)
              const atoms = atomsOf(after).map((atom, k): Atom | number => {
                if (varying.get(slot)![k] === true) {
                  nexts.push(atom)
                  return nexts.length - 1
                }
                if (atom !== old[k]) {
                  varying.get(slot)![k] = true
                  again = true
                }
                return atom
              })
              forms.push({ slot, form: after, atoms })
            }
            params.forEach((param, k) => {
              const [from, next] = [inits[k]!, nexts[k]!]
              if (param.type === "buf" && isVar(from) && isVar(next)) sameLength(s, param, from, next)
            })
            scope.block.results = exit === null ? nexts : [...nexts, exit]
          },
          scope,
        )
        return { params, inits }
      })
      return again || wanted.size > 0 || begun.size > 0 ? null : outs
    })
    if (result === null) {
      for (const slot of wanted) {
        before[slot] = inBuffer(s.b, before[slot]!, changed.has(slot))
        varying.set(
          slot,
          atomsOf(before[slot]).map(() => false),
        )
      }
      for (const [slot, blank] of begun) {
        before[slot] = blank
        const roles = atomRoles(blank)
        varying.set(
          slot,
          atomsOf(blank).map((_, k) => roles[k] === "value"),
        )
      }
      slots = carried.filter((slot) => before[slot] !== undefined)
      restore(f, before)
      continue
    }
    restore(f, before)
    result.forEach((out, k) => {
      s.samples.set(out, s.samples.of(starts[k]!))
    })
    for (const { slot, form, atoms } of forms) {
      f.slots[slot] = withAtoms(
        form,
        atoms.map((atom, k) => (varying.get(slot)![k] === true ? result[atom as number]! : atom)),
        true,
      )
    }
    return
  }
  unsupported("a loop whose variables do not settle")
}

/** A buffer carried through a loop has a known length where it begins with one and every turn gives one as long. */
function sameLength(s: Specialiser, param: Var, from: Var, next: Var): void {
  if (from.length === null || next.length === null) return
  if (from.length !== next.length) s.b.guard(s.b.let("same", [from.length, next.length]))
  param.length = from.length
}
