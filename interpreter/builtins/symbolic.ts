/**
 * The derivative of a function as an expression: `symbolic`.
 * The function runs on expressions in place of numbers; the derivative comes from the same rules as ever, which then build expressions too. Where a
 * comparison of expressions decides how the program goes on, it is run both ways and the two results stand in an `if`. It must not know syntax beyond
 * how operators are written.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { apartFaults } from "../../lang/report/catalogue/apart.ts"
import { raise } from "../../lang/report/fault.ts"
import { sizeOf, type Shape } from "../arrays/tensor.ts"
import type { Primitive } from "../autodiff/declare.ts"
import { dense } from "../autodiff/lift.ts"
import { splitDual, withTangents } from "../autodiff/modes.ts"
import { freshTag, isNum, primalOf, shapeOf, Staged, type Change, type Num, type Truth } from "../autodiff/num.ts"
import { kindOf } from "../values/kinds.ts"
import { show } from "../values/show.ts"
import { leavesOf } from "../values/structure.ts"
import { BuiltinFunction, isFunction, recordOf, type Runtime, type Value } from "../values/values.ts"
import { functionArgument, functionNamed, parametersOf, select } from "./application.ts"

/** More ways through a function than this are no expression anybody would read. */
const mostWays = 256
/** Nor decisions on one way. */
const mostDecisions = 40
/** Operations in the printed expression. */
const mostSize = 200_000

/** An expression that stands for a number, or (with items) for an array of them. */
class Expression extends Staged {
  readonly shape: Shape | null = null
  readonly text: string
  /** How tightly it binds: 4 atom or call, 3 power, 2 product, 1 sum, 0 `if`. */
  readonly tightness: number
  /** Operations in it, written out. */
  readonly size: number
  private readonly way: Way

  constructor(way: Way, text: string, tightness: number, size: number) {
    super()
    this.way = way
    this.text = text
    this.tightness = tightness
    this.size = size
    if (size > mostSize) raise(apartFaults.symbolicTooLarge(mostSize))
  }

  apply(primitive: Primitive, args: readonly (Num | Truth)[], options: unknown): Num | Truth {
    return this.way.apply(primitive, args, options)
  }

  choose(): Change {
    raise(apartFaults.symbolicConstruct("a condition on a whole array"))
  }
}

class ExpressionArray extends Staged {
  readonly shape: Shape
  readonly items: readonly Num[]
  private readonly way: Way

  constructor(way: Way, shape: Shape, items: readonly Num[]) {
    super()
    this.way = way
    this.shape = shape
    this.items = items
  }

  apply(primitive: Primitive, args: readonly (Num | Truth)[], options: unknown): Num | Truth {
    return this.way.apply(primitive, args, options)
  }

  choose(): Change {
    raise(apartFaults.symbolicConstruct("a condition on a whole array"))
  }
}

/** One way through the program: what was decided at each comparison, and the conditions as written. */
class Way {
  readonly plan: readonly boolean[]
  readonly conditions: string[] = []

  constructor(plan: readonly boolean[]) {
    this.plan = plan
  }

  variable(name: string): Expression {
    return new Expression(this, name, 4, 0)
  }

  /** Decides a comparison by the plan; past its end, yes. */
  private decide(condition: string): boolean {
    const at = this.conditions.length
    if (at >= mostDecisions) raise(apartFaults.symbolicWays(condition, mostWays))
    this.conditions.push(condition)
    return this.plan[at] ?? true
  }

  apply(p: Primitive, args: readonly (Num | Truth)[], options: unknown): Num | Truth {
    switch (p.kind) {
      case "predicate": {
        const [x, y] = args as [Num, Num]
        if (shapeOf(x).length > 0 || shapeOf(y).length > 0)
          raise(apartFaults.symbolicConstruct("a comparison of arrays"))
        // Inner predicates guard single points of rules: an expression stands for the general case.
        if (p.inner === true) return false
        return this.decide(`${textOf(x, 1)} ${p.symbol ?? p.name} ${textOf(y, 1)}`)
      }
      case "unary":
        return this.elementwise(args as readonly Num[], (items) => this.unary(p, items[0]!))
      case "binary":
        return this.elementwise(args as readonly Num[], (items) => this.binary(p, items[0]!, items[1]!))
      case "nary":
        return this.nary(p.name, args, options)
      case "multi":
        raise(apartFaults.symbolicConstruct(`\`${p.name}\``))
    }
  }

