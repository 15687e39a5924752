/**
 * LIR → JavaScript.
 * One function of typed arrays and numbers, a line or a few for each statement; stacks live from call to call. It must not know where the code came
 * from.
 */

import { operators } from "../interpreter/primitives/index.ts"
import { VariantValue } from "../interpreter/values/values.ts"
import { givenFields, readField } from "./fields.ts"
import { settled } from "./changes.ts"
import {
  isLocal,
  readBy,
  everyStatementIn,
  statementsIn,
  type CallStmt,
  type CountStmt,
  type DefineStmt,
  type InvokeStmt,
  type LirFunction,
  type LirRoutine,
  type LirStmt,
  type LirType,
  type Local,
  type Operand,
  type PollStmt,
  type RoomStmt,
} from "./lir.ts"
import type { ProductRun } from "./products.ts"
import { normOf } from "./rows.ts"
import type { NativeRun, Op } from "./sir.ts"

/** What generated code finds beside its arguments. */
export interface Support {
  /** Thrown where code cannot go on: tier 0 takes over. */
  readonly bailing: Error
  readonly integer: (t: number) => number
  readonly alloc: (n: number) => Float64Array
  /** The same for what may be handed out. */
  readonly result: (n: number) => Float64Array
  /** The k-th buffer that calls leave to each other. */
  readonly kept: (k: number, n: number) => Float64Array
  readonly stack: (k: number) => Float64Array
  /** Calls a function of tier 0; bails where that gives null. */
  readonly native: (run: NativeRun, args: readonly unknown[]) => readonly unknown[]
  readonly product: (run: ProductRun, ...given: Parameters<ProductRun>) => void
  readonly grow: (k: number, needed: number) => Float64Array
  /** Looks at limits, clock and interruption; gives how many steps may be made before the next look. */
  readonly poll: (steps: number) => number
  /** Looks as well, and leaves the next look where it is. */
  readonly look: (steps: number) => void
  readonly done: (steps: number) => void
  /** How many calls deeper the program may go. */
  readonly depth: () => number
}

/** Steps between two looks. */
export const untilLook = 262_144

export interface JsFunction {
  readonly source: string
  /** Functions that the source calls by number. */
  readonly constants: readonly unknown[]
}

/** A turn of so many statements takes a millisecond or two. */
const littleWork = 1_048_576

/** Longer buffers are copied as a whole, which takes a call and a view. */
const longCopy = 256

/** Statements of a loop that may stand twice in the text. */
const mostTwice = 64

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

/** Is an operation without a call of a function that an engine does not know? */
export function isInline(op: Op): boolean {
  if (typeof op === "string") return op !== "integer"
  return infix.has(op) || op === operators.neg.primitive || mathNames.has(op.eval)
}

/** What the functions of one text share. */
interface Shared {
  readonly constants: unknown[]
  /** The text of the functions that others call. */
  readonly pieces: string[]
  /** Places in the array in which functions leave each other numbers. */
  readonly shelf: Map<Local | string, number>
  /** Stacks beside which there is one of boxes. */
  readonly boxed: Set<number>
  /** Stacks that routines use: all functions know them by name. */
  readonly common: ReadonlySet<number>
}

/** The stacks that statements work on, also in the pieces that they call. */
function stacksIn(body: readonly LirStmt[]): number[] {
  return [...everyStatementIn(body)].flatMap((stmt) => ("stack" in stmt ? [stmt.stack] : []))
}

class Printer {
  readonly lines: string[] = []
  readonly stacks = new Set<number>()
  private readonly shared: Shared
  private indent = "  "
  private natives = 0
  private labels = 0
  /** What counts down to the next look instead of steps. */
  private counted: string | null = null
  /** In turns of little work, whose loops do not look whether the run may go on. */
  private hurries = false
  /** In a routine, where what is counted stays on the shelf. */
  private readonly inRoutine: boolean
  /** How the innermost loop is left. */
  private exit = "break"
  /** What this function reads and assigns itself, not through others. */
  private readonly read: ReadonlySet<Operand>
  private readonly assigned: ReadonlySet<Local>
  /** Numbers whose places on the shelf hold what they are. */
  private readonly shelved: Set<Local>

