/**
 * Changes of variants of any depth.
 * A change of a box is a box of the same variant with the changes of its fields, null where nothing changes, so that a gradient takes no more than what contributes to it; before
 * anything but the code sees it, it is settled: zeros take the places of what is absent. It must not know where changes come from.
 */

import { unit, VariantValue, type Value } from "../interpreter/values/values.ts"
import { typeOf, type Builder } from "./builder.ts"
import { isVar, type Atom, type BoxOp } from "./sir.ts"

/** A box of changes: null is what does not change, and stands in the place of what is no number and no variant. */
type Fields = (Value | null)[]

/** The sum of two changes of one box: new where both are. */
export const sumOfChanges: BoxOp = {
  name: "sum",
  linear: [0, 1],
  run: (x, y) => {
    if (x === null || y === null) return x ?? y
    const sum = copyOf(x)
    const open: [VariantValue, VariantValue][] = [[sum, y]]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const into = next[0].values as Fields
      const other = next[1]
      for (let k = 0; k < into.length; k++) {
        const [a, b] = [into[k]!, other.at(k) as Value | null]
        if (a === null) into[k] = b
        else if (typeof a === "number" && typeof b === "number") into[k] = a + b
        else if (a instanceof VariantValue && b instanceof VariantValue) {
          const inner = copyOf(a)
          into[k] = inner
          open.push([inner, b])
        }
      }
    }
    return sum
  },
}

function copyOf(box: VariantValue): VariantValue {
  const { variant } = box
  return new VariantValue(
    variant,
    variant.fields.map((_, k) => box.at(k)),
  )
}

/** The owner of changes that are known to be settled: nobody, so that no variable takes them for its own. */
export const settled = {}

/** A value whose parts are shared may unfold to more than there are: then tier 0 says what becomes of it. */
const mostSettled = 2 ** 22

/**
 * A change as a value of the language: every number of the box has a finite change, and everything that is no number has `()`. Nothing where the change is of
 * another form.
 */
export const settledChange: BoxOp = {
  name: "settled",
  linear: [1],
  run: (box, change) => {
    if (!(box instanceof VariantValue)) return undefined
    return isSettled(box, change) ? change : filled(box, change)
  },
}

/** Is it one already, so that nothing has to be made? */
function isSettled(box: VariantValue, change: VariantValue | null): boolean {
  const boxes = [box]
  const changes = [change]
  for (let seen = 0; boxes.length > 0; seen++) {
    const at = boxes.pop()!
    const { variant } = at
    const given = changes.pop()
    if (given?.owner === settled) continue
    if (given == null || given.variant !== variant || seen > mostSettled) return false
    for (let k = 0; k < variant.fields.length; k++) {
      const [value, part] = [at.at(k), given.at(k)]
      if (value instanceof VariantValue) {
        if (!(part instanceof VariantValue)) return false
        boxes.push(value)
        changes.push(part)
      } else if (typeof value !== "number" || typeof part !== "number" || !Number.isFinite(part) || Object.is(part, -0))
        return false
    }
  }
  return true
}

function filled(box: VariantValue, change: VariantValue | null): VariantValue | undefined {
  const root = new VariantValue(box.variant, new Array<Value>(box.variant.fields.length))
  const open: [VariantValue, VariantValue | null, VariantValue][] = [[box, change, root]]
  for (let seen = 0, next = open.pop(); next !== undefined; next = open.pop()) {
    const [at, given, { values: into }] = next
    const { variant } = at
    if (++seen > mostSettled || (given !== null && given.variant !== variant)) return undefined
    for (let k = 0; k < variant.fields.length; k++) {
      const value = at.at(k)
      const part = given === null ? null : (given.at(k) as Value | null)
      if (typeof value === "number") {
        const number = part ?? 0
        if (typeof number !== "number" || !Number.isFinite(number)) return undefined
        into[k] = number + 0
      } else if (value instanceof VariantValue) {
        if (part !== null && !(part instanceof VariantValue)) return undefined
        const inner = new VariantValue(value.variant, new Array<Value>(value.variant.fields.length))
        into[k] = inner
        open.push([value, part, inner])
      } else if ((typeof value === "boolean" || typeof value === "string" || value === unit) && (part ?? unit) === unit)
        into[k] = unit
      else return undefined
    }
  }
  return root
}

/** What a change is where nothing contributes to it. */
export function absent(v: Atom): Atom {
  return typeOf(v) === "box" ? null : 0
}

/** The sum of two changes of a box; boxes that were made here are made as one. */
export function addChanges(b: Builder, x: Atom, y: Atom): Atom {
  if (x === null) return y
  if (y === null) return x
  const [left, right] = [x, y].map((atom) => (isVar(atom) ? atom.parts : null))
  const before = isVar(x) && x.result?.op === sumOfChanges ? x.result.args : null
  const last = before?.[1]
  if (right != null && isVar(last!) && last.parts?.variant === right.variant)
    return b.boxes(sumOfChanges, [before![0]!, addChanges(b, last, y)])
  if (left == null || right?.variant !== left.variant) return b.boxes(sumOfChanges, [x, y])
  const args = left.args.map((a, k): Atom => {
    const other = right.args[k]!
    if (a === null || other === null) return a ?? other
    return typeOf(a) === "box" ? addChanges(b, a, other) : b.add(a, other)
  })
  return b.make(left.variant, args, left.marks && right.marks)
}