  private elementwise(args: readonly Num[], f: (items: readonly Num[]) => Num): Num {
    const shapes = args.map(shapeOf)
    const shape = shapes.find((candidate) => candidate.length > 0)
    if (shape === undefined) return f(args)
    if (shapes.some((other) => other.length > 0 && other.join() !== shape.join())) {
      raise(apartFaults.symbolicConstruct("broadcasting of arrays"))
    }
    const items = Array.from({ length: sizeOf(shape) }, (_, i) => f(args.map((arg) => itemOf(arg, i))))
    return new ExpressionArray(this, shape, items)
  }

  private call(name: string, args: readonly Num[]): Expression {
    const size = args.reduce<number>((sum, arg) => sum + sizeIn(arg), 1)
    return new Expression(this, `${name}(${args.map((arg) => textOf(arg, 0)).join(", ")})`, 4, size)
  }

  private unary(p: Primitive & { kind: "unary" }, x: Num): Num {
    if (typeof x === "number") return p.eval(x)
    if (p.symbol !== undefined) return new Expression(this, `${p.symbol}${textOf(x, 3)}`, 2, sizeIn(x) + 1)
    if (p.inner !== true) return this.call(p.name, [x])
    if (p.written === undefined) raise(apartFaults.symbolicConstruct(`\`${p.name}\``))
    const text = p.written(textOf(x, 4), "")
    return new Expression(this, text, /[ ^]/.test(text) ? 1 : 4, sizeIn(x) + 2)
  }

  private binary(p: Primitive & { kind: "binary" }, x: Num, y: Num): Num {
    if (typeof x === "number" && typeof y === "number") return p.eval(x, y)
    const simple = simplified(p.symbol, x, y)
    if (simple !== null) return simple
    const size = sizeIn(x) + sizeIn(y) + 1
    switch (p.symbol) {
      case "+":
        return new Expression(this, `${textOf(x, 1)} + ${textOf(y, 1.5)}`, 1, size)
      case "-":
        return new Expression(this, `${textOf(x, 1)} - ${textOf(y, 1.5)}`, 1, size)
      case "*":
      case "/":
      case "%":
        return new Expression(this, `${textOf(x, 2)} ${p.symbol} ${textOf(y, 2.5)}`, 2, size)
      case "^":
        return new Expression(this, `${textOf(x, 4)}^${textOf(y, 4)}`, 3, size)
      default:
        if (p.inner !== true) return this.call(p.name, [x, y])
        if (p.written === undefined) raise(apartFaults.symbolicConstruct(`\`${p.name}\``))
        return new Expression(this, p.written(textOf(x, 4), textOf(y, 4)), 1, size + 1)
    }
  }

  private nary(name: string, args: readonly (Num | Truth)[], options: unknown): Num {
    const [a] = args as readonly Num[]
    const of = options as { offset?: number; offsets?: Int32Array; shape?: Shape } | undefined
    if (name === "stack") {
      const items = (args as readonly Num[]).flatMap((arg) => itemsIn(arg))
      return new ExpressionArray(this, [args.length, ...shapeOf(a!)], items)
    }
    if (name === "element") return itemOf(a!, of!.offset!)
    if (name === "region")
      return new ExpressionArray(
        this,
        of!.shape!,
        Array.from(of!.offsets!, (i) => itemOf(a!, i)),
      )
    if (name === "where" && typeof args[0] === "boolean") return args[args[0] ? 1 : 2] as Num
    raise(apartFaults.symbolicConstruct(`\`${name}\` of an array`))
  }
}

function itemOf(x: Num, i: number): Num {
  if (x instanceof ExpressionArray) return x.items[i]!
  const primal = primalOf(x)
  return typeof primal === "object" && "data" in primal ? (primal.data as Float64Array)[i]! : x
}

function itemsIn(x: Num): Num[] {
  return shapeOf(x).length === 0 ? [x] : Array.from({ length: sizeOf(shapeOf(x)) }, (_, i) => itemOf(x, i))
}