  constructor(
    shared: Shared,
    body: readonly LirStmt[],
    given: readonly Local[],
    results: readonly Operand[] = [],
    inRoutine = false,
  ) {
    this.shared = shared
    this.inRoutine = inRoutine
    const stmts = [...statementsIn(body)]
    this.read = new Set([...results, ...stmts.flatMap((stmt) => (stmt.kind === "call" ? [] : readBy(stmt)))])
    this.assigned = new Set(
      stmts.flatMap((stmt) => (stmt.kind === "move" ? [stmt.to] : stmt.kind === "call" ? stmt.moved : [])),
    )
    this.shelved = new Set(given.filter((local) => !this.assigned.has(local)))
  }

  line(text: string): void {
    this.lines.push(this.indent + text)
  }

  /** The body of a loop, which a `leave` in it ends by `exit`. */
  private turn(body: readonly LirStmt[], exit: string): void {
    const outer = this.exit
    this.exit = exit
    this.nested(body)
    this.exit = outer
  }

  private nested(body: readonly LirStmt[]): void {
    const before = this.indent
    this.indent += "  "
    for (const stmt of body) this.statement(stmt)
    this.indent = before
  }

  private constant(value: unknown): string {
    if (typeof value !== "function" && typeof value !== "object") throw new Error("an operation without a function")
    const { constants } = this.shared
    let k = constants.indexOf(value)
    if (k < 0) k = constants.push(value) - 1
    return `k${String(k)}`
  }

  /** The names of a stack's array, pointer and capacity. */
  private stack(stack: number): { s: string; q: string; m: string; k: string } {
    if (!this.shared.common.has(stack)) this.stacks.add(stack)
    const k = String(stack)
    return { s: `s${k}`, q: `q${k}`, m: `m${k}`, k }
  }

  /** When there is to be looked at limits or room, and how. */
  private look(stmt: PollStmt | RoomStmt): { due: string; act: string } {
    if (stmt.kind === "room") {
      const times = typeof stmt.times === "number" ? Math.max(0, stmt.times) : stmt.times
      const { each } = stmt
      if (typeof times === "number") return this.room(stmt.stack, String(each * times))
      return this.room(stmt.stack, each === 1 ? text(times) : `${String(each)} * ${text(times)}`)
    }
    const [steps, next] = [this.counter("steps"), this.counter("next")]
    return { due: `${steps} > ${next}`, act: `${next} = $.poll(${steps})` }
  }

  private room(stack: number, needed: string): { due: string; act: string } {
    const { s, q, m, k } = this.stack(stack)
    return { due: `${q} + ${needed} > ${m}`, act: `m${k} = (${s} = $.grow(${k}, ${q} + ${needed})).length` }
  }

