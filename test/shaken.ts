/**
 * How much the contributions to the cotangents of a run add up to in absolute value, measured: tier 0 runs with each contribution changed by a random share,
 * and what its results change by, over that share, is the root of the sum of the squares of all contributions, followed through everything that is computed
 * from them. It is never more than the sum of their absolute values, which is the measure of what reverse mode may lose to rounding. It must not know programs.
 */

import { Tensor } from "../interpreter/arrays/tensor.ts"
import { Accumulator } from "../interpreter/autodiff/accumulator.ts"
import { multiply } from "../interpreter/autodiff/lift.ts"
import { Bundle, Dual, isActive, Masked, shapeOf, type Num, type Tangent } from "../interpreter/autodiff/num.ts"
import { Sweep } from "../interpreter/autodiff/sweep.ts"
import { Tape } from "../interpreter/autodiff/tape.ts"

/** The largest share: far above rounding, far below what would make a difference of the second order. */
const share = 2 ** -30
const runs = 8

/** The same numbers in every process. */
let state = 1
function factor(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
  return 1 + (share * state) / 2 ** 31
}

function shake(x: Num): Num
function shake(x: Num | Masked): Num | Masked
function shake(x: Tangent): Tangent
function shake(x: Tangent): Tangent {
  if (typeof x === "number") return x * factor()
  if (x instanceof Tensor)
    return new Tensor(
      x.shape,
      x.data.map((y) => y * factor()),
    )
  if (x instanceof Masked) return new Masked(shake(x.value), x.absent)
  if (x instanceof Bundle) return new Bundle(x.parts.map((part) => (part === undefined ? part : (shake(part) as Num))))
  if (x instanceof Dual) return new Dual(x.tag, shake(x.primal), shake(x.tangent))
  if (!isActive(x)) return x
  const shape = shapeOf(x)
  const size = shape.reduce((n, m) => n * m, 1)
  return multiply(x, shape.length === 0 ? factor() : new Tensor(shape, Float64Array.from({ length: size }, factor)))
}

interface Block {
  readonly parentA: Int32Array
  readonly parentB: Int32Array
  readonly partialA: Float64Array
  readonly partialB: Float64Array
}

/** Shakes the partials of the rows of numbers: where the first parent is negative there are none, or, where the second is -2, none to a number. */
function shakeRows(tape: Tape, base: number): void {
  const blocks = Reflect.get(tape, "blocks") as readonly Block[]
  for (let i = base; i < tape.length; i++) {
    const { parentA, parentB, partialA, partialB } = blocks[i >> 16]!
    const at = i & 0xffff
    if (parentA[at]! < 0 || parentB[at] === -2) continue
    partialA[at]! *= factor()
    partialB[at]! *= factor()
  }
}

/** Runs `f` with every contribution shaken. */
function shaking<T>(f: () => T): T {
  const { add, addElement } = Accumulator.prototype
  const { add: addToSweep } = Sweep.prototype
  const { sweep } = Tape.prototype
  Accumulator.prototype.add = function (ct) {
    add.call(this, shake(ct))
  }
  Accumulator.prototype.addElement = function (offset, ct) {
    addElement.call(this, offset, shake(ct))
  }
  Sweep.prototype.add = function (i, ct) {
    addToSweep.call(this, i, shake(ct))
  }
  Tape.prototype.sweep = function (cotangents, base) {
    shakeRows(this, base)
    sweep.call(this, cotangents, base)
  }
  try {
    return f()
  } finally {
    Object.assign(Accumulator.prototype, { add, addElement })
    Object.assign(Sweep.prototype, { add: addToSweep })
    Object.assign(Tape.prototype, { sweep })
  }
}

/** For each number that `f` gives in tier 0, the measure of what it may lose to rounding; runs that give others numbers of them are left out. */
export function contributions(f: () => readonly number[]): number[] {
  const plain = f()
  const sizes = plain.map(() => 0)
  for (let run = 0; run < runs; run++) {
    state = run + 1
    const shaken = shaking(f)
    if (shaken.length === plain.length) shaken.forEach((y, k) => (sizes[k] = Math.hypot(sizes[k]!, y - plain[k]!)))
  }
  // The factors are spread evenly: their mean square is a third of the largest.
  return sizes.map((size) => (Math.sqrt(3 / runs) * size) / share)
}
