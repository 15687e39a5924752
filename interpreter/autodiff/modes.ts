/**
 * The modes: one application of forward, reverse or Taylor mode to a function of a list of numbers and arrays.
 * Each takes a fresh tag, wraps the inputs, runs the function once and takes the results apart again; what the operators of the language add is
 * only structure. It must not know records, closures or syntax.
 */

import { bundled, dense } from "./lift.ts"
import { Bundle, Dual, freshTag, Node, shapeOf, type Change, type Num } from "./num.ts"
import { Sweep } from "./sweep.ts"
import { Tape } from "./tape.ts"

/** Inputs with tangents; an absent tangent leaves the input inactive. */
export function withTangents(tag: number, xs: readonly Num[], dxs: readonly Change[]): Num[] {
  return xs.map((x, i) => {
    const dx = dxs[i]
    return dx === undefined ? x : new Dual(tag, x, dx)
  })
}

/** Primal and tangent of a result of the application `tag`, which has one direction. */
export function splitDual(tag: number, y: Num): { primal: Num; tangent: Change } {
  const { primal, tangents } = splitBundle(tag, y, 1)
  return { primal, tangent: tangents[0] }
}

/** Inputs with tangents along several directions: `directions[i]` holds the changes of all inputs along direction i. */
export function withDirections(tag: number, xs: readonly Num[], directions: readonly (readonly Change[])[]): Num[] {
  if (directions.length === 1) return withTangents(tag, xs, directions[0]!)
  return xs.map((x, k) => {
    const tangent = bundled(directions.map((direction) => direction[k]))
    return tangent === undefined ? x : new Dual(tag, x, tangent)
  })
}

/** Primal and tangents along `count` directions of a result of the application `tag`. */
export function splitBundle(tag: number, y: Num, count: number): { primal: Num; tangents: readonly Change[] } {
  if (!(y instanceof Dual) || y.tag !== tag) return { primal: y, tangents: new Array<Change>(count).fill(undefined) }
  return { primal: y.primal, tangents: y.tangent instanceof Bundle ? y.tangent.parts : [y.tangent] }
}

/** Forward mode: values and tangents of f at xs in the direction dxs. */
export function forward(
  f: (xs: readonly Num[]) => readonly Num[],
  xs: readonly Num[],
  dxs: readonly Change[],
): { values: Num[]; tangents: Change[] } {
  const tag = freshTag()
  const outs = f(withTangents(tag, xs, dxs)).map((y) => splitDual(tag, y))
  return { values: outs.map((out) => out.primal), tangents: outs.map((out) => out.tangent) }
}

/** A recorded application of reverse mode. */
export class Recording {
  readonly tape: Tape
  readonly inputs: readonly Node[]

  /** `charge` is told the bytes the tape takes. */
  constructor(xs: readonly Num[], charge: (bytes: number) => void = () => undefined) {
    this.tape = new Tape(freshTag(), charge)
    this.inputs = xs.map((x) => this.tape.input(x))
  }

  /** The value of a result without this application. */
  primal(y: Num): Num {
    return y instanceof Node && y.tape === this.tape ? y.primal : y
  }

  /** Cotangents of the inputs for cotangents of the results; may be called again and again, and inside other applications. */
  pull(ys: readonly Num[], cts: readonly Change[]): Change[] {
    const { tape } = this
    const sweep = new Sweep(tape.length)
    ys.forEach((y, i) => {
      const ct = cts[i]
      if (ct !== undefined && y instanceof Node && y.tape === tape) sweep.add(y.index, ct)
    })
    // What the sweep itself computes belongs to the applications around, never to this one.
    tape.paused++
    try {
      tape.sweep(sweep, 0)
    } finally {
      tape.paused--
    }
    const out = this.inputs.map((input) => sweep.take(input.index))
    sweep.close()
    return out
  }

  /** The cotangent of every recorded value for a cotangent of one result, by row of the tape: what a trace shows. */
  adjoints(y: Num, ct: Num): (node: Node) => Change {
    const sweep = new Sweep(this.tape.length)
    if (y instanceof Node && y.tape === this.tape) sweep.add(y.index, ct)
    this.tape.paused++
    try {
      this.tape.sweep(sweep, 0)
    } finally {
      this.tape.paused--
    }
    return (node) => sweep.take(node.index)
  }

  /** Ends the recording when no pullback can be called any more. */
  close(): void {
    this.tape.close()
  }
}

/** Reverse mode: values of f at xs, and the pullback. */
export function reverse(
  f: (xs: readonly Num[]) => readonly Num[],
  xs: readonly Num[],
): { values: Num[]; pull: (cts: readonly Change[]) => Change[] } {
  const recording = new Recording(xs)
  const ys = f(recording.inputs)
  return { values: ys.map((y) => recording.primal(y)), pull: (cts) => recording.pull(ys, cts) }
}

/** A change as a Num of the shape of `like`: what is absent counts as 0. */
export function filled(change: Change, like: Num): Num {
  return dense(change, shapeOf(like))
}