  /**
   * A call of a function that stands before. Buffers are arguments and results; numbers, which would be boxed as such, have places on the shelf `h`, where
   * every function finds them that reads them, and so has what all functions count. A piece of a routine, which may run again inside itself, finds there only what was put
   * there just before.
   */
  private call(stmt: CallStmt): void {
    const { inRoutine } = this
    const piece = new Printer(this.shared, stmt.body, inRoutine ? [] : stmt.args.filter(isScalar), [], inRoutine)
    for (const inner of stmt.body) piece.statement(inner)
    const stacks = [...piece.stacks].map((stack) => this.stack(stack))
    const found = [...stmt.to, ...stmt.moved].filter((local) => !isScalar(local))
    const given = [...stmt.args.filter((local) => !isScalar(local)).map(text), ...(inRoutine ? ["depth"] : [])]
    const counters = inRoutine ? [] : ["steps", "next", ...stacks.map(({ q }) => q)]
    const givenBack = [...counters, ...stmt.to.filter(isScalar), ...stmt.moved.filter(isScalar)]
    this.shared.pieces.push(
      [
        `const ${stmt.name} = (${given.join(", ")}) => {`,
        ...(inRoutine ? [] : [`  let ${this.taken("steps")}, ${this.taken("next")}`]),
        ...stacks.map(({ s, q, m, k }) => `  let ${s} = $.stack(${k}), ${this.taken(q)}, ${m} = ${s}.length`),
        ...stmt.args
          .filter((local) => isScalar(local) && (inRoutine || piece.uses(local)))
          .map((local) => `  let ${this.taken(local)}`),
        ...piece.lines,
        ...givenBack.map((local) => `  ${this.put(local)}`),
        ...(found.length === 0 ? [] : [`  return [${found.map(text).join(", ")}]`]),
        "}",
      ].join("\n"),
    )
    for (const local of [...counters, ...stmt.args.filter((arg) => isScalar(arg) && !this.shelved.has(arg))])
      this.line(this.put(local))
    const result = `$${stmt.name}`
    this.line(`${found.length === 0 ? "" : `const ${result} = `}${stmt.name}(${given.join(", ")})`)
    for (const local of counters) this.line(this.taken(local))
    for (const { s, m, k } of stacks) this.line(`${s} = $.stack(${k}); ${m} = ${s}.length`)
    for (const local of stmt.moved.filter(isScalar)) this.line(this.taken(local))
    for (const local of stmt.to.filter(isScalar)) {
      if (inRoutine || this.assigned.has(local) || this.read.has(local)) this.line(`let ${this.taken(local)}`)
      if (!inRoutine && !this.assigned.has(local)) this.shelved.add(local)
    }
    found.forEach((local, k) => {
      this.line(`${stmt.to.includes(local) ? "let " : ""}${local.name} = ${result}[${String(k)}]`)
    })
  }

  /**
   * A call of a routine. One number is given as such; several are left on the shelf, beside what is counted. `depth` says how many calls deeper the program may
   * go.
   */
  private invoke({ name, args, to, depth }: InvokeStmt): void {
    const call = `${name}(${[...args.map(text), `depth - ${String(depth)}`].join(", ")})`
    if (!this.inRoutine) for (const counter of ["steps", "next"]) this.line(this.put(counter))
    this.line(to.length === 1 ? `const ${to[0]!.name} = ${call}` : call)
    if (!this.inRoutine) for (const counter of ["steps", "next"]) this.line(this.taken(counter))
    if (to.length === 1) return
    to.forEach((local, k) => {
      const value = this.placeOf(name, k, local.type)
      this.line(`const ${local.name} = ${value}${local.type === "bool" ? " === 1" : ""}`)
    })
  }

  /** The text of a routine. */
  routine({ name, params, results, reach }: LirRoutine): string {
    const gives =
      results.length === 1
        ? [`  return ${text(results[0]!)}`]
        : results.map((result, k) => {
            const place = this.placeOf(name, k, typeOf(result))
            return `  ${place} = ${text(result)}${typeOf(result) === "bool" ? " ? 1 : 0" : ""}`
          })
    return [
      `const ${name} = (${[...params.map(text), "depth"].join(", ")}) => {`,
      `  if (depth < ${String(reach)}) throw bailing`,
      ...this.lines,
      ...gives,
      "}",
    ].join("\n")
  }

  /** Does this function itself read or assign a number that it was given? */
  private uses(local: Local): boolean {
    return isScalar(local) && (this.read.has(local) || this.assigned.has(local))
  }

  /** A place on the shelf. */
  private place(local: Local | string): string {
    const { shelf } = this.shared
    let k = shelf.get(local)
    if (k === undefined) shelf.set(local, (k = shelf.size))
    return `h[${String(k)}]`
  }

