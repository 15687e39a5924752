/**
 * The cotangent of one array while it is being summed.
 * Contributions come whole, or element by element at O(1) each; elements that nothing reached stay absent. It must not know who contributes.
 */

import { sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import { addChanges, zeros } from "./lift.ts"
import { addAt, element, stack } from "./structure.ts"
import { Masked, type Change, type Num } from "./num.ts"

export class Accumulator {
  readonly shape: Shape
  /** Sum of the whole contributions and of plain elements; undefined where there was none. */
  private dense: Num | undefined = undefined
  /** May `dense` (then a Tensor) be changed in place? */
  private owned = false
  /** 1 where `dense` is absent; null where all of it is present. */
  private absent: Uint8Array | null = null
  /** Elements that are themselves being differentiated, summed by offset. */
  private sparse: Map<number, Num> | null = null

  constructor(shape: Shape) {
    this.shape = shape
  }

  add(ct: Num | Masked): void {
    const value = ct instanceof Masked ? ct.value : ct
    const absent = ct instanceof Masked ? ct.absent : null
    const old = this.dense
    if (old === undefined) {
      this.dense = value
      this.owned = false
      this.absent = absent
      return
    }
    if (old instanceof Tensor && value instanceof Tensor) {
      const mine = this.own()
      const theirs = value.data
      for (let i = 0; i < mine.length; i++) mine[i]! += theirs[i]!
      if (this.absent !== null) {
        if (absent === null) this.absent = null
        else for (let i = 0; i < absent.length; i++) this.absent[i]! &= absent[i]!
      }
      return
    }
    const sum = addChanges(this.wrap(old), ct)
    this.dense = sum instanceof Masked ? sum.value : sum
    this.absent = sum instanceof Masked ? sum.absent : null
    this.owned = false
  }

  addElement(offset: number, ct: Num): void {
    if (typeof ct === "number" && (this.dense === undefined || this.dense instanceof Tensor)) {
      const data = this.own()
      data[offset]! += ct
      if (this.absent !== null) this.absent[offset] = 0
      return
    }
    this.sparse ??= new Map()
    const old = this.sparse.get(offset)
    this.sparse.set(offset, old === undefined ? ct : (addChanges(old, ct) as Num))
  }

  /** Takes element `offset` out: what reached it, leaving it absent. */
  takeElement(offset: number): Num | undefined {
    if (this.dense !== undefined && !(this.dense instanceof Tensor)) this.scatter()
    let taken: Num | undefined
    if (this.dense !== undefined && this.absent?.[offset] !== 1) {
      const data = this.own()
      taken = data[offset]!
      data[offset] = 0
      this.absent ??= new Uint8Array(data.length)
      this.absent[offset] = 1
    }
    const item = this.sparse?.get(offset)
    if (item !== undefined) {
      this.sparse!.delete(offset)
      taken = taken === undefined ? item : (addChanges(taken, item) as Num)
    }
    return taken
  }

  /** The same sum without the elements from `length` on, as the cotangent of an array that was that long. */
  shortened(shape: Shape): Accumulator {
    const out = new Accumulator(shape)
    const size = sizeOf(shape)
    if (this.dense !== undefined && !(this.dense instanceof Tensor)) this.scatter()
    if (this.dense instanceof Tensor) {
      out.dense = new Tensor(shape, this.dense.data.subarray(0, size))
      out.owned = this.owned
      out.absent = this.absent === null ? null : this.absent.subarray(0, size)
    }
    out.sparse = this.sparse
    return out
  }

  /** All that has come so far. */
  change(): Change {
    if (this.sparse !== null && this.sparse.size > 0) {
      const offsets = Int32Array.from(this.sparse.keys())
      const items = stack([...this.sparse.values()])
      const absent = this.dense === undefined ? new Uint8Array(sizeOf(this.shape)).fill(1) : this.absent
      this.dense = addAt(this.dense ?? zeros(this.shape), items, offsets)
      this.owned = false
      if (absent !== null) {
        const still = absent.slice()
        for (const offset of offsets) still[offset] = 0
        this.absent = still.includes(1) ? still : null
      }
      this.sparse = null
    }
    if (this.dense === undefined) return undefined
    // Whoever reads it may keep it: later additions must not change it.
    this.owned = false
    return this.wrap(this.dense)
  }

  private wrap(value: Num): Num | Masked {
    return this.absent === null ? value : new Masked(value, this.absent)
  }

  /** The data of `dense`, made changeable. */
  private own(): Float64Array {
    if (this.dense === undefined) {
      const size = sizeOf(this.shape)
      this.absent = new Uint8Array(size).fill(1)
      this.dense = new Tensor(this.shape, new Float64Array(size))
    } else if (!this.owned) {
      this.dense = new Tensor(this.shape, (this.dense as Tensor).data.slice())
      if (this.absent !== null) this.absent = this.absent.slice()
    }
    this.owned = true
    return (this.dense as Tensor).data
  }

  /** Takes a differentiated whole apart into elements, once, so that later updates cost O(1). */
  private scatter(): void {
    const whole = this.dense!
    const absent = this.absent
    const size = sizeOf(this.shape)
    this.dense = undefined
    this.absent = null
    for (let i = 0; i < size; i++) if (absent?.[i] !== 1) this.addElement(i, element(whole, i))
  }
}
