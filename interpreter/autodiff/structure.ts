/**
 * Putting arrays together and taking them apart, with their derivatives.
 * Reading, writing and appending one element cost O(1) in every mode: a read is one row of the tape, a write hands the cotangent of the new array over to
 * the old one. It must not know what an index looks like in the language: offsets are flat and checked by the caller.
 */

import { copied, zeroed } from "../arrays/fresh.ts"
import { often, reserve, spend } from "../arrays/work.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { sameShape, sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import type { Nary } from "./declare.ts"
import { addChanges2, applyNary, eachTogether, masked, nary, observed, partsOf, tell, zeros } from "./lift.ts"
import { Dual, Masked, Node, primalOf, shapeOf, tagOf, type Change, type Num } from "./num.ts"
import type { Sweep } from "./sweep.ts"
import type { Step } from "./tape.ts"

// ---------------------------------------------------------------- reading

const offsetOf = (options: unknown): number => (options as { offset: number }).offset
const offsetsOf = (options: unknown): { offsets: Int32Array; shape: Shape } =>
  options as { offsets: Int32Array; shape: Shape }

const elementPrimitive: Nary<{ offset: number }> = nary<{ offset: number }>({
  name: "element",
  doc: "One element of an array.",
  eval: ([a], options) => (a as Tensor).data[offsetOf(options)]!,
  rule: () => ({
    push: (da, _args, _out, options) => element(da, offsetOf(options)),
    pushMasked: (da, _args, _out, options) =>
      da.absent[offsetOf(options)] === 1 ? undefined : element(da.value, offsetOf(options)),
    pull: (ct, [a], _out, options) => place(ct, Int32Array.of(offsetOf(options)), shapeOf(a as Num)),
  }),
  shape: () => [],
  linear: true,
  at: [{ args: [[1, 2, 3]], options: { offset: 1 } }],
})

/** Element `offset` (flat, in range) of an array. */
export function element(a: Num, offset: number): Num {
  if (a instanceof Tensor) return a.data[offset]!
  if (a instanceof Node && a.tape.paused === 0) {
    const out = element(a.primal, offset)
    if (!observed()) return new Node(a.tape, a.tape.rowElement(a, offset), out)
    return tell(elementPrimitive.primitive, [a], new Node(a.tape, a.tape.rowElement(a, offset), out), { offset })
  }
  return elementPrimitive([a], { offset })
}

const regionPrimitive: Nary<{ offsets: Int32Array; shape: Shape }> = nary<{ offsets: Int32Array; shape: Shape }>({
  name: "region",
  doc: "Several elements of an array, in a new shape: slices, rows, gathers, transposes.",
  eval: ([a], options) => {
    const { offsets, shape } = offsetsOf(options)
    const from = (a as Tensor).data
    reserve(offsets.length)
    const out = zeroed(offsets.length)
    for (let i = 0; i < out.length; i++) {
      if ((i & often) === 0) spend(often)
      out[i] = from[offsets[i]!]!
    }
    return new Tensor(shape, out)
  },
  rule: () => ({
    push: (da, _args, _out, options) => {
      const { offsets, shape } = offsetsOf(options)
      return region(da, offsets, shape)
    },
    pushMasked: (da, _args, _out, options) => {
      const { offsets, shape } = offsetsOf(options)
      const absent = Uint8Array.from(offsets, (i) => da.absent[i]!)
      return masked(region(da.value, offsets, shape), absent)
    },
    pull: (ct, [a], _out, options) => place(ct, offsetsOf(options).offsets, shapeOf(a as Num)),
    pullMasked: (ct, [a], _out, options) => {
      const { offsets } = offsetsOf(options)
      const present = Int32Array.from(offsets.keys()).filter((i) => ct.absent[i] === 0)
      return place(
        region(ct.value, present, [present.length]),
        present.map((i) => offsets[i]!),
        shapeOf(a as Num),
      )
    },
  }),
  shape: (_shapes, options) => offsetsOf(options).shape,
  linear: true,
  at: [{ args: [[1, 2, 3]], options: { offsets: Int32Array.of(2, 0, 2), shape: [3] } }],
})

