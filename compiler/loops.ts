/**
 * Loops in the specialiser.
 * A loop stays one: its body is written once, on variables that stand for what changes from turn to turn, and again where a guess of what changes was
 * wrong. It must not know what is in the body.
 */

import type { ForCore, WhileCore } from "../lang/core.ts"
import {
  atomRoles,
  atomsOf,
  formOf,
  held,
  isArray,
  listItem,
  num,
  unitAbs,
  withAtoms,
  type Abs,
  type ArrayAbs,
} from "./abstract.ts"
import { indexValue } from "./arrays.ts"
import { typeOf, unsupported, type Builder } from "./builder.ts"
import { boxableType } from "./boxes.ts"
import { blank, commonForm, inForm } from "./forms.ts"
import { restore, updatedSlots, type Frame, type Slots } from "./frame.ts"
import { elementAt } from "./several.ts"
import type { Specialiser } from "./specialise.ts"
import { isVar, type Atom, type Scope, type Var } from "./sir.ts"
import { onlyCase } from "./unions.ts"
import { owned, snapshot } from "./updates.ts"

export function sourceOf(s: Specialiser, given: Abs): { from: Atom; to: Atom; at: (i: Atom) => Abs } {
  const value = onlyCase(s, given, (a) => isArray(a) || ["bools", "list", "several"].includes(a.kind))
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
    case "several":
      return { from: 0, to: value.items.length, at: (i) => elementAt(s, value, i) }
    default:
      return unsupported(`a loop over a ${value.kind}`)
  }
}