  /** The place of a result of a routine that has several. */
  private placeOf(name: string, k: number, type: LirType): string {
    const result = `${name}.${String(k)}`
    return type === "box" || type === "buf" ? `boxes["${result}"]` : this.place(result)
  }

  private counter(name: "steps" | "next"): string {
    return this.inRoutine ? this.place(name) : name
  }

  private put(local: Local | string): string {
    if (typeof local === "string") return `${this.place(local)} = ${local}`
    return `${this.place(local)} = ${local.name}${local.type === "bool" ? " ? 1 : 0" : ""}`
  }

  private taken(local: Local | string): string {
    if (typeof local === "string") return `${local} = ${this.place(local)}${local.startsWith("q") ? " | 0" : ""}`
    const { name, type } = local
    return `${name} = ${this.place(local)}${type === "bool" ? " === 1" : type === "place" ? " | 0" : ""}`
  }

  statement(stmt: LirStmt): void {
    switch (stmt.kind) {
      case "define":
        if (stmt.op === "index") {
          this.index(stmt)
          return
        }
        this.line(
          `const ${stmt.to.name} = ${stmt.to.type === "place" ? placeOf(stmt) : this.operation(stmt.op, stmt.args)}`,
        )
        return
      case "begin":
        this.line(`let ${stmt.to.name}${stmt.value === undefined ? "" : ` = ${text(stmt.value)}`}`)
        return
      case "move":
        this.line(`${stmt.to.name} = ${text(stmt.value)}`)
        return
      case "load":
        this.line(`const ${stmt.to.name} = ${stmt.buf.name}[${text(stmt.index)}]`)
        return
      case "store":
        this.line(`${stmt.buf.name}[${text(stmt.index)}] ${stmt.add ? "+=" : "="} ${text(stmt.value)}`)
        return
      case "alloc":
        this.line(
          `const ${stmt.to.name} = ${stmt.kept !== null ? `$.kept(${String(stmt.kept)}, ` : stmt.result === true ? "$.result(" : "$.alloc("}${text(stmt.length)})`,
        )
        return
      case "clear":
        this.line(`for (let z = 0; z < ${stmt.buf.name}.length; z++) ${stmt.buf.name}[z] = 0`)
        return
      case "copy": {
        const end = stmt.offset === 0 ? text(stmt.length) : `${text(stmt.offset)} + ${text(stmt.length)}`
        this.line(`const ${stmt.to.name} = ${stmt.from.name}.slice(${text(stmt.offset)}, ${end})`)
        return
      }
      case "add":
        this.line(`for (let z = 0; z < ${stmt.buf.name}.length; z++) ${stmt.buf.name}[z] += ${stmt.other.name}[z]`)
        return
      case "native": {
        const made = `$${String(this.natives++)}`
        this.line(`const ${made} = $.native(${this.constant(stmt.run)}, [${stmt.args.map(text).join(", ")}])`)
        stmt.to.forEach((local, k) => {
          this.line(`const ${local.name} = ${made}[${String(k)}]`)
        })
        return
      }
      case "product":
        this.line(`$.product(${this.constant(stmt.run)}, ${[stmt.buf, ...stmt.args].map(text).join(", ")})`)
        return
      case "row": {
        const args = [stmt.buf, stmt.offset, stmt.length].map(text).join(", ")
        this.line(`const ${stmt.to.name} = ${this.constant(stmt.row.run)}(${args})`)
        return
      }
      case "is":
        this.line(`const ${stmt.to.name} = ${text(stmt.box)}.variant === ${this.constant(stmt.variant)}`)
        return
      case "field": {
        for (const line of readField(stmt, text(stmt.box))) this.line(line)
        return
      }
      case "make": {
        const { to, variant, args, marks } = stmt
        const made = `${this.constant(VariantValue)}(${this.constant(variant)}, ${givenFields(variant, args.map(text))})`
        this.line(`const ${to.name} = new ${made}`)
        if (marks && !args.includes(null)) {
          const whole = args.map((arg) =>
            typeOf(arg) === "box"
              ? `${text(arg)} !== null && ${text(arg)}.owner === ${this.constant(settled)}`
              : `${text(arg)} - ${text(arg)} === 0`,
          )
          this.line(`if (${whole.join(" && ")}) ${to.name}.owner = ${this.constant(settled)}`)
        }
        return
      }
      case "change": {
        const box = text(stmt.box)
        const part = `${box}.at(${String(stmt.index)})`
        const given = stmt.to.type === "box" ? `null : ${part}` : `0 : (${part} ?? 0)`
        this.line(`const ${stmt.to.name} = ${box} === null ? ${given}`)
        return
      }
      case "boxes": {
        const { name } = stmt.to
        this.line(`const ${name} = ${this.constant(stmt.op.run)}(${stmt.args.map(text).join(", ")})`)
        this.line(`if (${name} === undefined) throw bailing`)
        return
      }
      case "guard":
        this.line(stmt.condition === false ? "throw bailing" : `if (!${text(stmt.condition)}) throw bailing`)
        return
      case "room":
      case "poll": {
        const { due, act } = this.look(stmt)
        this.line(`if (${due}) ${act}`)
        return
      }
      case "work": {
        const { due, act } = this.look({ kind: "poll" })
        const of = isLocal(stmt.statements) && stmt.statements.type === "buf" ? ".length" : ""
        this.line(`${this.counter("next")} -= ${text(stmt.statements)}${of}${stmt.looks ? `; if (${due}) ${act}` : ""}`)
        return
      }
      case "save": {
        const { s, q } = this.stack(stmt.stack)
        stmt.values.forEach((value, k) => {
          const shown = typeOf(value) === "bool" ? `${text(value)} ? 1 : 0` : text(value)
          this.line(`${s}[${k === 0 ? q : `${q} + ${String(k)}`}] = ${shown}`)
        })
        this.line(`${q} += ${String(stmt.values.length)}`)
        return
      }
      case "restore": {
        const { s, q } = this.stack(stmt.stack)
        this.line(`${q} -= ${String(stmt.to.length)}`)
        stmt.to.forEach((local, k) => {
          const value = `${s}[${k === 0 ? q : `${q} + ${String(k)}`}]`
          this.line(`const ${local.name} = ${value}${local.type === "bool" ? " === 1" : ""}`)
        })
        return
      }
      case "saveBox":
        this.shared.boxed.add(stmt.stack)
        this.line(`bs${String(stmt.stack)}.push(${text(stmt.box)})`)
        return
      case "restoreBox":
        this.line(`const ${stmt.to.name} = bs${String(stmt.stack)}.pop()`)
        return
      case "saveBuf": {
        const { s, q } = this.stack(stmt.stack)
        const buf = stmt.buf.name
        const { due, act } = this.room(stmt.stack, `${buf}.length + 1`)
        this.line(`if (${due}) ${act}`)
        this.line(`if (${buf}.length > ${String(longCopy)}) ${s}.set(${buf}, ${q})`)
        this.line(`else for (let z = 0; z < ${buf}.length; z++) ${s}[${q} + z] = ${buf}[z]`)
        this.line(`${q} += ${buf}.length; ${s}[${q}++] = ${buf}.length`)
        return
      }
      case "restoreBuf": {
        const { s, q } = this.stack(stmt.stack)
        const out = stmt.to.name
        this.line(`const ${out} = new Float64Array(${s}[--${q}]); ${q} -= ${out}.length`)
        this.line(`for (let z = 0; z < ${out}.length; z++) ${out}[z] = ${s}[${q} + z]`)
        return
      }
      case "refill": {
        const { s, q } = this.stack(stmt.stack)
        const out = stmt.buf.name
        this.line(`${q} -= ${out}.length + 1`)
        this.line(`if (${out}.length > ${String(longCopy)}) ${out}.set(${s}.subarray(${q}, ${q} + ${out}.length))`)
        this.line(`else for (let z = 0; z < ${out}.length; z++) ${out}[z] = ${s}[${q} + z]`)
        return
      }
      case "level": {
        const { q } = this.stack(stmt.stack)
        this.line(`const ${stmt.to.name} = ${q}`)
        return
      }
      case "cut": {
        const { q } = this.stack(stmt.stack)
        this.line(`${q} = ${text(stmt.level)}`)
        return
      }
      case "steps":
        if (this.counted !== null) this.line(`${this.counted} -= ${text(stmt.count)}`)
        else this.line(`${this.counter("steps")} += ${text(stmt.count)}`)
        return
      case "invoke":
        this.invoke(stmt)
        return
      case "if":
        this.line(`if (${text(stmt.condition)}) {`)
        this.nested(stmt.then)
        if (stmt.else.length > 0) {
          this.line("} else {")
          this.nested(stmt.else)
        }
        this.line("}")
        return
      case "count":
        this.count(stmt)
        return
      case "repeat":
        this.repeat(stmt.body)
        return
      case "call":
        this.call(stmt)
        return
      case "leave":
        this.line(`if (${stmt.when ? "" : "!"}${text(stmt.condition)}) ${this.exit}`)
        return
    }
  }

  /**
   * A place counted from either end of a dimension. What is never run stands in no loop here but for a bare `throw`: the engine knows nothing of a sum or a call that
   * was not run yet, and then does not take the first turn out of the loop either, with all that it would look at once.
   */
  private index({ to: { name }, args }: DefineStmt): void {
    const [x, n] = args.map(text) as [string, string]
    const whole = `${name}w`
    this.line(`const ${whole} = ${x} | 0`)
    this.line(`const ${name} = ${whole} + (${whole} < 0 ? ${n} : 0)`)
    this.line(`if (${whole} !== ${x} || ${name} < 0 || ${name} >= ${n}) throw bailing`)
  }

  /** A loop in stretches is two loops, so that the inner one calls nothing: where something is called, the engine looks at every buffer anew. */
  private count(stmt: CountStmt): void {
    const { from, to, down, stretch, touches, body } = stmt
    const i = stmt.index.name
    const last = typeof to === "number" ? String(to - 1) : `${text(to)} - 1`
    const start = down ? `let ${i} = ${last}` : `let ${i} = ${text(from)}`
    const [before, step] = down ? [">=", `${i}--`] : ["<", `${i}++`]
    const bound = text(down ? from : to)
    const touched = touches.map((buf) => `${typeof buf === "number" ? this.stack(buf).s : buf.name}[0]`).join("; ")
    if (stretch === null || this.hurries) {
      if (touched !== "") this.line(touched)
      this.line(`for (${start}; ${i} ${before} ${bound}; ${step}) {`)
      this.turn(body, "break")
      this.line("}")
      return
    }
    const left = down ? `${i} - ${bound}` : `${bound} - ${i}`
    const far = text(stretch)
    const label = `${i}s`
    this.line(`${label}: for (${start};;) {`)
    this.line(`  const end = ${left} > ${far} ? ${i} ${down ? "-" : "+"} ${far} : ${bound}`)
    if (stmt.hurries) {
      this.line(`  if (${text(stmt.work)} <= ${String(littleWork)}) {`)
      this.line(`  ${touched}`)
      this.hurries = true
      this.turns(`for (; ${i} ${before} end; ${step}) {`, body, label)
      this.hurries = false
      this.line("  } else {")
      this.turns(`for (; ${i} ${before} end; ${step}) {`, body, label)
      this.line("  }")
    } else {
      if (touched !== "") this.line(`  ${touched}`)
      this.turns(`for (; ${i} ${before} end; ${step}) {`, body, label)
    }
    this.line(`  if (!(${i} ${before} ${bound})) break`)
    // what is assigned where something is called is a number of any kind for the engine, wherever it is read
    this.line(`  $.look(${this.counter("steps")})`)
    this.line("}")
  }

  private turns(head: string, body: readonly LirStmt[], label: string): void {
    this.line(`  ${head}`)
    this.turn(body, `break ${label}`)
    this.line("  }")
  }

  /**
   * A short loop whose turns look at limits or room begins with turns that stop where that is due, and goes on as it is from there: the engine takes the first
   * turn out of a loop, with what is known before it, only where nothing in it may call. The turn that was stopped begins again, which a head without effects may.
   */
  private repeat(body: readonly LirStmt[]): void {
    const head = body.findIndex((stmt) => !isPure(stmt))
    let end = head + 1
    while (end < body.length && isLook(body[end]!)) end++
    const looks = body.slice(head + 1, end).filter(isLook)
    if (body[head]?.kind !== "leave" || looks.length === 0 || !isShort(body)) {
      this.line("for (;;) {")
      this.turn(body, "break")
      this.line("}")
      return
    }
    const label = `l${String(this.labels++)}`
    const [steps, next] = [this.counter("steps"), this.counter("next")]
    // Where nothing else looks, what is left until the next look is counted down: a number that only this loop assigns, and that is compared with a constant.
    const counted = this.counted
    const left = looks.some(({ kind }) => kind === "poll") && leavesCounting(body) ? `t${label}` : null
    const settle = left === null ? "" : `${steps} += ${left}s - ${left}`
    const exit = left === null ? `break ${label}` : `{ ${settle}; break ${label} }`
    const due = looks.map((look) => (look.kind === "poll" && left !== null ? `${left} < 0` : this.look(look).due))
    this.line(`${label}: {`)
    if (left !== null) this.line(`  const ${left}s = ${next} - ${steps}; let ${left} = ${left}s`)
    this.counted = left
    this.line("  for (;;) {")
    this.turn(body.slice(0, head + 1), exit)
    this.line(`  if (${due.join(" || ")}) break`)
    this.turn(body.slice(end), exit)
    this.line("  }")
    this.counted = counted
    if (left !== null) this.line(`  ${settle}`)
    this.line("  for (;;) {")
    this.turn(body, "break")
    this.line("  }")
    this.line("}")
  }

  private operation(op: Op, args: readonly Operand[]): string {
    const [x, y, z] = args.map(text)
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
        case "integer":
          return `$.integer(${x!})`
        case "small":
          return `${x!} | 0`
        case "lane":
          return `${x!} & 7`
        case "norm":
          // Within these bounds no square has run over or under, and the kernel does as much.
          return `${x!} >= 1e-270 && ${x!} <= 1e270 ? Math.sqrt(${x!}) : ${this.constant(normOf)}(${args.slice(1).map(text).join(", ")})`
        case "unit":
          return `${y!} === 0 ? 0 : ${x!} / ${y!}`
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

/** An operation modulo 2^32. */
function placeOf({ op, args }: DefineStmt): string {
  const [x, y] = args.map(text)
  if (op === operators.mul.primitive) return `Math.imul(${x!}, ${y!})`
  const between = infix.get(op)
  if (between !== undefined) return `(${x!} ${between} ${y!}) | 0`
  return op === operators.neg.primitive ? `-${parenthesised(x!)} | 0` : `${x!} | 0`
}

function parenthesised(text: string): string {
  return text.startsWith("-") ? `(${text})` : text
}

/** Does a body, but for its head, leave what counts steps and looks to the statements that count them? */
function leavesCounting(body: readonly LirStmt[]): boolean {
  const looks = [...statementsIn(body)].filter(({ kind }) => kind === "poll" || kind === "work" || kind === "invoke")
  return looks.length === 1
}

/** Does it only make a local? */
function isPure({ kind }: LirStmt): boolean {
  return kind === "define" || kind === "load"
}

/** Does it look at limits, or at room that is known before a turn? */
function isLook(stmt: LirStmt): stmt is PollStmt | RoomStmt {
  return stmt.kind === "poll" || (stmt.kind === "room" && typeof stmt.times === "number")
}

/** Is it a loop body that may stand twice in the text? */
function isShort(body: readonly LirStmt[]): boolean {
  let left = mostTwice
  for (const { kind } of statementsIn(body))
    if (--left < 0 || kind === "count" || kind === "repeat" || kind === "call") return false
  return true
}

function isScalar({ type }: Local): boolean {
  return type !== "buf" && type !== "box"
}

function typeOf(operand: Operand): LirType {
  if (isLocal(operand)) return operand.type
  return operand === null ? "box" : typeof operand === "boolean" ? "bool" : "num"
}

function text(a: Operand): string {
  if (isLocal(a)) return a.name
  if (typeof a !== "number") return String(a)
  if (Number.isNaN(a)) return "NaN"
  if (Object.is(a, -0)) return "(-0)"
  return a < 0 ? `(${String(a)})` : String(a)
}

/** The text of a function `(…params) => results[]`, or with a bare result where it is the only one, given `$` and its constants. */
export function printJavaScript(fn: LirFunction): JsFunction {
  const common = new Set(fn.routines.flatMap(({ body }) => stacksIn(body)))
  const shared: Shared = { constants: [], pieces: [], shelf: new Map(), boxed: new Set(), common }
  for (const routine of fn.routines) {
    const printer = new Printer(shared, routine.body, [], routine.results, true)
    for (const stmt of routine.body) printer.statement(stmt)
    shared.pieces.push(printer.routine(routine))
  }
  const printer = new Printer(shared, fn.body, [], fn.results)
  for (const stmt of fn.body) printer.statement(stmt)
  const body = printer.lines
  const head = [`  let steps = 0, next = ${String(untilLook)}`]
  for (const stack of printer.stacks) {
    const s = String(stack)
    head.push(`  let s${s} = $.stack(${s}), q${s} = 0, m${s} = s${s}.length`)
  }
  for (const stack of common) {
    const s = String(stack)
    head.push(`  s${s} = $.stack(${s}); q${s} = 0; m${s} = s${s}.length`)
  }
  for (const stack of shared.boxed) head.push(`  bs${String(stack)}.length = 0`)
  if (fn.routines.length > 0) head.push("  depth = $.depth()")
  const results = fn.results.map(text).join(", ")
  const tail = ["  $.done(steps)", fn.results.length === 1 ? `  return ${results}` : `  return [${results}]`]
  const params = fn.params.map((param) => param.name).join(", ")
  const { pieces, constants } = shared
  const outer = [
    ...(pieces.length === 0 ? [] : [`const h = new Float64Array(${String(shared.shelf.size)})`]),
    ...(fn.routines.length === 0 ? [] : ["let depth = 0", "const boxes = {}"]),
    ...Array.from(shared.boxed, (stack) => `const bs${String(stack)} = []`),
    ...Array.from(common, (stack) => `let s${String(stack)}, q${String(stack)} = 0, m${String(stack)} = 0`),
  ]
  const source = ["'use strict'", ...outer, ...pieces, `return (${params}) => {`, ...head, ...body, ...tail, "}"]
  return { source: source.join("\n"), constants }
}

/** Makes the function. */
export function link(js: JsFunction, support: Support): (...args: unknown[]) => unknown {
  const names = js.constants.map((_, k) => `k${String(k)}`)
  const make = new Function("$", "bailing", ...names, js.source) as (
    ...given: unknown[]
  ) => (...args: unknown[]) => unknown
  return make(support, support.bailing, ...js.constants)
}