/** The elements at flat `offsets`, as an array of `shape` (rank at least 1). */
export function region(a: Num, offsets: Int32Array, shape: Shape): Num {
  return regionPrimitive([a], { offsets, shape })
}

/** Zeros of `shape` with `items` added at `offsets`; where nothing is added, absent. The transpose of reading. */
function place(items: Num, offsets: Int32Array, shape: Shape): Change {
  const absent = new Uint8Array(sizeOf(shape)).fill(1)
  for (const offset of offsets) absent[offset] = 0
  const value = addAt(zeros(shape) as Tensor, items, offsets)
  return absent.includes(1) ? (absent.includes(0) ? new Masked(value, absent) : undefined) : value
}

const addAtPrimitive: Nary<{ offsets: Int32Array }> = nary<{ offsets: Int32Array }>({
  name: "add_at",
  doc: "An array with values added at given elements.",
  eval: ([a, items], options) => {
    const { offsets } = options as { offsets: Int32Array }
    const out = copied((a as Tensor).data)
    if (typeof items === "number") for (const offset of offsets) out[offset]! += items
    else {
      const from = (items as Tensor).data
      for (let i = 0; i < offsets.length; i++) out[offsets[i]!]! += from[i]!
    }
    return new Tensor((a as Tensor).shape, out)
  },
  rule: (k) =>
    k === 0
      ? { push: (da) => da, pushMasked: (da) => da, pull: (ct) => ct, pullMasked: (ct) => ct }
      : {
          push: (dx, [a], _out, options) => place(dx, (options as { offsets: Int32Array }).offsets, shapeOf(a as Num)),
          pushMasked: (dx, [a], _out, options) => {
            const present = Int32Array.from(dx.absent.keys()).filter((i) => dx.absent[i] === 0)
            const { offsets } = options as { offsets: Int32Array }
            return place(
              region(dx.value, present, [present.length]),
              present.map((i) => offsets[i]!),
              shapeOf(a as Num),
            )
          },
          pull: (ct, [, items], _out, options) => {
            const { offsets } = options as { offsets: Int32Array }
            const shape = shapeOf(items as Num)
            return shape.length === 0 ? element(ct, offsets[0]!) : region(ct, offsets, shape)
          },
          pullMasked: (ct, [, items], _out, options) => {
            const { offsets } = options as { offsets: Int32Array }
            const absent = Uint8Array.from(offsets, (i) => ct.absent[i]!)
            const shape = shapeOf(items as Num)
            if (shape.length === 0) return absent[0] === 1 ? undefined : element(ct.value, offsets[0]!)
            return masked(region(ct.value, offsets, shape), absent)
          },
        },
  shape: ([a]) => a!,
  linear: true,
  at: [
    {
      args: [
        [1, 2, 3],
        [4, 5],
      ],
      options: { offsets: Int32Array.of(2, 0) },
    },
  ],
})

/** `a` with `items` (a number where there is one offset, else an array of as many elements) added at flat `offsets`, which may repeat. */
export function addAt(a: Num, items: Num, offsets: Int32Array): Num {
  return addAtPrimitive([a, items], { offsets })
}

// ---------------------------------------------------------------- building

