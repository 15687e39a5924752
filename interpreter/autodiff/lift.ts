/**
 * Lifting: from a declaration to a function on every Num.
 * The newest tag among the operands decides: its part is taken off, the primitive applied to what is below, and the chain rule puts the derivative back
 * on; only perturbed operands are multiplied. It must not know any primitive but the few the chain rule itself is made of (product, sum, broadcasting).
 */

import { compareElements, gatherSum, loopBinary, mapBinary, mapUnary, spread } from "../arrays/elementwise.ts"
import { zeroed } from "../arrays/fresh.ts"
import { broadcastIndex } from "../arrays/offsets.ts"
import { sameShape, sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import { products, sums } from "../kernels/operations.ts"
import type {
  Binary,
  BinaryPrimitive,
  LinearRule,
  Multi,
  MultiPrimitive,
  Nary,
  NaryPrimitive,
  Plain,
  PlainArgument,
  Predicate,
  PredicatePrimitive,
  Primitive,
  Unary,
  UnaryPrimitive,
} from "./declare.ts"
import {
  Bundle,
  changeShape,
  Dual,
  isActive,
  Masked,
  Node,
  primalOf,
  Series,
  shapeOf,
  Staged,
  tagOf,
  type Change,
  type Num,
  type Tangent,
  type Truth,
} from "./num.ts"
import { PullStep } from "./tape.ts"

// ---------------------------------------------------------------- watching

/** Someone who looks on: `trace` and explanations of zeros and nans. Called for each application to active values. */
export interface Observer {
  applied(primitive: Primitive, args: readonly unknown[], out: unknown, options: unknown): void
  /** Told of results that a rule of the program's own differentiates; who is told so also wants to see what else would be done again later. */
  ruled?(args: readonly Num[], outs: readonly Num[], rule: LinearMap): void
}

/** A rule as the program gave it: from changes of the arguments to those of the results, or the other way round. */
export interface LinearMap {
  readonly from: "arguments" | "results"
  readonly map: (changes: readonly Num[]) => readonly Num[]
}
let observer: Observer | null = null

/** Is anyone looking on? Hot paths ask before they make what `tell` would need. */
export function observed(): boolean {
  return observer !== null
}

/** Runs `f` while `watcher` is told of every application to an active value. */
export function observing<T>(watcher: Observer | null, f: () => T): T {
  const before = observer
  observer = watcher
  try {
    return f()
  } finally {
    observer = before
  }
}

/** Does someone look for structure, who has to see each operation when it is first done? */
export function structureObserved(): boolean {
  return observer?.ruled !== undefined
}

/** Tells whoever looks for structure of a rule. */
export function tellRuled(args: readonly Num[], outs: readonly Num[], rule: LinearMap): void {
  observer?.ruled?.(args, outs, rule)
}

/** Tells whoever looks on, and gives the result. */
export function tell<T>(primitive: Primitive, args: readonly unknown[], out: T, options: unknown): T {
  if (observer !== null) observer.applied(primitive, args, out, options)
  return out
}

function tell1(p: Primitive, x: Num, out: Num): Num {
  if (observer !== null) observer.applied(p, [x], out, undefined)
  return out
}

function tell2(p: Primitive, x: Num, y: Num, out: Num): Num {
  if (observer !== null) observer.applied(p, [x, y], out, undefined)
  return out
}

// ---------------------------------------------------------------- Taylor mode, plugged in by series.ts

/** How series are computed; series.ts provides it, so that this file need not know power series. */
export interface SeriesRules {
  unary(p: UnaryPrimitive, x: Series): Num
  binary(p: BinaryPrimitive, x: Num, y: Num, tag: number): Num
  nary(p: NaryPrimitive, args: readonly (Num | Truth)[], tag: number, options: unknown): Num
  multi(p: MultiPrimitive, args: readonly Num[], tag: number, options: unknown): readonly Num[]
  /** Results of a function with a rule of its own: `first` are those at the point, `slope` their tangents for given tangents of the arguments. */
  ruled(
    tag: number,
    xs: readonly Num[],
    first: readonly Num[],
    slope: (zs: readonly Num[], dxs: readonly Change[]) => readonly Change[],
  ): readonly Num[]
}
let seriesRules: SeriesRules | null = null

export function provideSeries(rules: SeriesRules): void {
  seriesRules = rules
}

/** How series are computed, where there is one. */
export function rulesOfSeries(): SeriesRules {
  return seriesRules!
}

// ---------------------------------------------------------------- one argument

/** A value that a step keeps is held by the tape: its variable must copy before it changes it. */
function keep(x: Num): void {
  while (x instanceof Node || x instanceof Series) x = x.primal
  if (x instanceof Tensor) x.owner = null
  else if (x instanceof Dual) {
    keep(x.primal)
    for (const part of partsOf(x.tangent)) keep(part instanceof Masked ? part.value : part)
  }
}

export function applyUnary(p: UnaryPrimitive, x: Num): Num {
  if (typeof x === "number") return p.eval(x)
  if (x instanceof Tensor) {
    if (p.kernel === undefined) return mapUnary(p.eval, x)
    const out = zeroed(x.data.length)
    p.kernel(x.data, out)
    return new Tensor(x.shape, out)
  }
  if (x instanceof Staged) return x.apply(p, [x], undefined) as Num
  if (p.partial === null) return tell1(p, x, applyUnary(p, primalOf(x)))
  const out = applyUnary(p, x.primal)
  if (x instanceof Series) return tell1(p, x, seriesRules!.unary(p, x))
  if (x instanceof Node) {
    if (x.tape.paused > 0) return out
    const partial = p.partial(x.primal, out)
    if (partial === undefined) return tell1(p, x, out)
    if (typeof partial === "number" && typeof out === "number") {
      return tell1(p, x, new Node(x.tape, x.tape.row1(x.index, partial), out))
    }
    keep(x.primal)
    keep(out)
    const index = x.tape.rowStep(new PullStep([x.index], (ct) => scale(ct, partial)))
    return tell1(p, x, new Node(x.tape, index, out))
  }
  const partial = p.partial(x.primal, out)
  const tangent = x.tangent instanceof Bundle ? each(x.tangent, (dx) => scale(dx, partial)) : scale(x.tangent, partial)
  return tell1(p, x, tangent === undefined ? out : new Dual(x.tag, out, tangent))
}

// ---------------------------------------------------------------- two arguments

function isPlain(x: Num): x is Plain {
  return typeof x === "number" || x instanceof Tensor
}

export function applyBinary(p: BinaryPrimitive, x: Num, y: Num): Num {
  if (typeof x === "number") {
    if (typeof y === "number") return p.eval(x, y)
    if (y instanceof Node && typeof y.primal === "number" && y.tape.paused === 0 && observer === null) {
      const rule = p.partials[1]
      if (rule !== null) {
        const out = p.eval(x, y.primal)
        const partial = rule(x, y.primal, out)
        if (typeof partial === "number") return new Node(y.tape, y.tape.row1(y.index, partial), out)
      }
    }
  } else if (x instanceof Node && typeof x.primal === "number" && x.tape.paused === 0 && observer === null) {
    // The hot path of scalar programs in reverse mode: everything below does the same, for every case.
    const [ruleX, ruleY] = p.partials
    if (typeof y === "number") {
      if (ruleX !== null) {
        const out = p.eval(x.primal, y)
        const partial = ruleX(x.primal, y, out)
        if (typeof partial === "number") return new Node(x.tape, x.tape.row1(x.index, partial), out)
      }
    } else if (
      y instanceof Node &&
      y.tape === x.tape &&
      typeof y.primal === "number" &&
      ruleX !== null &&
      ruleY !== null
    ) {
      const out = p.eval(x.primal, y.primal)
      const partialX = ruleX(x.primal, y.primal, out)
      const partialY = ruleY(x.primal, y.primal, out)
      if (typeof partialX === "number" && typeof partialY === "number") {
        return new Node(x.tape, x.tape.row2(x.index, y.index, partialX, partialY), out)
      }
    }
  }
  if (p.loops !== undefined && isPlain(x) && isPlain(y)) {
    const out = loopBinary(p.loops, x, y)
    if (out !== null) return out
  }
  const tagX = tagOf(x)
  const tagY = tagOf(y)
  const tag = tagX > tagY ? tagX : tagY
  if (tag === 0) {
    if (x instanceof Staged) return x.apply(p, [x, y], undefined) as Num
    if (y instanceof Staged) return y.apply(p, [x, y], undefined) as Num
    return mapBinary(p.eval, x as Plain, y as Plain, p.symbol ?? p.name)
  }
  const top = (tagX === tag ? x : y) as Dual | Node | Series
  if (top instanceof Series) return tell2(p, x, y, seriesRules!.binary(p, x, y, tag))
  const primalX = tagX === tag ? (x as Dual | Node).primal : x
  const primalY = tagY === tag ? (y as Dual | Node).primal : y
  const out = applyBinary(p, primalX, primalY)
  const ruleX = tagX === tag ? p.partials[0] : null
  const ruleY = tagY === tag ? p.partials[1] : null
  if (top instanceof Node) {
    const tape = top.tape
    if (tape.paused > 0) return out
    const partialX = ruleX === null ? undefined : ruleX(primalX, primalY, out)
    const partialY = ruleY === null ? undefined : ruleY(primalX, primalY, out)
    if (partialX === undefined && partialY === undefined) return tell2(p, x, y, out)
    if (typeof out === "number") {
      if (partialY === undefined) {
        if (typeof partialX === "number") {
          return tell2(p, x, y, new Node(tape, tape.row1((x as Node).index, partialX), out))
        }
      } else if (typeof partialY === "number") {
        if (partialX === undefined) {
          return tell2(p, x, y, new Node(tape, tape.row1((y as Node).index, partialY), out))
        }
        if (typeof partialX === "number") {
          const row = tape.row2((x as Node).index, (y as Node).index, partialX, partialY)
          return tell2(p, x, y, new Node(tape, row, out))
        }
      }
    } else {
      keep(primalX)
      keep(primalY)
      keep(out)
    }
    const parents: number[] = []
    const partials: (Num | Masked)[] = []
    const shapes: Shape[] = []
    if (partialX !== undefined) {
      parents.push((x as Node).index)
      partials.push(partialX)
      shapes.push(shapeOf(x))
    }
    if (partialY !== undefined) {
      parents.push((y as Node).index)
      partials.push(partialY)
      shapes.push(shapeOf(y))
    }
    const pull = (ct: Num | Masked, k: number): Change => sumChange(scale(ct, partials[k]), shapes[k]!)
    return tell2(p, x, y, new Node(tape, tape.rowStep(new PullStep(parents, pull)), out))
  }
  const shape = shapeOf(out)
  const push = (operand: Num, rule: BinaryPrimitive["partials"][0]): Tangent | undefined => {
    if (rule === null) return undefined
    const { tangent } = operand as Dual
    const partial = rule(primalX, primalY, out)
    if (!(tangent instanceof Bundle)) return spreadChange(scale(tangent, partial), shape)
    return each(tangent, (dx) => spreadChange(scale(dx, partial), shape))
  }
  const tangent = addTangents(push(x, ruleX), push(y, ruleY))
  return tell2(p, x, y, tangent === undefined ? out : new Dual(tag, out, tangent))
}

// ---------------------------------------------------------------- any number of arguments

export function applyNary(p: NaryPrimitive, args: readonly (Num | Truth)[], options: unknown): Num {
  let tag = 0
  let staged: Staged | null = null
  for (const arg of args) {
    if (arg instanceof Staged) staged = arg
    else if (isActive(arg)) tag = Math.max(tag, tagOf(arg))
  }
  if (tag === 0) {
    if (staged !== null) return staged.apply(p, args, options) as Num
    return p.eval(args as readonly PlainArgument[], options as never)
  }
  const primals = args.map((arg) => (isActive(arg) && tagOf(arg) === tag ? arg.primal : arg))
  const top = args.find((arg) => isActive(arg) && tagOf(arg) === tag) as Dual | Node | Series
  if (top instanceof Series) return tell(p, args, seriesRules!.nary(p, args, tag, options), options)
  const out = applyNary(p, primals, options)
  if (top instanceof Node) {
    const tape = top.tape
    if (tape.paused > 0) return out
    const parents: number[] = []
    const rules: LinearRule[] = []
    for (let k = 0; k < args.length; k++) {
      const arg = args[k]
      if (!(arg instanceof Node) || arg.tape !== tape) continue
      const rule = p.rule(k)
      if (rule === null) continue
      parents.push(arg.index)
      rules.push(rule)
    }
    if (parents.length === 0) return tell(p, args, out, options)
    for (const primal of primals) if (typeof primal === "object") keep(primal as Num)
    keep(out)
    const pull = (ct: Num | Masked, k: number): Change => pullChange(rules[k]!, ct, primals, out, options)
    return tell(p, args, new Node(tape, tape.rowStep(new PullStep(parents, pull)), out), options)
  }
  let tangent: Tangent | undefined
  for (let k = 0; k < args.length; k++) {
    const arg = args[k]
    if (!(arg instanceof Dual) || arg.tag !== tag) continue
    const rule = p.rule(k)
    if (rule !== null)
      tangent = addTangents(
        tangent,
        each(arg.tangent, (dx) => pushChange(rule, dx, primals, out, options)),
      )
  }
  return tell(p, args, tangent === undefined ? out : new Dual(tag, out, tangent), options)
}

export function pushChange(
  rule: LinearRule,
  dx: Num | Masked,
  args: readonly (Num | Truth)[],
  out: Num,
  options: unknown,
): Change {
  if (!(dx instanceof Masked)) return rule.push(dx, args, out, options as never)
  return rule.pushMasked === undefined
    ? rule.push(dx.value, args, out, options as never)
    : rule.pushMasked(dx, args, out, options as never)
}

export function pullChange(
  rule: LinearRule,
  ct: Num | Masked,
  args: readonly (Num | Truth)[],
  out: Num,
  options: unknown,
): Change {
  if (!(ct instanceof Masked)) return rule.pull(ct, args, out, options as never)
  return rule.pullMasked === undefined
    ? rule.pull(ct.value, args, out, options as never)
    : rule.pullMasked(ct, args, out, options as never)
}

// ---------------------------------------------------------------- several results

/** A change for a rule that knows no masks: absent elements count as 0. */
function wholeOrNothing(change: Change): Num | undefined {
  return change instanceof Masked ? change.value : change
}

export function applyMulti(p: MultiPrimitive, args: readonly Num[], options: unknown): readonly Num[] {
  let tag = 0
  for (const arg of args) tag = Math.max(tag, tagOf(arg))
  if (tag === 0) return p.eval(args as readonly Plain[], options as never)
  const top = args.find((arg) => tagOf(arg) === tag) as Dual | Node | Series
  if (top instanceof Series) return seriesRules!.multi(p, args, tag, options)
  const primals = args.map((arg) => (tagOf(arg) === tag ? (arg as Dual | Node).primal : arg))
  const outs = applyMulti(p, primals, options)
  if (top instanceof Node) {
    const tape = top.tape
    if (tape.paused > 0) return outs
    for (const primal of primals) keep(primal)
    for (const out of outs) keep(out)
    const nodes = tape.results(outs, (cts, sweep) => {
      const absent = cts.map((ct) => (ct instanceof Masked ? ct.absent : undefined))
      const changes = p.pull(cts.map(wholeOrNothing), primals, outs, options as never, absent)
      args.forEach((arg, k) => {
        const change = changes[k]
        if (change !== undefined && tagOf(arg) === tag) sweep.add((arg as Node).index, change)
      })
    })
    return tell(p, args, nodes, options)
  }
  const dxs = args.map((arg) => (tagOf(arg) === tag ? (arg as Dual).tangent : undefined))
  const tangents = eachTogether(dxs, outs.length, (parts) =>
    p.push(parts.map(wholeOrNothing), primals, outs, options as never),
  )
  return tell(
    p,
    args,
    outs.map((out, k) => {
      const tangent = tangents[k]
      return tangent === undefined ? out : new Dual(tag, out, tangent)
    }),
    options,
  )
}

// ---------------------------------------------------------------- predicates

export function applyPredicate(p: PredicatePrimitive, x: Num, y: Num): Truth {
  if (typeof x === "number" && typeof y === "number") return p.eval(x, y)
  const a = primalOf(x)
  const b = primalOf(y)
  if (a instanceof Staged) return a.apply(p, [a, b], undefined) as Truth
  if (b instanceof Staged) return b.apply(p, [a, b], undefined) as Truth
  const out = compareElements(p.eval, a, b, p.symbol ?? p.name)
  if (observer !== null && (a !== x || b !== y)) observer.applied(p, [x, y], out, undefined)
  return out
}

// ---------------------------------------------------------------- declarations become functions

export function unary(primitive: Omit<UnaryPrimitive, "kind">): Unary {
  const p: UnaryPrimitive = { kind: "unary", ...primitive }
  return Object.assign((x: Num) => applyUnary(p, x), { primitive: p })
}

export function binary(primitive: Omit<BinaryPrimitive, "kind">): Binary {
  const p: BinaryPrimitive = { kind: "binary", ...primitive }
  return Object.assign((x: Num, y: Num) => applyBinary(p, x, y), { primitive: p })
}

export function nary<Options>(primitive: Omit<NaryPrimitive, "kind">): Nary<Options> {
  const p: NaryPrimitive = { kind: "nary", ...primitive }
  return Object.assign((args: readonly (Num | Truth)[], options: Options) => applyNary(p, args, options), {
    primitive: p,
  })
}

export function multi<Options>(primitive: Omit<MultiPrimitive, "kind">): Multi<Options> {
  const p: MultiPrimitive = { kind: "multi", ...primitive }
  return Object.assign((args: readonly Num[], options: Options) => applyMulti(p, args, options), { primitive: p })
}

export function predicate(primitive: Omit<PredicatePrimitive, "kind">): Predicate {
  const p: PredicatePrimitive = { kind: "predicate", ...primitive }
  return Object.assign((x: Num, y: Num) => applyPredicate(p, x, y), { primitive: p })
}

// ---------------------------------------------------------------- what the chain rule is made of

export const add = binary({
  name: "add",
  symbol: "+",
  doc: "Sum of two numbers, arrays (broadcasting) or structures of one form.",
  eval: (x, y) => x + y,
  loops: sums,
  partials: [() => 1, () => 1],
  at: [
    [1.5, -2],
    [0, 3],
  ],
  linear: true,
})

export const mul = binary({
  name: "mul",
  symbol: "*",
  doc: "Product of two numbers or arrays (elementwise, broadcasting), or of a structure and a number.",
  eval: (x, y) => x * y,
  loops: products,
  partials: [(_x, y) => y, (x) => x],
  at: [
    [1.5, -2],
    [0, 3],
  ],
  bilinear: true,
})

const spreadOptions = (options: unknown): Shape => (options as { shape: Shape }).shape

// ---------------------------------------------------------------- several directions

/** The directions along which there is a tangent, in any order of use. */
export function partsOf(tangent: Tangent): readonly (Num | Masked)[] {
  return tangent instanceof Bundle ? tangent.parts.filter((part) => part !== undefined) : [tangent]
}

/** A linear map of a tangent: along several directions, of each. */
export function each(tangent: Tangent, f: (dx: Num | Masked) => Change): Tangent | undefined {
  if (!(tangent instanceof Bundle)) return f(tangent)
  return bundled(tangent.parts.map((part) => (part === undefined ? undefined : f(part))))
}

/** Tangents along several directions together; nothing where there is none. */
export function bundled(parts: readonly Change[]): Bundle | undefined {
  return parts.some((part) => part !== undefined) ? new Bundle(parts) : undefined
}

/** A linear map from the tangents of several arguments to those of several results. */
export function eachTogether(
  tangents: readonly (Tangent | undefined)[],
  results: number,
  f: (dxs: readonly Change[]) => readonly Change[],
): readonly (Tangent | undefined)[] {
  const bundle = tangents.find((tangent) => tangent instanceof Bundle)
  if (bundle === undefined) return f(tangents as readonly Change[])
  const along = bundle.parts.map((_, i) => {
    const dxs = tangents.map((tangent) => (tangent as Bundle | undefined)?.parts[i])
    return dxs.every((dx) => dx === undefined) ? [] : f(dxs)
  })
  return Array.from({ length: results }, (_, k) => bundled(along.map((dys) => dys[k])))
}

function addTangents(x: Tangent | undefined, y: Tangent | undefined): Tangent | undefined {
  if (x === undefined) return y
  if (y === undefined) return x
  if (!(x instanceof Bundle)) return addChanges(x, y as Num | Masked)
  return new Bundle(x.parts.map((part, i) => addChanges2(part, (y as Bundle).parts[i])))
}

// ---------------------------------------------------------------- broadcasting

/** Broadcasts to `shape`. */
export const broadcastTo: Nary<{ shape: Shape }> = nary<{ shape: Shape }>({
  name: "broadcast_to",
  doc: "An array repeated along new or single axes until it has a given shape.",
  eval: ([x], options) => spread(x as Plain, spreadOptions(options)),
  rule: () => ({
    push: (dx, _args, _out, options) => broadcastTo([dx], options as { shape: Shape }),
    pushMasked: (dx, _args, _out, options) => spreadChange(dx, spreadOptions(options)),
    pull: (ct, [x]) => sumTo([ct], { shape: shapeOf(x as Num) }),
    pullMasked: (ct, [x]) => sumChange(ct, shapeOf(x as Num)),
  }),
  shape: (_shapes, options) => spreadOptions(options),
  linear: true,
  at: [
    { args: [[1, 2, 3]], options: { shape: [2, 3] } },
    { args: [2], options: { shape: [2, 2] } },
  ],
})

/** Sums down to `shape`, from which the argument could have been broadcast. */
export const sumTo: Nary<{ shape: Shape }> = nary<{ shape: Shape }>({
  name: "sum_to",
  doc: "The sum over the axes along which an array of a given shape would have been repeated.",
  eval: ([x], options) => gatherSum(x as Plain, spreadOptions(options)),
  rule: () => ({
    push: (dx, _args, _out, options) => sumTo([dx], options as { shape: Shape }),
    pushMasked: (dx, _args, _out, options) => sumChange(dx, spreadOptions(options)),
    pull: (ct, [x]) => broadcastTo([ct], { shape: shapeOf(x as Num) }),
    pullMasked: (ct, [x]) => spreadChange(ct, shapeOf(x as Num)),
  }),
  shape: (_shapes, options) => spreadOptions(options),
  linear: true,
  at: [
    {
      args: [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
      options: { shape: [3] },
    },
    { args: [[1, 2, 4]], options: { shape: [] } },
  ],
})

const maskOptions = (options: unknown): Uint8Array => (options as { absent: Uint8Array }).absent

/** Zero where absent, whatever stood there. */
const blank: Nary<{ absent: Uint8Array }> = nary<{ absent: Uint8Array }>({
  name: "blank",
  doc: "An array with zeros at given elements, whatever stood there.",
  eval: ([x], options) => {
    const absent = maskOptions(options)
    const from = (x as Tensor).data
    const out = zeroed(from.length)
    for (let i = 0; i < out.length; i++) out[i] = absent[i] === 1 ? 0 : from[i]!
    return new Tensor((x as Tensor).shape, out)
  },
  rule: () => ({
    push: (dx, _args, _out, options) =>
      new Masked(blank([dx], options as { absent: Uint8Array }), maskOptions(options)),
    pull: (ct, _args, _out, options) =>
      new Masked(blank([ct], options as { absent: Uint8Array }), maskOptions(options)),
  }),
  shape: ([shape]) => shape!,
  linear: true,
  at: [{ args: [[1, 2, 3]], options: { absent: Uint8Array.of(0, 1, 0) } }],
})

/** A partly absent array from values (blanked here) and a mask; absent altogether where the mask is full. */
export function masked(value: Num, absent: Uint8Array): Change {
  if (!absent.includes(1)) return value
  if (!absent.includes(0)) return undefined
  return new Masked(blank([value], { absent }), absent)
}

/** The mask of `change` broadcast to `shape`, or null where all is present. */
function maskTo(change: Num | Masked, shape: Shape): Uint8Array | null {
  if (!(change instanceof Masked)) return null
  const index = broadcastIndex(shapeOf(change.value), shape)
  return index === null ? change.absent : Uint8Array.from(index, (i) => change.absent[i]!)
}

/** Product of a change and a partial: absent where either is. */
export function scale(change: Num | Masked, partial: Change): Change {
  if (partial === undefined) return undefined
  if (!(change instanceof Masked) && !(partial instanceof Masked)) return multiply(change, partial)
  const product = multiply(
    change instanceof Masked ? change.value : change,
    partial instanceof Masked ? partial.value : partial,
  )
  const shape = shapeOf(product)
  const a = maskTo(change, shape)
  const b = maskTo(partial, shape)
  return masked(product, a === null ? b! : b === null ? a : a.map((bit, i) => bit | b[i]!))
}

/** Product that leaves its operand as it is where the other is exactly 1. */
export function multiply(x: Num, y: Num): Num {
  if (y === 1) return x
  if (x === 1) return y
  return applyBinary(mul.primitive, x, y)
}

/** Sum of two changes of one shape: an element is absent where it is in both. */
export function addChanges(x: Num | Masked, y: Num | Masked): Num | Masked {
  if (x instanceof Masked) {
    const sum = applyBinary(add.primitive, x.value, y instanceof Masked ? y.value : y)
    return y instanceof Masked
      ? new Masked(
          sum,
          x.absent.map((bit, i) => bit & y.absent[i]!),
        )
      : sum
  }
  return applyBinary(add.primitive, x, y instanceof Masked ? y.value : y)
}

/** The same where either may be missing. */
export function addChanges2(x: Change, y: Change): Change {
  return x === undefined ? y : y === undefined ? x : addChanges(x, y)
}

/** A change of an operand, broadcast to the result's shape. */
export function spreadChange(change: Change, shape: Shape): Change {
  if (change === undefined || sameShape(changeShape(change), shape)) return change
  if (!(change instanceof Masked)) return broadcastTo([change], { shape })
  return new Masked(broadcastTo([change.value], { shape }), maskTo(change, shape)!)
}

/** A change of the result, summed down to an operand's shape: an element is absent where all that it meets is. */
export function sumChange(change: Change, shape: Shape): Change {
  if (change === undefined || sameShape(changeShape(change), shape)) return change
  if (!(change instanceof Masked)) return sumTo([change], { shape })
  const value = sumTo([change.value], { shape })
  if (shape.length === 0) return value
  const index = broadcastIndex(shape, shapeOf(change.value))!
  const absent = new Uint8Array(sizeOf(shape)).fill(1)
  for (let i = 0; i < index.length; i++) if (change.absent[i] === 0) absent[index[i]!] = 0
  return absent.includes(1) ? new Masked(value, absent) : value
}

/** A change as a Num: absent parts count as 0. */
export function dense(change: Change, shape: Shape): Num {
  if (change === undefined) return zeros(shape)
  return change instanceof Masked ? change.value : change
}

/** The plain zero of a shape. */
export function zeros(shape: Shape): number | Tensor {
  return shape.length === 0 ? 0 : new Tensor(shape, zeroed(sizeOf(shape)))
}
