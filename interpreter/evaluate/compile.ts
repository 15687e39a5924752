/**
 * Core → closures: the compiler of tier 0 on one page.
 * Every node becomes one JavaScript closure over the frame; nodes are made once, when a function is first called, and belong to no runtime. The kinds of node
 * are compiled in files of their own: operate, reading, making, loops, updating, calling.
 * It must not know limits nor how calls nest.
 */

import type { Code, Core, IfCore, SeqCore, SetCore, VariantInfo } from "../../lang/core.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { unit, VariantConstructor, VariantValue, type Closure, type Value } from "../values/values.ts"
import { compileCall, compileCallInto } from "./calling.ts"
import type { Compiling } from "./compiling.ts"
import { MISSING, type CompiledCode, type Frame, type Node } from "./frame.ts"
import { compileComprehend, compileFor, compileWhile, refuseCondition } from "./loops.ts"
import { compileBranch } from "./branch.ts"
import { compileArray, compileLambda, compileRange, compileRecord, compileString, compileTuple } from "./making.ts"
import { compileLogic, compileOperate } from "./operate.ts"
import {
  compileBuiltin,
  compileCapture,
  compileFail,
  compileField,
  compileGlobal,
  compileIndex,
  compileLocal,
  compilePart,
  compileTest,
} from "./reading.ts"
import { ownerSlots } from "./scan.ts"
import { readsOf, withCallsInPlace } from "./temporaries.ts"
import { trapped, trapsNan } from "./trap.ts"
import { compileUpdate } from "./updating.ts"

/** Nesting of nodes past which a program is refused: compiling and running it would take too much native stack. */
const deepest = 900

/** Compiles the nodes of one function. */
export class Compiler implements Compiling {
  readonly code: Code
  readonly library: ReadonlyMap<string, Value>
  /** How deep nodes nest at most: what running them takes of the native stack. */
  height = 0
  /** Is every operation checked for nan? Then no loop is scalar code. */
  readonly traps: boolean
  private readonly reads: ReadonlyMap<number, number>
  private readonly spare = new Set<number>()
  private level = 0
  private readonly owners: ReadonlyMap<number, number>
  private readonly make: (code: Code) => CompiledCode

  constructor(code: Code, library: ReadonlyMap<string, Value>, make: (code: Code) => CompiledCode) {
    this.code = code
    this.library = library
    this.make = make
    this.traps = trapsNan(library)
    this.owners = ownerSlots(code.body)
    this.reads = readsOf(code.body)
  }

  value(core: Core): Node {
    return this.node(core, true)
  }

  read(core: Core): Node {
    return this.node(core, false)
  }

  ownerOf(slot: number): number | null {
    const owner = this.owners.get(slot)
    return owner === undefined ? null : owner + 1
  }

  nested(code: Code): CompiledCode {
    return this.make(code)
  }

  /** Statements as they are compiled. */
  statements(items: readonly Core[]): readonly Core[] {
    return withCallsInPlace(items, this.reads, (slot) => this.spare.add(slot))
  }

  /** How long frames must be for what was compiled: slots at the end that nothing uses need no place. */
  frameSize(): number {
    let { slots } = this.code
    while (this.spare.has(slots - 1)) slots--
    return slots + 1
  }

  private node(core: Core, keeps: boolean): Node {
    this.level++
    if (this.level > this.height) this.height = this.level
    if (this.level > deepest) raise(faults.nestedStructure(), core.span)
    const node = this.compile(core, keeps)
    this.level--
    return this.traps ? withTrap(core, node) : node
  }

