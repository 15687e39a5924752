/**
 * The cotangents of one sweep.
 * Numbers stand in a typed array with a presence byte each (absent is not zero); arrays, and cotangents that are themselves being
 * differentiated, stand in a map. It must not know the tape's rows.
 */

import type { Shape } from "../arrays/tensor.ts"
import { Accumulator } from "./accumulator.ts"
import { addChanges, multiply } from "./lift.ts"
import { changeShape, type Masked, type Num } from "./num.ts"
import { absent, boxed, plain } from "./tape.ts"

interface Store {
  readonly numbers: Float64Array
  readonly state: Uint8Array
}

/** Stores of finished sweeps, to be used again. */
const spare: Store[] = []
const spareSize = 1 << 16
const mostSpare = 8

export class Sweep {
  /** First row this sweep holds; what is below goes to the sweep around (see checkpoint). */
  readonly base: number
  /** The cotangents that are numbers, and of what kind each is, by row from `base` on. */
  readonly numbers: Float64Array
  readonly state: Uint8Array
  private readonly around: Sweep | null
  private readonly store: Store
  private readonly objects = new Map<number, Num | Accumulator>()

  constructor(length: number, base = 0, around: Sweep | null = null) {
    this.base = base
    this.around = around
    const size = length - base
    const used = size <= spareSize ? spare.pop() : undefined
    if (used !== undefined) used.state.fill(0, 0, size)
    const capacity = size <= spareSize ? spareSize : size
    this.store = used ?? { numbers: new Float64Array(capacity), state: new Uint8Array(capacity) }
    this.numbers = this.store.numbers
    this.state = this.store.state
  }

  /** Ends the sweep; its memory is used again. */
  close(): void {
    if (this.store.numbers.length === spareSize && spare.length < mostSpare) spare.push(this.store)
  }

  /** One scalar row backwards: cotangent times partial to each parent. */
  propagate(i: number, a: number, b: number, partialA: number, partialB: number): void {
    const at = i - this.base
    if (this.state[at] === plain) {
      const ct = this.numbers[at]!
      this.addNumber(a, ct * partialA)
      if (b >= 0) this.addNumber(b, ct * partialB)
      return
    }
    const ct = this.objects.get(i) as Num
    this.add(a, multiply(ct, partialA))
    if (b >= 0) this.add(b, multiply(ct, partialB))
  }

  add(i: number, ct: Num | Masked): void {
    const at = i - this.base
    if (at < 0) {
      this.around!.add(i, ct)
      return
    }
    const state = this.state[at]
    if (state === boxed) {
      const old = this.objects.get(i)!
      if (old instanceof Accumulator) old.add(ct)
      else this.objects.set(i, addChanges(old, ct) as Num)
      return
    }
    if (typeof ct === "number") {
      this.addNumber(i, ct)
      return
    }
    const shape = changeShape(ct)
    if (shape.length > 0) {
      const sum = new Accumulator(shape)
      sum.add(ct)
      this.objects.set(i, sum)
    } else this.objects.set(i, state === plain ? (addChanges(this.numbers[at]!, ct) as Num) : (ct as Num))
    this.state[at] = boxed
  }

  /** The cotangent of row i, undefined if nothing reached it. */
  take(i: number): Num | Masked | undefined {
    const at = i - this.base
    const state = this.state[at]
    if (state === absent) return undefined
    if (state === plain) return this.numbers[at]!
    const held = this.objects.get(i)!
    return held instanceof Accumulator ? held.change() : held
  }

  /** Row i read element `offset` of the array `parent`: O(1). */
  addElement(parent: number, shape: Shape, offset: number, i: number): void {
    this.accumulator(parent, shape).addElement(offset, this.take(i) as Num)
  }

  /** The sum that collects the cotangent of array `i`, made where there is none. */
  accumulator(i: number, shape: Shape): Accumulator {
    const at = i - this.base
    if (at < 0) return this.around!.accumulator(i, shape)
    let sum = this.objects.get(i) as Accumulator | undefined
    if (sum === undefined) {
      sum = new Accumulator(shape)
      this.objects.set(i, sum)
      this.state[at] = boxed
    }
    return sum
  }

  /** Takes the sum of array `i` away from the sweep (the array was updated, its cotangent moves to the array before). */
  moveOut(i: number): Accumulator {
    const sum = this.objects.get(i) as Accumulator
    this.objects.delete(i)
    return sum
  }

  /** Gives a sum to array `i`: by handing it over where `i` has none yet, so that a chain of updates costs O(1) each. */
  moveIn(i: number, sum: Accumulator): void {
    const at = i - this.base
    if (at < 0) {
      this.around!.moveIn(i, sum)
      return
    }
    if (this.state[at] === absent) {
      this.objects.set(i, sum)
      this.state[at] = boxed
    } else {
      const change = sum.change()
      if (change !== undefined) this.add(i, change)
    }
  }

  private addNumber(i: number, ct: number): void {
    const at = i - this.base
    if (at < 0) {
      this.around!.add(i, ct)
      return
    }
    const state = this.state[at]
    if (state === plain) this.numbers[at]! += ct
    else if (state === absent) {
      this.state[at] = plain
      this.numbers[at] = ct
    } else this.add(i, ct)
  }
}