const stackPrimitive: Nary<undefined> = nary<undefined>({
  name: "stack",
  doc: "Numbers or arrays of one shape as the rows of a new array.",
  eval: (items) => {
    const first = items[0]
    if (!(first instanceof Tensor)) return new Tensor([items.length], Float64Array.from(items as number[]))
    const size = first.data.length
    const out = zeroed(size * items.length)
    items.forEach((item, k) => out.set((item as Tensor).data, k * size))
    return new Tensor([items.length, ...first.shape], out)
  },
  rule: (k) => ({
    push: (dx, args) => {
      const shape = shapeOf(args[0] as Num)
      const size = sizeOf(shape)
      return place(dx, run(k * size, size), [args.length, ...shape])
    },
    pushMasked: (dx, args) => {
      const shape = shapeOf(args[0] as Num)
      const size = sizeOf(shape)
      const absent = new Uint8Array(size * args.length).fill(1)
      absent.set(dx.absent, k * size)
      return new Masked(addAt(zeros([args.length, ...shape]), dx.value, run(k * size, size)), absent)
    },
    pull: (ct, args) => row(ct, k, shapeOf(args[0] as Num)),
    pullMasked: (ct, args) => {
      const shape = shapeOf(args[0] as Num)
      const size = sizeOf(shape)
      const absent = ct.absent.subarray(k * size, (k + 1) * size)
      if (shape.length === 0) return absent[0] === 1 ? undefined : element(ct.value, k)
      return masked(row(ct.value, k, shape), absent)
    },
  }),
  shape: (shapes) => [shapes.length, ...shapes[0]!],
  linear: true,
  at: [
    { args: [1, 2] },
    {
      args: [
        [1, 2],
        [3, 4],
      ],
    },
  ],
})

/** The flat offsets from … from + size - 1. */
export function run(from: number, size: number): Int32Array {
  const out = new Int32Array(size)
  for (let i = 0; i < size; i++) out[i] = from + i
  return out
}

/** Row k along the first axis: `shape` is the row's. */
export function row(a: Num, k: number, shape: Shape): Num {
  if (shape.length === 0) return element(a, k)
  const size = sizeOf(shape)
  if (a instanceof Tensor) return new Tensor(shape, copied(a.data, k * size, (k + 1) * size))
  return region(a, run(k * size, size), shape)
}

/** Numbers, or arrays of one shape, as one array (at least one item, all of the same shape). */
export function stack(items: readonly Num[]): Num {
  let tag = 0
  for (const item of items) tag = Math.max(tag, tagOf(item))
  if (tag === 0) return stackPrimitive(items, undefined)
  // One pass for all items of the newest tag, not one sum of whole arrays an item.
  const top = items.find((item) => tagOf(item) === tag)!
  if (!(top instanceof Dual)) return stackPrimitive(items, undefined)
  const out = stack(items.map((item) => (item instanceof Dual && item.tag === tag ? item.primal : item)))
  const shape = shapeOf(top)
  const dxs = items.map((item) => (item instanceof Dual && item.tag === tag ? item.tangent : undefined))
  const [tangent] = eachTogether(dxs, 1, (parts) => [stackChanges(parts, shape)])
  return tell(stackPrimitive.primitive, items, new Dual(tag, out, tangent!), undefined)
}

/** Changes of items of one shape, of which at least one is there, as a change of the array they make. */
function stackChanges(changes: readonly Change[], shape: Shape): Change {
  const size = sizeOf(shape)
  const absent = new Uint8Array(size * changes.length)
  const values = changes.map((change, k): Num => {
    if (change === undefined) absent.fill(1, k * size, (k + 1) * size)
    if (change instanceof Masked) absent.set(change.absent, k * size)
    return change === undefined ? zeros(shape) : change instanceof Masked ? change.value : change
  })
  const value = stack(values)
  return absent.includes(1) ? new Masked(value, absent) : value
}

/** Arrays joined along the first axis (`++`): shapes must agree but for that axis; an empty `[]` joins with anything. */
export function concat(a: Num, b: Num): Num {
  const left = shapeOf(a)
  const right = shapeOf(b)
  if (sizeOf(left) === 0 && left.length === 1) return b
  if (sizeOf(right) === 0 && right.length === 1) return a
  if (left.length !== right.length || !sameShape(left.slice(1), right.slice(1)))
    raise(faults.shapeMismatch("++", left, right))
  return concatPrimitive([a, b], undefined)
}