  private compile(core: Core, keeps: boolean): Node {
    switch (core.kind) {
      case "const": {
        const { value } = core
        return () => value
      }
      case "local":
        return compileLocal(core.slot, keeps ? this.ownerOf(core.slot) : null)
      case "capture":
        return compileCapture(core.index, this.code.captureNames[core.index] ?? "a function", core.span)
      case "global":
        return compileGlobal(core)
      case "builtin":
        return compileBuiltin(core, this)
      case "constructor": {
        const value = constructorOf(core.variant)
        return () => value
      }
      case "operate":
        return compileOperate(core, this)
      case "call":
        return compileCall(core, this)
      case "index":
        return compileIndex(core, this, keeps)
      case "field":
        return compileField(core, this, keeps)
      case "range":
        return compileRange(core, this)
      case "logic":
        return compileLogic(core, this)
      case "array":
        return compileArray(core, this)
      case "tuple":
        return compileTuple(core, this)
      case "record":
        return compileRecord(core, this)
      case "string":
        return compileString(core, this)
      case "lambda":
        return compileLambda(core, this)
      case "if":
        return compileIf(core, this, keeps)
      case "seq":
        return compileSeq(core, this, keeps)
      case "set":
        return compileSet(core, this)
      case "setGlobal": {
        const value = this.value(core.value)
        const { cell } = core
        return (f) => {
          cell.value = value(f)
          return unit
        }
      }
      case "patch": {
        const value = this.value(core.value)
        const { index } = core
        const slot = core.slot + 1
        return (f) => {
          ;(f[slot] as Closure).captures[index] = value(f)
          return unit
        }
      }
      case "default": {
        const value = this.value(core.value)
        const slot = core.slot + 1
        return (f) => {
          if (f[slot] === MISSING) f[slot] = value(f)
          return unit
        }
      }
      case "update":
        return compileUpdate(core, this)
      case "for":
        return compileFor(core, this)
      case "while":
        return compileWhile(core, this)
      case "comprehend":
        return compileComprehend(core, this)
      case "test":
        return compileTest(core, this)
      case "part":
        return compilePart(core, this, keeps)
      case "fail":
        return compileFail(core, this)
    }
  }
}

/** Checks what an operator or a built-in gives. */
function withTrap(core: Core, node: Node): Node {
  const { span } = core
  const operation =
    core.kind === "operate"
      ? (symbols.get(core.op) ?? core.op)
      : core.kind === "call" && core.callee.kind === "builtin"
        ? core.callee.name
        : null
  return operation === null ? node : (f) => trapped(node(f), operation, span)
}
const symbols = new Map([
  ["add", "+"],
  ["sub", "-"],
  ["mul", "*"],
  ["div", "/"],
  ["mod", "%"],
  ["pow", "^"],
  ["matmul", "@"],
  ["neg", "-"],
])

const constructors = new WeakMap<object, VariantConstructor | VariantValue>()

/** A variant as a value: one for each, so that it is equal to itself. */
export function constructorOf(variant: VariantInfo): VariantConstructor | VariantValue {
  let value = constructors.get(variant)
  if (value === undefined) {
    value = variant.fields.length === 0 ? new VariantValue(variant, []) : new VariantConstructor(variant)
    constructors.set(variant, value)
  }
  return value
}

function compileIf(core: IfCore, c: Compiler, keeps: boolean): Node {
  const condition = c.read(core.condition)
  const then = keeps ? c.value(core.then) : c.read(core.then)
  const otherwise = keeps ? c.value(core.else) : c.read(core.else)
  const ordinary = ifNode(core, condition, then, otherwise)
  // The place of the frame that holds the value of the first arm, if that is all it is.
  const place = core.then.kind === "local" && c.ownerOf(core.then.slot) === null ? core.then.slot + 1 : 0
  return compileBranch(core.condition, then, otherwise, place, ordinary, c) ?? ordinary
}

function ifNode(core: IfCore, condition: Node, then: Node, otherwise: Node): Node {
  const { span } = core.condition
  if (core.else.kind === "const") {
    const { value } = core.else
    return (f) => {
      const truth = condition(f)
      if (truth === true) return then(f)
      return truth === false ? value : refuseCondition(truth, span)
    }
  }
  return (f) => {
    const truth = condition(f)
    if (truth === true) return then(f)
    return truth === false ? otherwise(f) : refuseCondition(truth, span)
  }
}

function compileSeq(core: SeqCore, c: Compiler, keeps: boolean): Node {
  const items = c.statements(core.items)
  const last = items.length - 1
  const nodes = items.map((item, i) => (i < last ? c.value(item) : keeps ? c.value(item) : c.read(item)))
  const [a, b, d, e] = nodes
  switch (nodes.length) {
    case 0:
      return () => unit
    case 1:
      return a!
    case 2:
      return (f) => {
        a!(f)
        return b!(f)
      }
    case 3:
      return (f) => {
        a!(f)
        b!(f)
        return d!(f)
      }
    case 4:
      return (f) => {
        a!(f)
        b!(f)
        d!(f)
        return e!(f)
      }
    default:
      return (f) => {
        for (let i = 0; i < last; i++) nodes[i]!(f)
        return nodes[last]!(f)
      }
  }
}

function compileSet(core: SetCore, c: Compiler): Node {
  const slot = core.slot + 1
  const { value: source } = core
  if (source.kind === "call") {
    const call = compileCallInto(slot, source, c)
    if (call !== null) return call
  }
  const value = c.value(source)
  return (f: Frame) => {
    f[slot] = value(f)
    return unit
  }
}
