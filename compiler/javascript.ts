/**
 * SIR → JavaScript.
 * One function of typed arrays and numbers; scalars are local variables, loops are loops, what is saved lies on typed stacks that live from call to
 * call. It must not know where the code came from.
 */

import { operators } from "../interpreter/primitives/index.ts"
import { typeOf } from "./builder.ts"
import { isVar, type Atom, type Block, type LoopStmt, type Op, type SirFunction, type Stmt, type Var } from "./sir.ts"

/** What generated code finds beside its arguments. */
export interface Support {
  /** Thrown where code cannot go on: tier 0 takes over. */
  readonly bail: () => never
  readonly index: (t: number, n: number) => number
  readonly integer: (t: number) => number
  readonly alloc: (n: number) => Float64Array
  readonly stack: (k: number) => Float64Array
  readonly grow: (k: number, needed: number) => Float64Array
  /** Looks at limits, clock and interruption; gives how many steps may be made before the next look. */
  readonly poll: (steps: number) => number
  readonly done: (steps: number) => void
}

export interface JsFunction {
  readonly source: string
  /** Functions that the source calls by number. */
  readonly constants: readonly unknown[]
}

const infix: ReadonlyMap<Op, string> = new Map<Op, string>([
  [operators.add.primitive, "+"],
  [operators.sub.primitive, "-"],
  [operators.mul.primitive, "*"],
  [operators.div.primitive, "/"],
  [operators.equal.primitive, "==="],
  [operators.less.primitive, "<"],
  [operators.lessEqual.primitive, "<="],
  [operators.greater.primitive, ">"],
  [operators.greaterEqual.primitive, ">="],
  ["same", "==="],
  ["and", "&&"],
  ["or", "||"],
])

const mathNames: ReadonlyMap<unknown, string> = new Map(
  Object.getOwnPropertyNames(Math).flatMap((name): [unknown, string][] => {
    const f = (Math as unknown as Record<string, unknown>)[name]
    return typeof f === "function" ? [[f, `Math.${name}`]] : []
  }),
)

class Printer {
  readonly lines: string[] = []
  readonly constants: unknown[] = []
  readonly stacks = new Set<number>()
  private indent = "  "

  line(text: string): void {
    this.lines.push(this.indent + text)
  }

  private nested(write: () => void): void {
    const before = this.indent
    this.indent += "  "
    write()
    this.indent = before
  }

  private constant(value: unknown): string {
    if (typeof value !== "function") throw new Error("an operation without a function")
    let k = this.constants.indexOf(value)
    if (k < 0) k = this.constants.push(value) - 1
    return `k${String(k)}`
  }

  block(block: Block): void {
    for (let k = 0; k < block.stmts.length; k++) {
      const stmt = block.stmts[k]!
      const run = this.runOf(block.stmts, k)
      if (run > 0) k += run - 1
      else this.statement(stmt)
    }
  }

  /** Writes scalars that are pushed or popped in a row together; gives how many statements that were. */
  private runOf(stmts: readonly Stmt[], from: number): number {
    const first = stmts[from]!
    if (first.kind !== "push" && first.kind !== "pop") return 0
    let n = 0
    const group: Stmt[] = []
    for (let k = from; k < stmts.length; k++) {
      const stmt = stmts[k]!
      if (stmt.kind !== first.kind || stmt.stack !== first.stack) break
      if ((stmt.kind === "push" ? typeOf(stmt.value) : (stmt as { out: Var }).out.type) === "buf") break
      group.push(stmt)
      n++
    }
    if (n === 0) return 0
    const s = String(first.stack)
    this.stacks.add(first.stack)
    group.forEach((stmt, k) => {
      if (stmt.kind === "push") {
        const place = k === 0 ? `q${s}` : `q${s} + ${String(k)}`
        const value = atom(stmt.value)
        this.line(`s${s}[${place}] = ${typeOf(stmt.value) === "bool" ? `${value} ? 1 : 0` : value}`)
      }
    })
    if (first.kind === "push") this.line(`q${s} += ${String(n)}`)
    else {
      this.line(`q${s} -= ${String(n)}`)
      group.forEach((stmt, k) => {
        const { out } = stmt as { out: Var }
        const at = n - 1 - k
        const place = at === 0 ? `q${s}` : `q${s} + ${String(at)}`
        this.line(`const ${name(out)} = s${s}[${place}]${out.type === "bool" ? " === 1" : ""}`)
      })
    }
    return n
  }