const concatPrimitive: Nary<undefined> = nary<undefined>({
  name: "concat",
  doc: "Two arrays joined along the first axis.",
  eval: ([a, b]) => {
    const x = a as Tensor
    const y = b as Tensor
    const out = zeroed(x.data.length + y.data.length)
    out.set(x.data)
    out.set(y.data, x.data.length)
    return new Tensor([x.shape[0]! + y.shape[0]!, ...x.shape.slice(1)], out)
  },
  rule: (k) => ({
    push: (dx, [a, b]) => {
      const from = k === 0 ? 0 : sizeOf(shapeOf(a as Num))
      return place(dx, run(from, sizeOf(shapeOf(dx))), concatShape(shapeOf(a as Num), shapeOf(b as Num)))
    },
    pushMasked: (dx, [a, b]) => {
      const from = k === 0 ? 0 : sizeOf(shapeOf(a as Num))
      const shape = concatShape(shapeOf(a as Num), shapeOf(b as Num))
      const absent = new Uint8Array(sizeOf(shape)).fill(1)
      absent.set(dx.absent, from)
      return new Masked(addAt(zeros(shape), dx.value, run(from, dx.absent.length)), absent)
    },
    pull: (ct, args) => {
      const shape = shapeOf(args[k] as Num)
      return region(ct, run(k === 0 ? 0 : sizeOf(shapeOf(args[0] as Num)), sizeOf(shape)), shape)
    },
    pullMasked: (ct, args) => {
      const shape = shapeOf(args[k] as Num)
      const from = k === 0 ? 0 : sizeOf(shapeOf(args[0] as Num))
      const size = sizeOf(shape)
      return masked(region(ct.value, run(from, size), shape), ct.absent.subarray(from, from + size))
    },
  }),
  shape: ([a, b]) => concatShape(a!, b!),
  linear: true,
  at: [{ args: [[1, 2], [3]] }],
})

function concatShape(a: Shape, b: Shape): Shape {
  return [a[0]! + b[0]!, ...a.slice(1)]
}

/** The same elements in another shape (of the same size). */
export function reshape(a: Num, shape: Shape): Num {
  return reshapePrimitive([a], { shape })
}

const reshapePrimitive: Nary<{ shape: Shape }> = nary<{ shape: Shape }>({
  name: "reshape",
  doc: "The same elements, in row-major order, in another shape.",
  eval: ([a], options) => {
    const { shape } = options as { shape: Shape }
    if (typeof a === "number") return shape.length === 0 ? a : new Tensor(shape, Float64Array.of(a))
    if (shape.length === 0) return (a as Tensor).data[0]!
    return new Tensor(shape, copied((a as Tensor).data))
  },
  rule: () => ({
    push: (da, _args, _out, options) => reshape(da, (options as { shape: Shape }).shape),
    pushMasked: (da, _args, _out, options) => masked(reshape(da.value, (options as { shape: Shape }).shape), da.absent),
    pull: (ct, [a]) => reshape(ct, shapeOf(a as Num)),
    pullMasked: (ct, [a]) => masked(reshape(ct.value, shapeOf(a as Num)), ct.absent),
  }),
  shape: (_shapes, options) => (options as { shape: Shape }).shape,
  linear: true,
  at: [{ args: [[1, 2, 3, 4]], options: { shape: [2, 2] } }],
})

// ---------------------------------------------------------------- writing

/** The step of `b = a with items at offsets`: what reached those elements goes to the items, the rest, handed over whole, to a. */
class UpdateStep implements Step {
  private readonly array: number | null
  private readonly items: number | null
  private readonly offsets: Int32Array
  private readonly shape: Shape
  private readonly itemShape: Shape

  constructor(array: number | null, items: number | null, offsets: Int32Array, shape: Shape, itemShape: Shape) {
    this.array = array
    this.items = items
    this.offsets = offsets
    this.shape = shape
    this.itemShape = itemShape
  }

