/**
 * Core → scalar code: loops, branches and arithmetic whose every value is a number or an element of an array.
 * Whether the values are numbers shows only when the code runs; here it is enough that nothing in it could make or keep anything else. Core of any other form
 * has no scalar code. It must not know how the frame is looked at.
 */

import type { CallCore, Cell, Core, CoreSlice, ForCore, IfCore, IndexCore, WhileCore } from "../../lang/core.ts"
import type { BinaryPrimitive, UnaryPrimitive } from "../autodiff/declare.ts"
import { formsOf } from "../autodiff/forms.ts"
import { len } from "../builtins/numeric-arrays.ts"
import * as arithmetic from "../primitives/arithmetic.ts"
import { BuiltinFunction } from "../values/values.ts"
import type { Compiling } from "./compiling.ts"
import type { Node } from "./frame.ts"
import { ArrayRegister, mostRegisters } from "./scalar-registers.ts"
import * as flow from "./scalar-flow.ts"
import { computationOf, isSmall, type Computation, type Operation, type Tree } from "./scalar-tree.ts"
import { visitCore } from "./scan.ts"

/** Where a value is that code reads and does not change. */
export type Source =
  | { readonly kind: "slot"; readonly at: number }
  | { readonly kind: "capture"; readonly at: number }
  | { readonly kind: "global"; readonly cell: Cell }

/** A number of the frame and the register that it is loaded into. */
export interface Input {
  readonly source: Source
  readonly register: number
}

/** An array whose elements, or whose length, are read. */
export interface ArrayInput {
  readonly source: Source
  /** Number of its axes; 0: any. */
  readonly rank: number
  /** The register of its length along the first axis; -1: nobody asks. */
  readonly length: number
  readonly register: ArrayRegister
}

export interface ScalarCode {
  readonly code: Computation
  readonly inputs: readonly Input[]
  readonly arrays: readonly ArrayInput[]
  readonly constants: readonly { readonly register: number; readonly value: number }[]
  /** Slots to be filled at the end; the register of a slot has its number. */
  readonly outputs: readonly number[]
  /** Registers for the bounds of a range that the code runs over. */
  readonly from: number
  readonly to: number
  /** Does one loop stand in another, or are turns not counted beforehand? */
  readonly nests: boolean
}

/** Core nested deeper than this has no scalar code: making it would take too much native stack. */
const deepest = 100

const sums = ["add", "sub", "mul", "div"]
const primitives = [arithmetic.add, arithmetic.sub, arithmetic.mul, arithmetic.div].map((f) => f.primitive)
const operations: Operation[] = []
function operationOf(op: number): Operation {
  const [x, y] = formsOf(primitives[op]!)
  return { op, x, y }
}
/** The other operators. */
const operators: ReadonlyMap<string, UnaryPrimitive | BinaryPrimitive> = new Map<
  string,
  UnaryPrimitive | BinaryPrimitive
>([
  ["neg", arithmetic.neg.primitive],
  ["mod", arithmetic.mod.primitive],
  ["pow", arithmetic.pow.primitive],
])

/** The scalar code of a loop; the bounds of a `for` are evaluated before. Null where there is none. */
export function scalarLoop(core: ForCore | WhileCore, c: Compiling): ScalarCode | null {
  return new ScalarCompiler(c).loop(core)
}

class ScalarCompiler {
  private readonly c: Compiling
  private readonly inputs: Input[] = []
  private readonly arrays: ArrayInput[] = []
  private readonly constants: { register: number; value: number }[] = []
  private registers: number
  private loops = 0
  private level = 0
  /** The code under way. */
  private block: Computation[] = []
  /** Slots that are filled here whenever control comes to the place under way. */
  private filled = new Set<number>()
  /** Slots that are filled here at all, and those whose arrays are read: none is both. */
  private readonly changed = new Set<number>()
  private readonly indexed = new Set<number>()
  /** Is an operand waiting while another one is evaluated? Then no slot may change. */
  private waiting = 0

  constructor(c: Compiling) {
    this.c = c
    this.registers = c.code.slots
  }

  loop(core: ForCore | WhileCore): ScalarCode | null {
    const [from, to] = [this.registers++, this.registers++]
    if (!(core.kind === "while" ? this.repeat(core) : this.outermost(core, from, to))) return null
    for (const slot of core.carried) this.input(slot)
    const mixes = [...this.indexed].some((slot) => this.changed.has(slot))
    if (mixes || this.registers > mostRegisters) return null
    return {
      code: flow.sequence(this.block),
      inputs: this.inputs,
      arrays: this.arrays,
      constants: this.constants,
      outputs: core.carried,
      from,
      to,
      nests: core.kind === "while" || this.loops > 1,
    }
  }

  // ---------------------------------------------------------------- statements

  /** The bounds were evaluated before: `to` is where the range ends, even if it is written with its last number. */
  private outermost(core: ForCore, from: number, to: number): boolean {
    const { source } = core
    return source.kind === "range" && this.turns({ ...core, source: { ...source, inclusive: false } }, from, to)
  }