/** An expression where something at least this tight is needed. */
function textOf(x: Num, least: number): string {
  if (typeof x === "number") {
    const text = show(x)
    return x < 0 || Object.is(x, -0) ? (least > 0 ? `(${text})` : text) : text
  }
  if (!(x instanceof Expression)) raise(apartFaults.symbolicConstruct("an array in place of a number"))
  return x.tightness >= least ? x.text : `(${x.text})`
}

function sizeIn(x: Num): number {
  return x instanceof Expression ? x.size : 0
}

/** What adding 0 and multiplying by 0 or 1 leaves. */
function simplified(symbol: string | undefined, x: Num, y: Num): Num | null {
  if (symbol === "+") return x === 0 ? y : y === 0 ? x : null
  if (symbol === "-") return y === 0 ? x : null
  if (symbol === "*") return x === 0 || y === 0 ? 0 : x === 1 ? y : y === 1 ? x : null
  if (symbol === "/") return x === 0 ? 0 : y === 1 ? x : null
  if (symbol === "^") return y === 1 ? x : y === 0 ? 1 : null
  return null
}

interface Written {
  readonly text: string
  readonly size: number
}

/** Runs `derive` along every way through the program and puts the results under the conditions that lead to them. */
function explore(derive: (way: Way) => Written): Written {
  let ways = 0
  /** Ways whose first decisions are `plan`. Plans are at most as long as there are ways, so this recursion is shallow. */
  const along = (plan: readonly boolean[]): Written => {
    if (++ways > mostWays) raise(apartFaults.symbolicWays(lastCondition, mostWays))
    const way = new Way(plan)
    const result = derive(way)
    lastCondition = way.conditions[plan.length] ?? lastCondition
    if (way.conditions.length <= plan.length) return result
    const condition = way.conditions[plan.length]!
    const then = along([...plan, true])
    const otherwise = along([...plan, false])
    if (then.text === otherwise.text) return then
    return {
      text: `if ${condition} { ${then.text} } else { ${otherwise.text} }`,
      size: then.size + otherwise.size + 1,
    }
  }
  let lastCondition = ""
  return along([])
}

export const symbolic = new BuiltinFunction({
  name: "symbolic",
  doc: "`symbolic(f)`: the derivative of a function of numbers as a record `{ source, size }`: ADL source of a function, and the number of operations in it. Loops are unrolled, calls expanded, branches on the arguments become `if`. For several parameters the result is the tuple of partial derivatives.",
  params: ["f"],
  callsBack: true,
  call: (runtime, [fn]) => {
    runtime.poll()
    const f = functionArgument("symbolic", fn)
    const { places } = select("symbolic", f, undefined)
    const names = places.map((place, i) => nameFor(parametersOf(f)[place]!.name, i))
    const parts = places.map((_, k) => explore((way) => partial(runtime, f, way, names, k)))
    const list = names.length === 1 ? names[0]! : `(${names.join(", ")})`
    const body = parts.length === 1 ? parts[0]!.text : `(${parts.map((part) => part.text).join(", ")})`
    return recordOf([
      ["source", `${list} => ${body}`],
      ["size", parts.reduce((sum, part) => sum + part.size, 0)],
    ])
  },
})

function nameFor(name: string | null, i: number): string {
  return name ?? `x${String(i + 1)}`
}

/** The derivative with respect to parameter k, along one way. */
function partial(runtime: Runtime, f: Value, way: Way, names: readonly string[], k: number): Written {
  const tag = freshTag()
  const xs: Num[] = names.map((name) => way.variable(name))
  const inputs = withTangents(
    tag,
    xs,
    xs.map((_, i) => (i === k ? 1 : undefined)),
  )
  const out = runtime.call(f, inputs)
  if (isFunction(out)) raise(faults.functionResult("symbolic"))
  if (!isNum(out) || leavesOf(out).length !== 1 || shapeOf(out).length > 0) {
    raise(faults.notScalar(`symbolic(${isFunction(f) ? functionNamed(f) : "f"})`, kindOf(out)))
  }
  const tangent = dense(splitDual(tag, out).tangent, [])
  return { text: textOf(tangent, 0), size: sizeIn(tangent) }
}