  back(sweep: Sweep, self: number): void {
    const sum = sweep.moveOut(self)
    const taken = Array.from(this.offsets, (offset) => sum.takeElement(offset))
    if (this.items !== null) {
      if (this.itemShape.length === 0) {
        const ct = addAll(taken)
        if (ct !== undefined) sweep.add(this.items, ct)
      } else if (taken.some((ct) => ct !== undefined)) {
        const absent = Uint8Array.from(taken, (ct) => (ct === undefined ? 1 : 0))
        const ct = masked(reshape(stack(taken.map((item) => item ?? 0)), this.itemShape), absent)
        if (ct !== undefined) sweep.add(this.items, ct)
      }
    }
    if (this.array !== null) sweep.moveIn(this.array, sum)
  }
}

function addAll(cts: readonly (Num | undefined)[]): Change {
  return cts.reduce<Change>((sum, ct) => addChanges2(sum, ct), undefined)
}

const updatePrimitive: Nary<{ offsets: Int32Array }> = nary<{ offsets: Int32Array }>({
  name: "update",
  doc: "An array with other values at given elements.",
  eval: ([a, items], options) => {
    const { offsets } = options as { offsets: Int32Array }
    const out = copied((a as Tensor).data)
    write(out, items as number | Tensor, offsets)
    return new Tensor((a as Tensor).shape, out)
  },
  rule: (k) =>
    k === 0
      ? {
          push: (da, _args, _out, options) => {
            const absent = maskOf(shapeOf(da), (options as { offsets: Int32Array }).offsets)
            return masked(da, absent)
          },
          pushMasked: (da, _args, _out, options) => {
            const absent = da.absent.slice()
            for (const offset of (options as { offsets: Int32Array }).offsets) absent[offset] = 1
            return masked(da.value, absent)
          },
          pull: (ct, _args, _out, options) =>
            masked(ct, maskOf(shapeOf(ct), (options as { offsets: Int32Array }).offsets)),
        }
      : {
          push: (dx, [a], _out, options) => {
            const { offsets } = options as { offsets: Int32Array }
            return place(
              shapeOf(dx).length === 0 && offsets.length > 1 ? many(dx, offsets.length) : dx,
              offsets,
              shapeOf(a as Num),
            )
          },
          pull: (ct, [, items], _out, options) => {
            const { offsets } = options as { offsets: Int32Array }
            const shape = shapeOf(items as Num)
            if (shape.length > 0) return region(ct, offsets, shape)
            return addAll(Array.from(offsets, (offset) => element(ct, offset)))
          },
        },
  shape: ([a]) => a!,
  linear: true,
  at: [
    { args: [[1, 2, 3], 4], options: { offsets: Int32Array.of(1) } },
    {
      args: [
        [1, 2, 3],
        [4, 5],
      ],
      options: { offsets: Int32Array.of(2, 0) },
    },
  ],
})

function maskOf(shape: Shape, offsets: Int32Array): Uint8Array {
  const absent = new Uint8Array(sizeOf(shape))
  for (const offset of offsets) absent[offset] = 1
  return absent
}

function many(x: Num, n: number): Num {
  return stack(new Array<Num>(n).fill(x))
}

function write(data: Float64Array, items: number | Tensor, offsets: Int32Array): void {
  if (typeof items === "number") for (let i = 0; i < offsets.length; i++) data[offsets[i]!] = items
  else for (let i = 0; i < offsets.length; i++) data[offsets[i]!] = items.data[i]!
}

/** Does the variable that holds `token` own all of this array, under every derivative? */
export function ownedBy(a: Num, token: object): boolean {
  for (;;) {
    if (a instanceof Tensor) return a.owner === token
    if (a instanceof Node) a = a.primal
    else if (a instanceof Dual) {
      if (!partsOf(a.tangent).every((part) => ownedBy(part instanceof Masked ? part.value : part, token))) return false
      a = a.primal
    } else return false
  }
}

