/**
 * Core → scalar code: loops, branches and arithmetic whose every value is a number or an element of an array.
 * Whether the values are numbers shows only when the code runs; here it is enough that nothing in it could make or keep anything else. Core of any other form
 * has no scalar code. It must not know how the frame is looked at.
 */

import type {
  CallCore,
  Cell,
  Core,
  CoreSlice,
  ForCore,
  IfCore,
  IndexCore,
  SetCore,
  WhileCore,
} from "../../lang/core.ts"
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
  | { readonly kind: "field"; readonly of: Source; readonly name: string }

/** A number of the frame and the register that it is loaded into. */
export interface Input {
  readonly source: Source
  readonly register: number
  /** Is it a boolean? In a register it is 1 or 0. */
  readonly isFlag: boolean
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
  /** Slots to be filled at the end, with numbers and with booleans; the register of a slot has its number. */
  readonly outputs: readonly number[]
  readonly flags: readonly number[]
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
  /** Numbers that are no slots, and slots, to be there when the code begins. */
  private readonly inputs: Input[] = []
  private readonly wanted = new Set<number>()
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
  /** Slots of booleans, and those of numbers: none is both. */
  private readonly flags = new Set<number>()
  private readonly counted = new Set<number>()
  /** Slots that the ordinary nodes of elements read. */
  private readonly shared = new Set<number>()
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
    const mixes =
      [...this.indexed].some((slot) => this.changed.has(slot)) ||
      [...this.flags].some((slot) => this.counted.has(slot) || this.shared.has(slot))
    if (mixes || this.registers > mostRegisters) return null
    const isFlag = (slot: number): boolean => this.flags.has(slot)
    const slots = Array.from(this.wanted, (slot): Input => {
      return { source: { kind: "slot", at: slot + 1 }, register: slot, isFlag: isFlag(slot) }
    })
    return {
      code: flow.sequence(this.block),
      inputs: [...this.inputs, ...slots],
      arrays: this.arrays,
      constants: this.constants,
      outputs: core.carried.filter((slot) => !isFlag(slot)),
      flags: core.carried.filter(isFlag),
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
    const { source, slot, span } = core
    if (source.kind !== "range") return false
    const exit = this.exit(core)
    this.loops++
    const before = new Set(this.filled)
    const body = this.inside(() => {
      this.filled.add(slot)
      return this.statement(core.body)
    })
    this.filled = before
    if (body === null || this.changed.has(slot)) return false
    this.block.push(flow.count(source, slot, from, to, body, exit, span))
    return true
  }

  private range(core: ForCore): boolean {
    if (core.source.kind !== "range") return false
    const bounds = this.operands([core.source.from, core.source.to])
    return bounds !== null && this.turns(core, bounds[0]!, bounds[1]!)
  }

  private repeat(core: WhileCore): boolean {
    this.loops++
    const exit = this.exit(core)
    const condition = this.condition(core.condition)
    if (condition === null) return false
    const before = new Set(this.filled)
    const body = this.inside(() => this.statement(core.body))
    this.filled = before
    if (body === null) return false
    this.block.push(flow.repeat(condition, flow.sequence(body), exit, core.span))
    return true
  }

  /** The register of the flag that ends a loop, or -1. */
  private exit({ exit }: ForCore | WhileCore): number {
    return exit === null ? -1 : this.flag(exit)
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
        return this.set(core)
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

  private set({ slot, value }: SetCore): boolean {
    if (isTruth(value)) {
      const condition = this.condition(value)
      if (condition === null) return false
      const [yes, no] = [this.constant(1), this.constant(0)]
      this.block.push(flow.choose(condition, computationOf(yes, slot), computationOf(no, slot)))
      this.flags.add(slot)
    } else {
      if (this.value(value, slot) < 0) return false
      this.counted.add(slot)
    }
    this.filled.add(slot)
    this.changed.add(slot)
    return true
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
    if (core.kind === "local") return flow.holds(this.flag(core.slot))
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
    return before === null ? null : flow.comparison(core.op, before, operands![0]!, operands![1]!)
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
        this.counted.add(core.slot)
        if (!this.filled.has(core.slot)) this.input(core.slot)
        return core.slot
      case "capture":
      case "global":
      case "field": {
        const source = this.fixedSource(core)
        return source === null ? null : this.loaded(source)
      }
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
    const source = this.fixedSource(target)
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
    const source = this.fixedSource(target)
    if (source === null) return null
    const length = this.registers++
    this.arrays.push({ source, rank: 0, length, register: new ArrayRegister() })
    return length
  }

  /** The source of a value that is looked at once: the slot that it comes from must not change. */
  private fixedSource(core: Core): Source | null {
    let root = core
    while (root.kind === "field") root = root.target
    if (root.kind === "local") this.indexed.add(root.slot)
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
    for (const slot of slots) this.shared.add(slot)
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

  /** The slot is filled when the code begins. */
  private input(slot: number): void {
    this.wanted.add(slot)
  }

  /** The register of a slot that holds a boolean. */
  private flag(slot: number): number {
    this.flags.add(slot)
    if (!this.filled.has(slot)) this.input(slot)
    return slot
  }

  private loaded(source: Source): number {
    const known = this.inputs.find((input) => sameSource(input.source, source))
    if (known !== undefined) return known.register
    const register = this.registers++
    this.inputs.push({ source, register, isFlag: false })
    return register
  }
}

/** Is this a boolean whatever the numbers are? */
function isTruth(core: Core): boolean {
  if (core.kind === "const") return typeof core.value === "boolean"
  return core.kind === "logic" || (core.kind === "operate" && (core.op === "not" || flow.compares(core.op)))
}

function sourceOf(core: Core): Source | null {
  switch (core.kind) {
    case "local":
      return { kind: "slot", at: core.slot + 1 }
    case "capture":
      return { kind: "capture", at: core.index }
    case "global":
      return { kind: "global", cell: core.cell }
    case "field": {
      const of = sourceOf(core.target)
      return of === null ? null : { kind: "field", of, name: core.name }
    }
    default:
      return null
  }
}

function sameSource(a: Source, b: Source): boolean {
  if (a.kind === "global") return b.kind === "global" && a.cell === b.cell
  if (a.kind === "field") return b.kind === "field" && a.name === b.name && sameSource(a.of, b.of)
  return a.kind === b.kind && a.at === b.at
}
