/**
 * Operators as nodes: choosing the closure for an operator and its operands.
 * Operands that are slots or constants are read without a call of their own, and an expression of
 * hundreds of terms runs as a loop. It must not know how operators compute.
 */

import type { Core, LogicCore, OperateCore } from "../../lang/core.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { kindOf } from "../values/kinds.ts"
import { BuiltinFunction, isFunction, noNamed, type Value } from "../values/values.ts"
import { applyAt, applyPrefixAt, binaryNodes, type Operand } from "./arithmetic.ts"
import type { Compiling } from "./compiling.ts"
import { registers, type Node } from "./frame.ts"
import { logic, neg, not, operators, type Operator } from "./operators.ts"
import * as arithmetic from "../primitives/arithmetic.ts"

export function compileOperate(core: OperateCore, c: Compiling): Node {
  const { args } = core
  if (args.length === 1) return compilePrefix(core, c)
  const chain = leftChain(core)
  if (chain.length > longest) return compileChain(chain, c)
  return compileBinary(core, c)
}

function compileBinary(core: OperateCore, c: Compiling): Node {
  const { op, args, span } = core
  const left = operandOf(args[0]!, c)
  const right = operandOf(args[1]!, c)
  const make = binaryNodes.get(op)
  if (make !== undefined) return make(left, right, span)
  const operator = operatorNamed(op)
  const x = left.node
  const y = right.node
  const scalar = scalars.get(op)
  if (scalar === undefined) return (f) => applyAt(operator, x(f), y(f), span)
  return (f) => {
    const a = x(f)
    const b = y(f)
    return typeof a === "number" && typeof b === "number" ? scalar(a, b) : applyAt(operator, a, b, span)
  }
}

/** The same bits as the primitives. */
const scalars: ReadonlyMap<string, (x: number, y: number) => number> = new Map([
  ["pow", arithmetic.pow.primitive.eval],
  ["mod", arithmetic.mod.primitive.eval],
])

function operatorNamed(op: string): Operator {
  const operator = operators.get(op)
  if (operator === undefined) throw new Error(`no operator ${op}`)
  return operator
}

export function operandOf(core: Core, c: Compiling): Operand {
  const node = c.read(core)
  if (core.kind === "local") return { kind: "slot", at: core.slot + 1, node }
  if (core.kind === "const" && typeof core.value === "number") return { kind: "number", value: core.value, node }
  return { kind: "any", node }
}

function compilePrefix(core: OperateCore, c: Compiling): Node {
  const { op, args, span } = core
  const x = c.read(args[0]!)
  switch (op) {
    case "neg":
      return (f) => {
        const a = x(f)
        return typeof a === "number" ? -a : applyPrefixAt(neg, a, span)
      }
    case "not":
      return (f) => {
        const a = x(f)
        return typeof a === "boolean" ? !a : applyPrefixAt(not, a, span)
      }
    case "diff":
      return (f) => applyPrefixAt(derivative, x(f), span)
    default:
      throw new Error(`no operator ${op}`)
  }
}

/** `f'`. */
function derivative(fn: Value): Value {
  if (!isFunction(fn)) raise(faults.functionHasNoTranspose(kindOf(fn)))
  const diff = registers.runtime.library.get("diff")
  if (!(diff instanceof BuiltinFunction)) raise(faults.unknownName("diff"))
  return diff.call(registers.runtime, [fn], noNamed)
}

/** Operators nested to the left further than this run as a loop, not nested. */
const longest = 64

/** The innermost left operand and, outwards, the operators that follow it. */
function leftChain(core: OperateCore): OperateCore[] {
  const chain: OperateCore[] = []
  let at: Core | undefined = core
  while (at?.kind === "operate" && at.args.length === 2) {
    chain.push(at)
    at = at.args[0]
  }
  return chain.reverse()
}

function compileChain(chain: readonly OperateCore[], c: Compiling): Node {
  const first = c.read(chain[0]!.args[0]!)
  const steps = chain.map((link) => ({
    operator: operatorNamed(link.op),
    node: c.read(link.args[1]!),
    span: link.span,
  }))
  return (f) => {
    let out = first(f)
    for (const { operator, node, span } of steps) out = applyAt(operator, out, node(f), span)
    return out
  }
}

export function compileLogic(core: LogicCore, c: Compiling): Node {
  const { op, span } = core
  const left = c.read(core.left)
  const right = c.read(core.right)
  const combine: Operator = (a, b) => logic(op, a, b)
  if (op === "and") {
    return (f) => {
      const a = left(f)
      if (a === false) return false
      const b = right(f)
      return a === true && typeof b === "boolean" ? b : applyAt(combine, a, b, span)
    }
  }
  return (f) => {
    const a = left(f)
    if (a === true) return true
    const b = right(f)
    return a === false && typeof b === "boolean" ? b : applyAt(combine, a, b, span)
  }
}