/** Marks an array, which nobody else holds, as owned by the variable that holds `token` (null: by nobody). */
export function setOwner(a: Num, token: object | null): void {
  for (;;) {
    if (a instanceof Tensor) {
      a.owner = token
      return
    }
    if (a instanceof Node) a = a.primal
    else if (a instanceof Dual) {
      for (const part of partsOf(a.tangent)) setOwner(part instanceof Masked ? part.value : part, token)
      a = a.primal
    } else return
  }
}

/** `a` with `item` at flat `offset`; in place where the caller owns `a` (see `ownedBy`), and then `a` must not be used again. */
export function updateElement(a: Num, offset: number, item: Num, inPlace: boolean): Num {
  if (typeof item === "number" && a instanceof Tensor) {
    const out = inPlace ? a : new Tensor(a.shape, copied(a.data))
    out.data[offset] = item
    return out
  }
  return updateRegion(a, Int32Array.of(offset), item, inPlace)
}

/** `a` with `items` (a number for all, or an array of as many elements) at flat `offsets`, which do not repeat. */
export function updateRegion(a: Num, offsets: Int32Array, items: Num, inPlace: boolean): Num {
  const tag = Math.max(tagOf(a), tagOf(items))
  if (tag === 0) {
    if (!(a instanceof Tensor) || (typeof primalOf(items) === "object" && !(items instanceof Tensor))) {
      return applyNary(updatePrimitive.primitive, [a, items], { offsets })
    }
    const out = inPlace ? a : new Tensor(a.shape, copied(a.data))
    write(out.data, items as number | Tensor, offsets)
    return out
  }
  const mine = tagOf(a) === tag
  const theirs = tagOf(items) === tag
  const top = mine ? a : items
  if (top instanceof Node) {
    const primalA = mine ? (a as Node).primal : a
    const primalItems = theirs ? (items as Node).primal : items
    const out = updateRegion(primalA, offsets, primalItems, inPlace)
    const tape = top.tape
    if (tape.paused > 0) return out
    const record = new UpdateStep(
      mine ? (a as Node).index : null,
      theirs ? (items as Node).index : null,
      offsets,
      shapeOf(out),
      shapeOf(primalItems),
    )
    return tell(updatePrimitive.primitive, [a, items], new Node(tape, tape.rowStep(record), out), { offsets })
  }
  if (top instanceof Dual) {
    const primalA = mine ? (a as Dual).primal : a
    const tangentA = mine ? (a as Dual).tangent : undefined
    const primalItems = theirs ? (items as Dual).primal : items
    const tangentItems = theirs ? (items as Dual).tangent : undefined
    const out = updateRegion(primalA, offsets, primalItems, inPlace)
    const shape = shapeOf(out)
    const [tangent] = eachTogether([tangentA, tangentItems], 1, ([da, ditems]) => [
      updateTangent(da, offsets, ditems, shape, inPlace && mine),
    ])
    return tell(updatePrimitive.primitive, [a, items], tangent === undefined ? out : new Dual(tag, out, tangent), {
      offsets,
    })
  }
  return applyNary(updatePrimitive.primitive, [a, items], { offsets })
}

/** The tangent of an update; in place as the primal. */
function updateTangent(a: Change, offsets: Int32Array, items: Change, shape: Shape, inPlace: boolean): Change {
  if (a === undefined && items === undefined) return undefined
  const value = a === undefined ? (zeros(shape) as Tensor) : a instanceof Masked ? a.value : a
  let absent = a === undefined ? new Uint8Array(sizeOf(shape)).fill(1) : a instanceof Masked ? a.absent : null
  const itemValue = items === undefined ? 0 : items instanceof Masked ? items.value : items
  const itemAbsent = items instanceof Masked ? items.absent : null
  if (absent !== null && !inPlace && a !== undefined) absent = absent.slice()
  for (let i = 0; i < offsets.length; i++) {
    const bit = items === undefined ? 1 : itemAbsent === null ? 0 : itemAbsent[i]!
    if (bit === 1) absent ??= new Uint8Array(sizeOf(shape))
    if (absent !== null) absent[offsets[i]!] = bit
  }
  const out = updateRegion(value, offsets, itemValue, inPlace || a === undefined)
  return absent === null ? out : new Masked(out, absent)
}