export function forLoop(s: Specialiser, core: ForCore, f: Frame): Abs {
  const source = s.evaluate(core.source, f)
  if (source.kind === "several" && core.exit === null) {
    for (const item of source.items) {
      s.b.steps(1)
      f.slots[core.slot] = held(item)
      s.evaluate(core.body, f)
    }
    return unitAbs
  }
  const { from, to, at } = sourceOf(s, source)
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
  const { findings } = s.site
  const varying = new Map<number, boolean[]>()
  /** How long the buffers of a variable are, where not as long in every turn as at the start: carried beside them, or unknown. */
  const lengths = new Map<number, "carried" | "unknown">()
  /** What a variable without a value before the loop is like in it: for samples. */
  const likeness = new Map<number, Abs>()
  const guess = (slot: number, value: Abs, buffers: boolean): void => {
    const roles = atomRoles(value)
    varying.set(
      slot,
      atomsOf(value).map((atom, k) => roles[k] === "value" && (buffers || typeOf(atom) !== "buf")),
    )
  }
  const bring = (slot: number, form: Abs): void => {
    const old = before[slot]
    const made = old === undefined ? blank(s.b, form) : inForm(s.b, old, form)
    before[slot] = changed.has(slot) ? owned(s, made) : made
  }
  for (const slot of carried) {
    if (before[slot] !== undefined) guess(slot, before[slot], false)
    const known = findings.get(slot)
    if (known === undefined || !fits(s.b, before[slot], known.form)) continue
    bring(slot, known.form)
    varying.set(slot, [...known.varying])
    if (known.lengths !== undefined) lengths.set(slot, known.lengths)
    if (known.likeness !== undefined) likeness.set(slot, known.likeness)
  }
  for (let attempt = 0; attempt < 12; attempt++) {
    const slots = carried.filter((slot) => before[slot] !== undefined)
    let again = false
    /** Variables that need another form, since the loop gives them a value of another. */
    const wanted = new Map<number, Abs>()
    /** What the loop gives a first value, though it lives on after it. */
    const begun = new Map<number, Abs>()
    const forms: { slot: number; form: Abs; atoms: (Atom | number)[] }[] = []
    const starts: Atom[] = []
    const params: Var[] = []
    const result = s.b.attempt(() => {
      const scope = s.b.prepare("loop")
      const outs = write(scope, (body) => {
        const inits: Atom[] = []
        const param = (init: Atom, sample: Atom): Var => {
          const v = s.b.fresh(typeOf(init), "p", scope)
          s.samples.set(v, s.samples.of(sample))
          params.push(v)
          inits.push(init)
          starts.push(sample)
          return v
        }
        for (const slot of slots) {
          const value = before[slot]!
          const roles = atomRoles(value)
          const like = likeness.has(slot) ? atomsOf(likeness.get(slot)!) : []
          const atoms = atomsOf(value).map((atom, k): Atom => {
            if (varying.get(slot)![k] !== true) return atom
            const v = param(atom, like[k] ?? atom)
            v.int = roles[k] === "shape"
            if (!isVar(atom) || atom.type !== "buf") return v
            v.mutable = atom.mutable
            if (!lengths.has(slot)) v.length = atom.length
            else if (lengths.get(slot) === "carried" && atom.length !== null) {
              const length = param(atom.length, (like[k] as Var | undefined)?.length ?? atom.length)
              length.int = length.natural = true
              v.length = length
            }
            return v
          })
          f.slots[slot] = withAtoms(value, atoms, true)
        }
        s.b.within(
          "loop",
          () => {
            const entered = [...f.slots]
            const exit = body()
            const nexts: Atom[] = []
            const guesses: Atom[] = []
            for (const slot of carried) {
              const made = f.slots[slot]
              if (before[slot] !== undefined || made === undefined) continue
              if (made.kind === "never" || made.kind === "mixed") continue
              likeness.set(slot, made)
              begun.set(slot, made)
            }
            for (const slot of slots) {
              const value = before[slot]!
              // What nothing reads any more may be anything.
              const given = f.slots[slot] ?? entered[slot]!
              const form = carriedForm(s.b, value, given, attempt)
              if (formOf(form) !== formOf(value)) {
                wanted.set(slot, form)
                continue
              }
              const after = inForm(s.b, given, form)
              const old = atomsOf(value)
              const roles = atomRoles(value)
              const changes = varying.get(slot)!
              const atoms = atomsOf(after).map((atom, k): Atom | number => {
                if (changes[k] === true) {
                  nexts.push(atom)
                  const place = nexts.length - 1
                  const length = params[place]!.length
                  if (!isVar(atom) || atom.type !== "buf" || length === null || wanted.size > 0) return place
                  if (atom.length === null) {
                    lengths.set(slot, "unknown")
                    again = true
                  } else if (lengths.has(slot)) nexts.push(atom.length)
                  else if (atom.length !== length) guesses.push(s.b.let("same", [length, atom.length]))
                  return place
                }
                if (atom !== old[k]) changes[k] = again = true
                return atom
              })
              // Where shapes change, so may lengths.
              const shapes = changes.some((change, k) => change && roles[k] === "shape")
              if ((shapes || likeness.has(slot)) && !lengths.has(slot) && old.some((atom) => typeOf(atom) === "buf")) {
                lengths.set(slot, "carried")
                again = true
              }
              forms.push({ slot, form: after, atoms })
            }
            for (const guess of guesses) s.b.guard(guess)
            scope.block.results = exit === null ? nexts : [...nexts, exit]
          },
          scope,
        )
        return { params, inits }
      })
      return again || wanted.size > 0 || begun.size > 0 ? null : outs
    })
    if (result === null) {
      for (const [slot, form] of [...wanted, ...begun]) {
        bring(slot, form)
        guess(slot, before[slot]!, true)
      }
      restore(f, before)
      continue
    }
    restore(f, before)
    for (const slot of slots)
      findings.set(slot, {
        form: before[slot]!,
        varying: varying.get(slot)!,
        lengths: lengths.get(slot),
        likeness: likeness.get(slot),
      })
    result.forEach((out, k) => {
      s.samples.set(out, s.samples.of(starts[k]!))
      const length = params[k]!.length
      const place = length === null ? -1 : params.indexOf(length as Var)
      if (place >= 0) out.length = result[place]!
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

/** The form of a carried value; variants whose forms still grow after a few attempts are boxes. */
function carriedForm(b: Builder, value: Abs, given: Abs, attempt: number): Abs {
  const form = commonForm(value, given)
  if (form !== null && (attempt < patience || formOf(form) === formOf(value))) return form
  const type = boxableType(value)
  if (type !== null && boxableType(given) === type) return { kind: "boxed", of: b.boxedTypes.of(type), atom: null }
  return form ?? unsupported("a variable that changes its kind in a loop")
}
const patience = 3

/** Can a value, or none, be brought into a form that was found for the variable before? */
function fits(b: Builder, value: Abs | undefined, form: Abs): boolean {
  if (value !== undefined) {
    const common = commonForm(value, form)
    return common !== null && formOf(common) === formOf(form)
  }
  // Where its dimensions are no longer there, those of now are to be found.
  const roles = atomRoles(form)
  return atomsOf(form).every((atom, k) => roles[k] === "value" || !isVar(atom) || b.visible(atom))
}