  private turns(core: ForCore, from: number, to: number): boolean {
    const { source, slot, exit, span } = core
    if (source.kind !== "range" || exit !== null) return false
    this.loops++
    const before = new Set(this.filled)
    const body = this.inside(() => {
      this.filled.add(slot)
      return this.statement(core.body)
    })
    this.filled = before
    if (body === null || this.changed.has(slot)) return false
    this.block.push(flow.count(source, slot, from, to, body, span))
    return true
  }

  private range(core: ForCore): boolean {
    if (core.source.kind !== "range") return false
    const bounds = this.operands([core.source.from, core.source.to])
    return bounds !== null && this.turns(core, bounds[0]!, bounds[1]!)
  }

  private repeat(core: WhileCore): boolean {
    if (core.exit !== null) return false
    this.loops++
    const condition = this.condition(core.condition)
    if (condition === null) return false
    const before = new Set(this.filled)
    const body = this.inside(() => this.statement(core.body))
    this.filled = before
    if (body === null) return false
    this.block.push(flow.repeat(condition, flow.sequence(body), core.span))
    return true
  }

  private statement(core: Core): boolean {
    return this.nested(() => this.statementOf(core)) ?? false
  }

  /** What `compile` makes one level deeper; null where that is too deep or takes too many registers. */
  private nested<T>(compile: () => T): T | null {
    if (this.level === deepest || this.registers > mostRegisters) return null
    this.level++
    const made = compile()
    this.level--
    return made
  }

  private statementOf(core: Core): boolean {
    switch (core.kind) {
      case "seq":
        return core.items.every((item) => this.statement(item))
      case "set":
        if (this.value(core.value, core.slot) < 0) return false
        this.filled.add(core.slot)
        this.changed.add(core.slot)
        return true
      case "if":
        return this.branch(core, (arm) => this.statement(arm))
      case "for":
        return this.range(core)
      case "while":
        return this.repeat(core)
      case "const":
        return true
      default:
        return false
    }
  }

  private branch(core: IfCore, compileArm: (arm: Core) => boolean): boolean {
    const condition = this.condition(core.condition)
    if (condition === null) return false
    const before = this.filled
    this.filled = new Set(before)
    const then = this.inside(() => compileArm(core.then))
    const one = this.filled
    this.filled = new Set(before)
    const otherwise = this.inside(() => compileArm(core.else))
    for (const slot of one) if (this.filled.has(slot)) before.add(slot)
    this.filled = before
    if (then === null || otherwise === null) return false
    this.block.push(flow.choose(condition, flow.sequence(then), flow.sequence(otherwise)))
    return true
  }

  /** What `compile` makes, as code of its own; null where that is none. */
  private inside(compile: () => boolean): readonly Computation[] | null {
    const outside = this.block
    this.block = []
    const parts = compile() ? this.block : null
    this.block = outside
    return parts
  }

  // ---------------------------------------------------------------- conditions

  /** What tells whether a condition holds; null where it may be no comparison of numbers. No derivative passes through it. */
  private condition(core: Core): flow.Condition | null {
    if (core.kind === "const" && typeof core.value === "boolean") {
      const { value } = core
      return () => value
    }
    if (core.kind === "logic") {
      const left = this.condition(core.left)
      const right = left === null ? null : this.condition(core.right)
      if (left === null || right === null) return null
      return core.op === "and" ? () => left() && right() : () => left() || right()
    }
    if (core.kind !== "operate") return null
    if (core.op === "not") {
      const inner = this.condition(core.args[0]!)
      return inner === null ? null : () => !inner()
    }
    let operands: readonly number[] | null = null
    const before = this.inside(() => (operands = this.operands(core.args)) !== null)
    return before === null ? null : flow.comparison(core.op, flow.sequence(before), operands![0]!, operands![1]!)
  }

  // ---------------------------------------------------------------- values

  /** The registers of several values that wait for each other; null if one may be no number. */
  private operands(args: readonly Core[]): readonly number[] | null {
    this.waiting++
    const registers = args.map((arg) => this.value(arg, -1))
    this.waiting--
    return registers.includes(-1) ? null : registers
  }

  /** Computes a value, into the register `to` or, if that is -1, into any; gives the register, or -1 where it may be no number. */
  private value(core: Core, to: number): number {
    if (core.kind === "if") {
      const out = to < 0 ? this.registers++ : to
      return this.branch(core, (arm) => this.value(arm, out) >= 0) ? out : -1
    }
    if (core.kind === "seq") {
      const last = core.items.at(-1)
      if (this.waiting > 0 || last === undefined) return -1
      return core.items.slice(0, -1).every((item) => this.statement(item)) ? this.value(last, to) : -1
    }
    const tree = this.tree(core)
    if (tree === null) return -1
    return typeof tree === "number" && (to < 0 || to === tree) ? tree : this.computed(tree, to)
  }

  /** The tree that a value is; parts that are none, and those that make it too large, are computed before. */
  private tree(core: Core): Tree | null {
    return this.nested(() => this.treeOf(core))
  }

