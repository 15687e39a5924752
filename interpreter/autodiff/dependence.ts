/**
 * Which inputs each number depends on: the structure of a Jacobian at a point, found by propagation.
 * A watcher of one recording keeps for every recorded value, element by element, the set of input elements that reach it; sums of many inputs stay
 * unions until somebody asks. What it knows of a primitive is the primitive's own rule. It must not know Jacobians nor how they are compressed.
 */

import { broadcastIndex } from "../arrays/offsets.ts"
import { sameShape, sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import type { LinearRule, NaryPrimitive, Primitive } from "./declare.ts"
import { dense, observing, zeros, type LinearMap, type Observer } from "./lift.ts"
import { Recording } from "./modes.ts"
import { isActive, isNum, Node, primalOf, shapeOf, type Num, type Truth } from "./num.ts"
import type { Tape } from "./tape.ts"

/** A union of two sets that nobody has needed yet. */
class Union {
  readonly a: Inputs
  readonly b: Inputs

  constructor(a: Inputs, b: Inputs) {
    this.a = a
    this.b = b
  }
}

/** A set of input elements: ascending indices, or a union. */
export type Inputs = Int32Array | Union

const none = new Int32Array(0)
/** Sets up to this size are united at once. */
const small = 64

function union(a: Inputs, b: Inputs): Inputs {
  if (a === b || b === none) return a
  if (a === none) return b
  if (a instanceof Union || b instanceof Union || a.length + b.length > small) return new Union(a, b)
  return merged(a, b)
}

function merged(a: Int32Array, b: Int32Array): Int32Array {
  const out = new Int32Array(a.length + b.length)
  let n = 0
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const x = i < a.length ? a[i]! : Infinity
    const y = j < b.length ? b[j]! : Infinity
    if (x <= y) i++
    if (y <= x) j++
    out[n++] = Math.min(x, y)
  }
  if (n === a.length) return a
  return n === b.length ? b : out.slice(0, n)
}

/** The elements of a set, ascending. */
export function elementsOf(set: Inputs): Int32Array {
  if (!(set instanceof Union)) return set
  const found = new Set<number>()
  const seen = new Set<Inputs>()
  const pending: Inputs[] = [set]
  while (pending.length > 0) {
    const next = pending.pop()!
    if (seen.has(next)) continue
    seen.add(next)
    if (next instanceof Union) pending.push(next.a, next.b)
    else for (const index of next) found.add(index)
  }
  return Int32Array.from(found).sort()
}

/** Above this much work a rule is not asked element by element: every element of the result counts as depending on everything. */
const mostWork = 2 ** 22

/** Watches one recording. */
export class Dependence implements Observer {
  private readonly tape: Tape
  private readonly sets = new Map<number, readonly Inputs[]>()
  /** All inputs: what a value depends on that was recorded without a word. */
  private readonly everything: Int32Array

  constructor(tape: Tape, inputs: readonly Node[]) {
    this.tape = tape
    let next = 0
    for (const input of inputs) {
      const size = sizeOf(shapeOf(input))
      this.sets.set(
        input.index,
        Array.from({ length: size }, () => Int32Array.of(next++)),
      )
    }
    this.everything = Int32Array.from({ length: next }, (_, i) => i)
  }

  /** The inputs that each element of a value depends on. */
  of(x: Num): readonly Inputs[] {
    const size = sizeOf(shapeOf(x))
    if (!this.isMine(x)) return new Array<Inputs>(size).fill(none)
    return this.sets.get(x.index) ?? new Array<Inputs>(size).fill(this.everything)
  }

  private isMine(x: unknown): x is Node {
    return x instanceof Node && x.tape === this.tape
  }

  applied(primitive: Primitive, args: readonly unknown[], out: unknown, options: unknown): void {
    if (!args.some((arg) => this.isMine(arg))) return
    const outs = (Array.isArray(out) ? out : [out]) as unknown[]
    for (const result of outs) {
      if (this.isMine(result)) this.sets.set(result.index, this.reached(primitive, args, result, options))
    }
  }

  /** A rule's own operations are watched as it maps changes, in the direction in which it is given. */
  ruled(args: readonly Num[], outs: readonly Num[], { from, map }: LinearMap): void {
    const recording = new Recording((from === "arguments" ? args : outs).map((x) => zeros(shapeOf(x))))
    let rows: Int32Array[]
    try {
      const inner = new Dependence(recording.tape, recording.inputs)
      const changes = observing(inner, () => map(recording.inputs))
      rows = changes.flatMap((change) => inner.of(change).map(elementsOf))
    } finally {
      recording.close()
    }
    const own = args.flatMap((arg) => this.of(arg))
    const sets = outs.flatMap((out) => new Array<Inputs>(sizeOf(shapeOf(out))).fill(none))
    rows.forEach((row, target) => {
      for (const source of row) {
        const [arg, out] = from === "arguments" ? [source, target] : [target, source]
        sets[out] = union(sets[out]!, own[arg]!)
      }
    })
    let next = 0
    for (const out of outs) {
      const size = sizeOf(shapeOf(out))
      if (this.isMine(out)) this.sets.set(out.index, sets.slice(next, next + size))
      next += size
    }
  }