/** The step of appending an item to an array. */
class AppendStep implements Step {
  private readonly array: number | null
  private readonly item: number | null
  private readonly before: Shape

  constructor(array: number | null, item: number | null, before: Shape) {
    this.array = array
    this.item = item
    this.before = before
  }

  back(sweep: Sweep, self: number): void {
    const sum = sweep.moveOut(self)
    const ct = sum.takeElement(sizeOf(this.before))
    if (this.item !== null && ct !== undefined) sweep.add(this.item, ct)
    if (this.array !== null) sweep.moveIn(this.array, sum.shortened(this.before))
  }
}

/** A vector with one number more, amortised O(1): the data grow in a buffer that only the newest vector may extend. */
export function append(a: Num, item: Num): Num {
  const tag = Math.max(tagOf(a), tagOf(item))
  const mine = tagOf(a) === tag
  const theirs = tagOf(item) === tag
  if (tag === 0) {
    if (a instanceof Tensor && typeof item === "number") return appendPlain(a, item)
    return concat(a, stack([item]))
  }
  const top = mine ? a : item
  if (top instanceof Node) {
    const primal = mine ? (a as Node).primal : a
    const out = append(primal, theirs ? (item as Node).primal : item)
    if (top.tape.paused > 0) return out
    const record = new AppendStep(
      mine ? (a as Node).index : null,
      theirs ? (item as Node).index : null,
      shapeOf(primal),
    )
    return new Node(top.tape, top.tape.rowStep(record), out)
  }
  if (top instanceof Dual) {
    const primalA = mine ? (a as Dual).primal : a
    const primalItem = theirs ? (item as Dual).primal : item
    const out = append(primalA, primalItem)
    const dxs = [mine ? (a as Dual).tangent : undefined, theirs ? (item as Dual).tangent : undefined]
    const [tangent] = eachTogether(dxs, 1, ([da, dx]) => [appendChange(da, dx as Num | undefined, shapeOf(primalA))])
    return tangent === undefined ? out : new Dual(tag, out, tangent)
  }
  return concat(a, stack([item]))
}

/** The change of a vector with one number more, of which one part may be absent. */
function appendChange(da: Change, dx: Num | undefined, shape: Shape): Change {
  const before = sizeOf(shape)
  const value = append(da === undefined ? zeros(shape) : da instanceof Masked ? da.value : da, dx ?? 0)
  if (da !== undefined && dx !== undefined && !(da instanceof Masked)) return value
  const absent = new Uint8Array(before + 1)
  if (da === undefined) absent.fill(1, 0, before)
  else if (da instanceof Masked) absent.set(da.absent)
  if (dx === undefined) absent[before] = 1
  return absent.includes(1) ? new Masked(value, absent) : value
}

/** How far each growing buffer is filled. */
const filled = new WeakMap<ArrayBufferLike, number>()

function appendPlain(a: Tensor, item: number): Tensor {
  const n = a.data.length
  const buffer = a.data.buffer
  if (a.data.byteOffset === 0 && filled.get(buffer) === n && buffer.byteLength >= (n + 1) * 8) {
    filled.set(buffer, n + 1)
    const data = new Float64Array(buffer, 0, n + 1)
    data[n] = item
    return new Tensor([n + 1], data)
  }
  const grown = new Float64Array(Math.max(8, n * 2))
  grown.set(a.data)
  grown[n] = item
  filled.set(grown.buffer, n + 1)
  return new Tensor([n + 1], grown.subarray(0, n + 1))
}