  private statement(stmt: Stmt): void {
    switch (stmt.kind) {
      case "let":
        this.line(`const ${name(stmt.out)} = ${this.operation(stmt.op, stmt.args)}`)
        return
      case "alloc":
        this.line(`const ${name(stmt.out)} = $.alloc(${atom(stmt.length)})`)
        return
      case "copy": {
        const end = stmt.offset === 0 ? atom(stmt.length) : `${atom(stmt.offset)} + ${atom(stmt.length)}`
        this.line(`const ${name(stmt.out)} = ${atom(stmt.from)}.slice(${atom(stmt.offset)}, ${end})`)
        return
      }
      case "load":
        this.line(`const ${name(stmt.out)} = ${atom(stmt.buf)}[${atom(stmt.index)}]`)
        return
      case "store":
        this.line(`${atom(stmt.buf)}[${atom(stmt.index)}] = ${atom(stmt.value)}`)
        return
      case "accum":
        this.line(`${atom(stmt.buf)}[${atom(stmt.index)}] += ${atom(stmt.value)}`)
        return
      case "addbuf": {
        const buf = atom(stmt.buf)
        this.line(`for (let z = 0; z < ${buf}.length; z++) ${buf}[z] += ${atom(stmt.other)}[z]`)
        return
      }
      case "row":
        this.line(
          `const ${name(stmt.out)} = ${this.constant(stmt.row.run)}(${[stmt.buf, stmt.offset, stmt.length].map(atom).join(", ")})`,
        )
        return
      case "guard":
        this.line(stmt.condition === false ? "$.bail()" : `if (!${atom(stmt.condition)}) $.bail()`)
        return
      case "push": {
        const s = String(stmt.stack)
        this.stacks.add(stmt.stack)
        const buf = atom(stmt.value)
        this.line(`if (q${s} + ${buf}.length + 64 > s${s}.length) s${s} = $.grow(${s}, q${s} + ${buf}.length + 64)`)
        this.line(`for (let z = 0; z < ${buf}.length; z++) s${s}[q${s} + z] = ${buf}[z]`)
        this.line(`q${s} += ${buf}.length; s${s}[q${s}++] = ${buf}.length`)
        return
      }
      case "pop": {
        const s = String(stmt.stack)
        this.stacks.add(stmt.stack)
        const out = name(stmt.out)
        this.line(`const ${out} = new Float64Array(s${s}[--q${s}]); q${s} -= ${out}.length`)
        this.line(`for (let z = 0; z < ${out}.length; z++) ${out}[z] = s${s}[q${s} + z]`)
        return
      }
      case "steps":
        this.line(`steps += ${atom(stmt.count)}`)
        return
      case "if":
        for (const out of stmt.outs) this.line(`let ${name(out)} = ${zeroOf(out)}`)
        this.line(`if (${atom(stmt.condition)}) {`)
        this.arm(stmt.then, stmt.outs)
        if (stmt.else.stmts.length > 0 || stmt.outs.length > 0) {
          this.line("} else {")
          this.arm(stmt.else, stmt.outs)
        }
        this.line("}")
        return
      case "for":
      case "while":
        this.loop(stmt)
        return
    }
  }

  private arm(block: Block, outs: readonly Var[]): void {
    this.nested(() => {
      this.reserve(block, null)
      this.block(block)
      outs.forEach((out, k) => {
        this.line(`${name(out)} = ${atom(block.results[k]!)}`)
      })
    })
  }

  /** Makes room for what a block saves: for all turns at once where their number is known. */
  private reserve(block: Block, trips: string | null): void {
    const counts = new Map<number, number>()
    for (const stmt of block.stmts)
      if (stmt.kind === "push" && typeOf(stmt.value) !== "buf")
        counts.set(stmt.stack, (counts.get(stmt.stack) ?? 0) + 1)
    for (const [stack, count] of counts) {
      const s = String(stack)
      const needed = trips === null ? String(count) : `${String(count)} * ${trips}`
      this.line(`if (q${s} + ${needed} > s${s}.length) s${s} = $.grow(${s}, q${s} + ${needed})`)
    }
  }