  private treeOf(core: Core): Tree | null {
    switch (core.kind) {
      case "const":
        return typeof core.value === "number" ? this.constant(core.value) : null
      case "local":
        if (!this.filled.has(core.slot)) this.input(core.slot)
        return core.slot
      case "capture":
      case "global":
        return this.loaded(sourceOf(core)!)
      case "index":
        return this.element(core)
      case "call":
        return this.call(core)
      case "operate":
        return this.operate(core.op, core.args)
      case "if":
      case "seq": {
        const register = this.value(core, -1)
        return register < 0 ? null : register
      }
      default:
        return null
    }
  }

  private operate(name: string, args: readonly Core[]): Tree | null {
    const op = sums.indexOf(name)
    if (op < 0) {
      const primitive = operators.get(name)
      return primitive === undefined ? null : this.apply(primitive, args)
    }
    this.waiting++
    let left = this.tree(args[0]!)
    let right = left === null ? null : this.tree(args[1]!)
    this.waiting--
    if (left === null || right === null) return null
    const operation = (operations[op] ??= operationOf(op))
    if (typeof left !== "number" && !isSmall({ operation, left, right })) left = this.computed(left, -1)
    if (typeof right !== "number" && !isSmall({ operation, left, right })) right = this.computed(right, -1)
    return { operation, left, right }
  }

  private computed(tree: Tree, to: number): number {
    const out = to < 0 ? this.registers++ : to
    this.block.push(computationOf(tree, out))
    return out
  }

  private call({ callee, args, named }: CallCore): Tree | null {
    const fn = callee.kind === "builtin" ? this.c.library.get(callee.name) : undefined
    if (!(fn instanceof BuiltinFunction) || named.length > 0) return null
    if (fn === len && args.length === 1) return this.length(args[0]!)
    const takes = fn.primitive?.kind === "unary" ? 1 : 2
    return fn.primitive === null || args.length !== takes ? null : this.apply(fn.primitive, args)
  }

  private apply(primitive: UnaryPrimitive | BinaryPrimitive, args: readonly Core[]): Tree | null {
    const operands = this.operands(args)
    if (operands === null) return null
    const out = this.registers++
    this.block.push(
      primitive.kind === "unary"
        ? flow.unary(primitive, operands[0]!, out)
        : flow.binary(primitive, operands[0]!, operands[1]!, out),
    )
    return out
  }

  private element(core: IndexCore): Tree | null {
    const items: (Core | CoreSlice)[] = [...core.items]
    let { target } = core
    if (target.kind === "index" && items.length === 1 && target.items.length === 1) {
      items.unshift(target.items[0]!)
      target = target.target
    }
    const source = this.arraySource(target)
    if (source === null || items.length > 2) return null
    const indices = this.operands(items.filter((item) => item.kind !== "slice"))
    if (indices?.length !== items.length) return null
    const [i, j = -1] = indices
    const { register } = this.array(source, indices.length)
    const out = this.registers++
    this.block.push(flow.element(register, i!, j, out, this.reader(core)))
    return out
  }

  private length(target: Core): Tree | null {
    const source = this.arraySource(target)
    if (source === null) return null
    const length = this.registers++
    this.arrays.push({ source, rank: 0, length, register: new ArrayRegister() })
    return length
  }

  private arraySource(core: Core): Source | null {
    if (core.kind === "local") this.indexed.add(core.slot)
    return sourceOf(core)
  }

  private array(source: Source, rank: number): ArrayInput {
    const known = this.arrays.find((array) => array.rank === rank && sameSource(array.source, source))
    if (known !== undefined) return known
    const array = { source, rank, length: -1, register: new ArrayRegister() }
    this.arrays.push(array)
    return array
  }

  /** The ordinary node of an element. */
  private reader(core: IndexCore): flow.Reader {
    const slots = new Set<number>()
    visitCore(core, (part) => {
      if (part.kind === "local" && !this.indexed.has(part.slot)) slots.add(part.slot)
      return true
    })
    const { c } = this
    let node: Node | null = null
    return { node: (f) => (node ??= c.read(core))(f), slots: [...slots] }
  }

  // ---------------------------------------------------------------- registers

  private constant(value: number): number {
    const known = this.constants.find((constant) => Object.is(constant.value, value))
    if (known !== undefined) return known.register
    const register = this.registers++
    this.constants.push({ register, value })
    return register
  }

  /** The slot's number is there when the code begins. */
  private input(slot: number): void {
    const isKnown = this.inputs.some(({ register }) => register === slot)
    if (!isKnown) this.inputs.push({ source: { kind: "slot", at: slot + 1 }, register: slot })
  }

  private loaded(source: Source): number {
    const known = this.inputs.find((input) => sameSource(input.source, source))
    if (known !== undefined) return known.register
    const register = this.registers++
    this.inputs.push({ source, register })
    return register
  }
}

function sourceOf(core: Core): Source | null {
  if (core.kind === "local") return { kind: "slot", at: core.slot + 1 }
  if (core.kind === "capture") return { kind: "capture", at: core.index }
  return core.kind === "global" ? { kind: "global", cell: core.cell } : null
}

function sameSource(a: Source, b: Source): boolean {
  if (a.kind === "global" || b.kind === "global") return a.kind === "global" && b.kind === "global" && a.cell === b.cell
  return a.kind === b.kind && a.at === b.at
}