  private reached(primitive: Primitive, args: readonly unknown[], out: Node, options: unknown): readonly Inputs[] {
    const shape = shapeOf(out)
    const size = sizeOf(shape)
    if (primitive.kind === "unary") return this.of(args[0] as Num)
    const operands = args.flatMap((arg, k) => (this.isMine(arg) ? [{ arg, k }] : []))
    let sets: readonly Inputs[] = new Array<Inputs>(size).fill(none)
    for (const { arg, k } of operands) {
      const own = this.of(arg)
      if (primitive.kind === "binary") {
        if (primitive.partials[k] === null) continue
        const index = broadcastIndex(shapeOf(arg), shape)
        sets = sets.map((set, i) => union(set, own[index === null ? i : index[i]!]!))
        continue
      }
      const rule = primitive.kind === "nary" ? primitive.rule(k) : null
      if (primitive.kind === "nary" && rule === null) continue
      const links = rule === null ? null : linksOf(primitive as NaryPrimitive, rule, args, k, out, options, this.tape)
      if (links === null) {
        const all = own.reduce(union, none)
        sets = sets.map((set) => union(set, all))
        continue
      }
      const next = [...sets]
      for (let i = 0; i < links.from.length; i++) {
        const to = links.to[i]!
        next[to] = union(next[to]!, own[links.from[i]!]!)
      }
      sets = next
    }
    return sets
  }
}

// ---------------------------------------------------------------- the structure of a rule

/** Elements of an argument, and the element of the result that each reaches. */
interface Links {
  readonly from: readonly number[]
  readonly to: readonly number[]
}

/**
 * Which elements of an argument reach which elements of the result, read off the rule itself; null where that is too much work.
 *
 * Most rules move elements (each element of the result is made from one of the argument) or gather them (each element of the argument goes to one of
 * the result). Pushing 1, 2, 3, … and 1, 1, 1, … through a moving rule gives results in the ratio of the index; pulling them through a gathering
 * rule does; a third numbering, without order, finds out sums that only look so. What fits neither is asked element by element.
 */
function linksOf(
  primitive: NaryPrimitive,
  rule: LinearRule,
  args: readonly unknown[],
  k: number,
  out: Node,
  options: unknown,
  tape: Tape,
): Links | null {
  // Where a coefficient carries another derivative, its value 0 says nothing about that one: nothing is read off.
  const below = args.map((arg) => (arg instanceof Node && arg.tape === tape ? arg.primal : arg))
  if (!primitive.linear && below.some(isActive)) return null
  const plain = below.map((arg) => (isNum(arg) ? primalOf(arg) : arg)) as (Num | Truth)[]
  const value = primalOf(out)
  const from = shapeOf(args[k] as Num)
  const to = shapeOf(out)
  const push = (dx: Num): Float64Array => data(dense(rule.push(dx, plain, value, options as never) ?? undefined, to))
  const pull = (ct: Num): Float64Array => data(dense(rule.pull(ct, plain, value, options as never) ?? undefined, from))
  const moving = decoded(push, from, to)
  if (moving !== null) return { from: moving.sources, to: moving.places }
  const gathering = decoded(pull, to, from)
  if (gathering !== null) return { from: gathering.places, to: gathering.sources }
  const [m, n] = [sizeOf(from), sizeOf(to)]
  if (Math.min(m, n) * (m + n) > mostWork) return null
  return m <= n ? probed(push, from) : flipped(probed(pull, to))
}

/** For a linear map each of whose results is made from one element at most: those places and their sources; null for any other map. */
function decoded(
  map: (x: Num) => Float64Array,
  from: Shape,
  to: Shape,
): { places: number[]; sources: number[] } | null {
  const size = sizeOf(from)
  const numbered = numberings(from)
  const ones = map(numbered.ones)
  const counted = map(numbered.counted)
  const shuffled = map(numbered.shuffled)
  const places: number[] = []
  const sources: number[] = []
  for (let place = 0; place < sizeOf(to); place++) {
    const [one, count, other] = [ones[place]!, counted[place]!, shuffled[place]!]
    if (one === 0 && count === 0 && other === 0) continue
    const source = Math.round(count / one) - 1
    const fits = source >= 0 && source < size && close(count, one * (source + 1)) && close(other, one * shuffle(source))
    if (!fits) return null
    places.push(place)
    sources.push(source)
  }
  return { places, sources }
}

/**
 * A number for each index that no sum of others imitates: in 1, 2, 3, … the middle of three is their mean and a second difference is 0, so this one must not
 * be smooth. The low bits of products with an odd constant are stirred (Steele, Lea and Flood 2014).
 */
function shuffle(i: number): number {
  let bits = Math.imul(i + 1, 0x9e3779b1)
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return 1 + ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32
}

interface Numberings {
  readonly ones: Num
  readonly counted: Num
  readonly shuffled: Num
}

/** Of the shape asked for last: a loop over the elements of one array asks for the same again and again. */
let lastNumberings: { readonly shape: Shape; readonly of: Numberings } | null = null

function numberings(shape: Shape): Numberings {
  if (lastNumberings === null || !sameShape(lastNumberings.shape, shape)) {
    const of = { ones: filled(shape, () => 1), counted: filled(shape, (i) => i + 1), shuffled: filled(shape, shuffle) }
    lastNumberings = { shape, of }
  }
  return lastNumberings.of
}

function close(x: number, y: number): boolean {
  return Math.abs(x - y) <= 1e-9 * Math.abs(y)
}

/** The links of a linear map, by every unit vector. */
function probed(map: (x: Num) => Float64Array, from: Shape): Links {
  const links = { from: [] as number[], to: [] as number[] }
  for (let i = 0; i < sizeOf(from); i++) {
    map(filled(from, (k) => (k === i ? 1 : 0))).forEach((x, to) => {
      if (x === 0) return
      links.from.push(i)
      links.to.push(to)
    })
  }
  return links
}

function flipped({ from, to }: Links): Links {
  return { from: to, to: from }
}

function filled(shape: Shape, f: (i: number) => number): Num {
  if (shape.length === 0) return f(0)
  return new Tensor(
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => f(i)),
  )
}

function data(x: Num): Float64Array {
  const plain = primalOf(x)
  return plain instanceof Tensor ? plain.data : Float64Array.of(plain as number)
}