  private loop(stmt: LoopStmt): void {
    stmt.params.forEach((param, k) => {
      this.line(`let ${name(param)} = ${atom(stmt.inits[k]!)}`)
    })
    const leaf = !stmt.body.stmts.some((inner) => inner.kind === "for" || inner.kind === "while")
    if (stmt.count !== null) this.line(`let ${name(stmt.count)} = 0`)
    if (stmt.kind === "for") {
      const { index, from, to } = stmt
      const i = name(index)
      const savesBuffers = stmt.body.stmts.some((inner) => inner.kind === "push" && typeOf(inner.value) === "buf")
      if (leaf && !savesBuffers)
        this.reserve(stmt.body, from === 0 ? `Math.max(0, ${atom(to)})` : `Math.max(0, ${atom(to)} - ${atom(from)})`)
      this.line(
        stmt.down
          ? `for (let ${i} = ${typeof to === "number" ? String(to - 1) : `${atom(to)} - 1`}; ${i} >= ${atom(from)}; ${i}--) {`
          : `for (let ${i} = ${atom(from)}; ${i} < ${atom(to)}; ${i}++) {`,
      )
      this.nested(() => {
        if (!leaf || savesBuffers) {
          this.reserve(stmt.body, null)
          if (!leaf) this.line("if (steps > next) next = $.poll(steps)")
        }
        this.block(stmt.body)
        this.carryOn(stmt)
      })
    } else {
      this.line("for (;;) {")
      this.nested(() => {
        this.block(stmt.condition)
        this.line(`if (!${atom(stmt.condition.results[0]!)}) break`)
        this.line("if (steps > next) next = $.poll(steps)")
        this.reserve(stmt.body, null)
        this.block(stmt.body)
        this.carryOn(stmt)
      })
    }
    this.line("}")
    stmt.outs.forEach((out, k) => {
      this.line(`const ${name(out)} = ${name(stmt.params[k]!)}`)
    })
  }

  /** The end of a turn: all carried variables change at once. */
  private carryOn(stmt: LoopStmt): void {
    const { results } = stmt.body
    const changes = stmt.params
      .map((param, k) => ({ param, next: results[k]! }))
      .filter(({ param, next }) => param !== next)
    const shadowed = changes.some(({ param }, k) => changes.slice(k + 1).some(({ next }) => next === param))
    if (shadowed) {
      changes.forEach(({ next }, k) => {
        this.line(`const z${String(k)} = ${atom(next)}`)
      })
      changes.forEach(({ param }, k) => {
        this.line(`${name(param)} = z${String(k)}`)
      })
    } else for (const { param, next } of changes) this.line(`${name(param)} = ${atom(next)}`)
    if (stmt.count !== null) this.line(`${name(stmt.count)}++`)
    if (stmt.exits) this.line(`if (${atom(results.at(-1)!)}) break`)
  }

  private operation(op: Op, args: readonly Atom[]): string {
    const [x, y, z] = args.map(atom)
    const between = infix.get(op)
    if (between !== undefined) return `${x!} ${between} ${y!}`
    if (typeof op === "string") {
      switch (op) {
        case "select":
          return `${x!} ? ${y!} : ${z!}`
        case "not":
          return `!${x!}`
        case "alias":
          return x!
        case "index":
          return `(${x!} | 0) === ${x!} && ${x!} >= 0 && ${x!} < ${y!} ? ${x!} | 0 : $.index(${x!}, ${y!})`
        case "integer":
          return `$.integer(${x!})`
        case "toNumber":
          return `${x!} ? 1 : 0`
        case "toBool":
          return `${x!} === 1`
        case "max":
          return `${x!} > ${y!} ? ${x!} : ${y!}`
        default:
          throw new Error(`no code for ${op}`)
      }
    }
    if (op === operators.neg.primitive) return `-${parenthesised(x!)}`
    const f = mathNames.get(op.eval) ?? this.constant(op.eval)
    return `${f}(${op.kind === "unary" ? x! : `${x!}, ${y!}`})`
  }
}

function parenthesised(text: string): string {
  return text.startsWith("-") ? `(${text})` : text
}

function name(v: Var): string {
  return `${v.name}${String(v.id)}`
}

function atom(a: Atom): string {
  if (isVar(a)) return name(a)
  if (typeof a === "boolean") return String(a)
  if (Number.isNaN(a)) return "NaN"
  if (Object.is(a, -0)) return "(-0)"
  return a < 0 ? `(${String(a)})` : String(a)
}

function zeroOf(out: Var): string {
  return out.type === "num" ? "0" : out.type === "bool" ? "false" : "null"
}

/** The text of a function `(…params) => results[]`, given `$` and its constants. */
export function printJavaScript(fn: SirFunction): JsFunction {
  const printer = new Printer()
  printer.block(fn.body)
  const body = printer.lines
  const head = ["  let steps = 0, next = $.poll(0)"]
  for (const stack of printer.stacks) {
    const s = String(stack)
    head.push(`  let s${s} = $.stack(${s}), q${s} = 0`)
  }
  const tail = ["  $.done(steps)", `  return [${fn.body.results.map(atom).join(", ")}]`]
  const params = fn.params.map(name).join(", ")
  const source = ["'use strict'", `return (${params}) => {`, ...head, ...body, ...tail, "}"].join("\n")
  return { source, constants: printer.constants }
}

/** Makes the function. */
export function link(js: JsFunction, support: Support): (...args: unknown[]) => unknown[] {
  const names = js.constants.map((_, k) => `k${String(k)}`)
  const make = new Function("$", ...names, js.source) as (...given: unknown[]) => (...args: unknown[]) => unknown[]
  return make(support, ...js.constants)
}
