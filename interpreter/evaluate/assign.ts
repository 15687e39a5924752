/**
 * A value with one part changed: what assignment to `v[i]`, `v.w` and deeper paths means.
 * Each holder on the way is changed in place if the variable owns it and copied once otherwise; what was copied the variable owns from then on, so that
 * filling an array in a loop copies nothing. It must not know nodes nor frames.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { locate, raise } from "../../lang/report/fault.ts"
import type { Span } from "../../lang/report/span.ts"
import { BoolArray, broadcastShape, sameShape, type Shape } from "../arrays/tensor.ts"
import { broadcastTo } from "../autodiff/lift.ts"
import { isNum, isScalar, shapeOf, type Num } from "../autodiff/num.ts"
import { element, region, updateElement, updateRegion } from "../autodiff/structure.ts"
import { settle } from "../values/build.ts"
import { kindOf } from "../values/kinds.ts"
import { copyOf, disown, isOwned, own } from "../values/ownership.ts"
import { sequenceOf } from "../values/sequence.ts"
import {
  childrenOf,
  isStructure,
  List,
  RecordValue,
  Tuple,
  VariantValue,
  type Structure,
  type Value,
} from "../values/values.ts"
import { indexValue, integerOf, offsetsOf, pick, positionOf, type IndexItem, type Offsets } from "./indexing.ts"
import type { Operator } from "./operators.ts"

export type PathStep =
  | { readonly kind: "index"; readonly items: readonly IndexItem[]; readonly span: Span }
  | { readonly kind: "field"; readonly name: string; readonly span: Span }

/** What happens at the end of the path: `= value`, or `op= value`. */
export interface Assignment {
  readonly op: Operator | null
  readonly value: Value
  readonly span: Span
}

/** `holder` with the part at the end of `path` assigned, for the variable with `token`. */
export function assignPart(holder: Value, path: readonly PathStep[], token: object, assignment: Assignment): Value {
  const [step, ...rest] = path
  if (step === undefined) return combined(holder, assignment)
  try {
    if (step.kind === "field") return assignField(holder, step.name, rest, token, assignment)
    return assignIndex(holder, step.items, rest, token, assignment, step.span)
  } catch (error) {
    locate(error, step.span)
    throw error
  }
}

/** The new part from the old one. */
function combined(old: Value, { op, value, span }: Assignment): Value {
  if (op === null) return value
  try {
    return op(old, value)
  } catch (error) {
    locate(error, span)
    throw error
  }
}

function assignField(
  holder: Value,
  name: string,
  rest: readonly PathStep[],
  token: object,
  assignment: Assignment,
): Value {
  const i =
    holder instanceof RecordValue
      ? (holder.layout.index.get(name) ?? -1)
      : holder instanceof VariantValue
        ? holder.variant.fields.indexOf(name)
        : -1
  if (i < 0) raise(faults.noSuchUpdate(name, kindOf(holder)))
  return replaceChild(holder as Structure, i, rest, token, assignment)
}

/** Child `i` of a holder assigned, in place where that is allowed. */
function replaceChild(
  holder: Structure,
  i: number,
  rest: readonly PathStep[],
  token: object,
  assignment: Assignment,
): Value {
  const owned = isOwned(holder, token)
  let child = childrenOf(holder)[i]!
  // A child of what others hold too is theirs as well, whatever its mark says.
  if (!owned && rest.length > 0) child = disown(child)
  const part = assignPart(child, rest, token, assignment)
  const out = owned ? holder : copyOf(holder)
  own(out, token)
  childrenOf(out)[i] = part
  return out instanceof List ? settle(out, i) : out
}

function assignIndex(
  holder: Value,
  items: readonly IndexItem[],
  rest: readonly PathStep[],
  token: object,
  assignment: Assignment,
  span: Span,
): Value {
  if (holder instanceof BoolArray) return assignBooleans(holder, items, rest, token, assignment)
  if (typeof holder !== "number" && isNum(holder) && !isScalar(holder)) {
    return assignNumbers(holder, items, rest, token, assignment)
  }
  const [first, ...others] = items
  if (isStructure(holder) && typeof first === "string")
    return assignField(holder, first, deeper(others, rest, span), token, assignment)
  if (holder instanceof Tuple) {
    const i = positionOf(integerOf(first as Value, "an index"), holder.values.length)
    return replaceChild(holder, i, deeper(others, rest, span), token, assignment)
  }
  if (holder instanceof List) {
    const taken = pick(first!, holder.items.length)
    if (typeof taken === "number") return replaceChild(holder, taken, deeper(others, rest, span), token, assignment)
    return assignMany(holder, items, taken.positions, rest, token, assignment)
  }
  return raise(faults.notIndexable(kindOf(holder)))
}

/** The path that goes on with the other items of an index: `xs[i, j]` of a list is `xs[i][j]`. */
function deeper(items: readonly IndexItem[], rest: readonly PathStep[], span: Span): readonly PathStep[] {
  return items.length === 0 ? rest : [{ kind: "index", items, span }, ...rest]
}

