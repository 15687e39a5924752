/**
 * Calls as nodes.
 * A function of the program with the right number of positional arguments gets its frame in the closure itself; everything else goes through call.ts. A
 * built-in on plain numbers is computed without an argument list. It must not know how bodies run.
 */

import type { CallCore, Core, GlobalCore } from "../../lang/core.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { locate, raise } from "../../lang/report/fault.ts"
import type { Span } from "../../lang/report/span.ts"
import { Tensor } from "../arrays/tensor.ts"
import { BuiltinFunction, Closure, noNamed, type Named, type Value } from "../values/values.ts"
import { bind, callBuiltin, callValue } from "./call.ts"
import type { Compiling } from "./compiling.ts"
import type { CompiledCode } from "./frame.ts"
import { frame1, frame2, newFrame, registers, TAIL, type Frame, type Node } from "./frame.ts"

export function compileCall(core: CallCore, c: Compiling): Node {
  const { callee, args, named, tail, span } = core
  if (callee.kind === "builtin") {
    const fn = c.library.get(callee.name)
    if (fn instanceof BuiltinFunction) return compileBuiltinCall(fn, core, c)
  }
  const fn = c.value(callee)
  const nodes = args.map((arg) => c.value(arg))
  if (tail) return compileTailCall(fn, nodes, compileNamed(core, c), span)
  if (named.length > 0) {
    const names = compileNamed(core, c)
    return (f) => {
      const callee = fn(f)
      const values = nodes.map((node) => node(f))
      return callValue(callee, values, names(f), span)
    }
  }
  const [first, second, third] = nodes
  if (callee.kind === "global" && nodes.length === 1)
    return callGlobal1(callee, fn, first!, offsetOf(args[0]!), span, 0)
  switch (nodes.length) {
    case 0:
      return (f) => {
        const callee = fn(f)
        if (callee instanceof Closure) {
          const code = callee.code as CompiledCode
          if (code.arity === 0) return code.run(newFrame(code.size, callee), span)
        }
        return callValue(callee, [], noNamed, span)
      }
    case 1:
      return (f) => {
        const callee = fn(f)
        const a = first!(f)
        if (callee instanceof Closure) {
          const code = callee.code as CompiledCode
          if (code.arity === 1) return code.call1(callee, a, span)
        }
        return callValue(callee, [a], noNamed, span)
      }
    case 2:
      return (f) => {
        const callee = fn(f)
        const a = first!(f)
        const b = second!(f)
        if (callee instanceof Closure) {
          const code = callee.code as CompiledCode
          if (code.arity === 2) return code.call2(callee, a, b, span)
        }
        return callValue(callee, [a, b], noNamed, span)
      }
    case 3:
      return (f) => {
        const callee = fn(f)
        const a = first!(f)
        const b = second!(f)
        const d = third!(f)
        if (callee instanceof Closure) {
          const code = callee.code as CompiledCode
          if (code.arity === 3) return code.call3(callee, a, b, d, span)
        }
        return callValue(callee, [a, b, d], noNamed, span)
      }
    default:
      return (f) => {
        const callee = fn(f)
        return callValue(
          callee,
          nodes.map((node) => node(f)),
          noNamed,
          span,
        )
      }
  }
}

/** Calls no function: what the place of a call remembers before its first one. */
const nobody = new Closure(null as unknown as CompiledCode, [])

/**
 * The most common call of all: a top-level function of one argument, whose result goes to the place `to` of the frame unless that is 0. It is remembered, so
 * that the next call costs one comparison.
 */
function callGlobal1(
  { cell }: GlobalCore,
  fn: Node,
  first: Node,
  moved: Offset | null,
  span: Span,
  to: number,
  // Parameters, since a variable of a closure is looked at for a value before each use.
  known = nobody,
  code = nobody.code as CompiledCode,
): Node {
  const unknown: Node = (f) => {
    const callee = fn(f)
    if (callee instanceof Closure && (callee.code as CompiledCode).arity === 1) {
      known = callee
      code = callee.code as CompiledCode
    }
    return callValue(callee, [first(f)], noNamed, span)
  }
  if (to === 0 && moved !== null) {
    const { at, by } = moved
    return (f) => {
      const callee = cell.value as Closure
      if (callee !== known) return unknown(f)
      const x = f[at]
      return code.call1(callee, typeof x === "number" ? x + by : first(f), span)
    }
  }
  if (to === 0) {
    return (f) => {
      const callee = cell.value as Closure
      return callee === known ? code.call1(callee, first(f), span) : unknown(f)
    }
  }
  return (f) => {
    const callee = cell.value as Closure
    f[to] = callee === known ? code.call1(callee, first(f), span) : unknown(f)
    return null
  }
}