/** Several elements of a list: one new value for each. */
function assignMany(
  list: List,
  items: readonly IndexItem[],
  positions: Int32Array,
  rest: readonly PathStep[],
  token: object,
  assignment: Assignment,
): Value {
  if (items.length > 1) raise(faults.tooManyIndices(items.length, 1))
  const part = assignPart(disown(indexValue(list, items)), rest, token, assignment)
  const values = sequenceOf(part)
  if (values === null || values.length !== positions.length) {
    raise(faults.elementDoesNotFit(kindOf(part), `${String(positions.length)} elements of a list`))
  }
  const out = isOwned(list, token) ? list : (copyOf(list) as List)
  own(out, token)
  for (let k = 0; k < positions.length; k++) out.items[positions[k]!] = values.at(k)
  out.witness = -1
  return settle(out, 0)
}

function assignNumbers(
  array: Num,
  items: readonly IndexItem[],
  rest: readonly PathStep[],
  token: object,
  assignment: Assignment,
): Value {
  const shape = shapeOf(array)
  // `m[i][j]` is `m[i, j]`, so that no row is made.
  const [next, ...after] = rest
  if (next?.kind === "index" && items.length + next.items.length <= shape.length && items.every(isOne)) {
    return assignNumbers(array, [...items, ...next.items], after, token, assignment)
  }
  const taken = offsetsOf(shape, items)
  const owned = isOwned(array, token)
  const out =
    rest.length === 0
      ? written(array, taken, assignment, owned)
      : rewritten(array, taken, rest, token, assignment, owned)
  own(out, token)
  return out
}

function isOne(item: IndexItem): boolean {
  return typeof item === "number" || (!(item instanceof BoolArray) && isNum(item as Value) && isScalar(item as Num))
}

function written(array: Num, taken: Offsets, assignment: Assignment, owned: boolean): Num {
  const { offsets, shape } = taken
  if (shape.length === 0) {
    const offset = offsets[0]!
    const item = assignment.op === null ? assignment.value : combined(element(array, offset), assignment)
    if (!isNum(item) || !isScalar(item)) raise(faults.elementDoesNotFit(kindOf(item), kindOf(array)))
    return updateElement(array, offset, item, owned)
  }
  const items = assignment.op === null ? assignment.value : combined(region(array, offsets, shape), assignment)
  return store(array, offsets, shape, items, owned)
}

/** The part is taken out, assigned to, and put back. */
function rewritten(
  array: Num,
  taken: Offsets,
  rest: readonly PathStep[],
  token: object,
  assignment: Assignment,
  owned: boolean,
): Num {
  const { offsets, shape } = taken
  const part = shape.length === 0 ? element(array, offsets[0]!) : region(array, offsets, shape)
  own(part, token)
  const items = assignPart(part, rest, token, assignment)
  return store(array, offsets, shape, items, owned)
}

/** `array` with `items`, broadcast to `shape`, at `offsets`. */
function store(array: Num, offsets: Int32Array, shape: Shape, items: Value, owned: boolean): Num {
  if (!isNum(items)) raise(faults.elementDoesNotFit(kindOf(items), kindOf(array)))
  const given = shapeOf(items)
  const common = broadcastShape(given, shape)
  if (common === null || !sameShape(common, shape)) raise(faults.shapeMismatch("=", shape, given))
  if (offsets.length === 0) return owned ? array : region(array, wholeOf(array), shapeOf(array))
  const spread = given.length === 0 || sameShape(given, shape) ? items : broadcastTo([items], { shape })
  const last = new Map<number, number>()
  offsets.forEach((offset, k) => last.set(offset, k))
  if (last.size === offsets.length) return updateRegion(array, offsets, spread, owned)
  // Of an element that is named twice, the last value stays.
  const distinct = Int32Array.from(last.keys())
  const chosen = isScalar(spread) ? spread : region(spread, Int32Array.from(last.values()), [last.size])
  return updateRegion(array, distinct, chosen, owned)
}

function wholeOf(array: Num): Int32Array {
  return offsetsOf(shapeOf(array), []).offsets
}

function assignBooleans(
  array: BoolArray,
  items: readonly IndexItem[],
  rest: readonly PathStep[],
  token: object,
  assignment: Assignment,
): Value {
  const { offsets, shape } = offsetsOf(array.shape, items)
  const part = assignPart(indexValue(array, items), rest, token, assignment)
  const out = isOwned(array, token) ? array : new BoolArray(array.shape, array.data.slice())
  if (typeof part === "boolean") for (const offset of offsets) out.data[offset] = part ? 1 : 0
  else if (part instanceof BoolArray && sameShape(part.shape, shape)) {
    for (let k = 0; k < offsets.length; k++) out.data[offsets[k]!] = part.data[k]!
  } else raise(faults.elementDoesNotFit(kindOf(part), kindOf(array)))
  own(out, token)
  return out
}