/** A number in a slot plus or minus a constant, which recursion is most often on. */
interface Offset {
  readonly at: number
  readonly by: number
}

/** Reads the argument's form alone: its node is made already. */
function offsetOf(arg: Core): Offset | null {
  if (arg.kind !== "operate" || (arg.op !== "add" && arg.op !== "sub")) return null
  const [left, right] = arg.args
  if (left?.kind !== "local" || right?.kind !== "const" || typeof right.value !== "number") return null
  return { at: left.slot + 1, by: arg.op === "add" ? right.value : -right.value }
}

/** The same with the result assigned to the place `to` of the frame; null where the call is of another form. */
export function compileCallInto(to: number, core: CallCore, c: Compiling): Node | null {
  const { callee, args, named, span } = core
  if (callee.kind !== "global" || args.length !== 1 || named.length > 0) return null
  return callGlobal1(callee, c.value(callee), c.value(args[0]!), null, span, to)
}

export function compileNamed(core: CallCore, c: Compiling): (f: Frame) => Named {
  const { named } = core
  if (named.length === 0) return () => noNamed
  const nodes = named.map(({ value }) => c.value(value))
  return (f) => {
    const out = new Map<string, Value>()
    for (let k = 0; k < nodes.length; k++) {
      const { name } = named[k]!
      if (out.has(name)) raise(faults.repeatedArgument("this call", name), core.span)
      out.set(name, nodes[k]!(f))
    }
    return out
  }
}

/** Leaves the call to whoever runs this body: it takes the body's place. */
function compileTailCall(fn: Node, nodes: readonly Node[], named: (f: Frame) => Named, span: Span): Node {
  const [first, second] = nodes
  const count = nodes.length
  return (f) => {
    const callee = fn(f)
    if (callee instanceof Closure) {
      const code = callee.code as CompiledCode
      if (code.arity === count && count <= 2 && count > 0) {
        const a = first!(f)
        registers.tailFrame = count === 1 ? frame1(code.size, callee, a) : frame2(code.size, callee, a, second!(f))
        registers.tailCode = code
        return TAIL
      }
      const values = nodes.map((node) => node(f))
      registers.tailFrame = bind(callee, values, named(f), span)
      registers.tailCode = code
      return TAIL
    }
    const values = nodes.map((node) => node(f))
    return callValue(callee, values, named(f), span)
  }
}

// ---------------------------------------------------------------- built-ins

/** Calls a built-in; faults get their position. */
export function callBuiltinAt(fn: BuiltinFunction, args: readonly Value[], named: Named, span: Span): Value {
  try {
    return callBuiltin(fn, args, named)
  } catch (error) {
    locate(error, span)
    throw error
  }
}

function compileBuiltinCall(fn: BuiltinFunction, core: CallCore, c: Compiling): Node {
  const { args, span } = core
  const nodes = args.map((arg) => compileArgument(arg, fn, c))
  const [first, second] = nodes
  if (core.named.length > 0) {
    const named = compileNamed(core, c)
    return (f) => {
      const values = nodes.map((node) => node(f))
      return callBuiltinAt(fn, values, named(f), span)
    }
  }
  const { primitive } = fn
  if (nodes.length === 1) {
    if (primitive?.kind === "unary") {
      const compute = primitive.eval
      return (f) => {
        const a = first!(f)
        return typeof a === "number" ? compute(a) : callBuiltinAt(fn, [a], noNamed, span)
      }
    }
    return (f) => callBuiltinAt(fn, [first!(f)], noNamed, span)
  }
  if (nodes.length === 2) {
    if (primitive?.kind === "binary") {
      const compute = primitive.eval
      return (f) => {
        const a = first!(f)
        const b = second!(f)
        return typeof a === "number" && typeof b === "number" ? compute(a, b) : callBuiltinAt(fn, [a, b], noNamed, span)
      }
    }
    return (f) => {
      const a = first!(f)
      return callBuiltinAt(fn, [a, second!(f)], noNamed, span)
    }
  }
  return (f) =>
    callBuiltinAt(
      fn,
      nodes.map((node) => node(f)),
      noNamed,
      span,
    )
}

/** A built-in that keeps nothing of its arguments only looks at an array; of lists and records the parts may come out again. */
export function compileArgument(core: CallCore["args"][number], fn: BuiltinFunction, c: Compiling): Node {
  if (fn.retains || core.kind !== "local" || c.ownerOf(core.slot) === null) return c.value(core)
  const look = c.read(core)
  const take = c.value(core)
  return (f) => {
    const value = look(f)
    return value instanceof Tensor ? value : take(f)
  }
}
