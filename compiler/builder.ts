/**
 * Writing SIR.
 * Every pass writes through one builder, which folds constants, knows what was computed before and writes what does not change in a loop before that
 * loop; so no pass has to. It must not know Core or any rule.
 */

import type { VariantInfo } from "../lang/core.ts"
import type { Span } from "../lang/report/span.ts"
import { add, div, mul, neg, sub } from "../interpreter/primitives/arithmetic.ts"
import { BoxedTypes } from "./boxed.ts"
import { productIsInteger } from "./polynomials.ts"
import type { Extents } from "./products.ts"
import { prove } from "./proofs.ts"
import { normOf } from "./rows.ts"
import {
  isVar,
  Routine,
  type RowOp,
  Scope,
  Var,
  type Atom,
  type Block,
  type BoxesStmt,
  type BoxOp,
  type ForStmt,
  type MakeStmt,
  type Op,
  type Stmt,
  type Type,
  type WhileStmt,
} from "./sir.ts"

/** Why something stays in tier 0, and where that is. */
export class Unsupported extends Error {
  readonly reason: string
  span: Span | null = null

  constructor(reason: string) {
    super(reason)
    this.reason = reason
  }
}

/** A value that carries a derivative of tier 0: no property of the code, but of this one run. */
export class CarriesDerivative extends Unsupported {}

/** An operation of tier 0 that gives nothing for what it was tried on. */
export class WithoutForm extends Unsupported {}

/** Leaves a piece of program to tier 0, with the reason. */
export function unsupported(reason: string): never {
  throw new Unsupported(reason)
}

const ADD = add.primitive
const SUB = sub.primitive
const MUL = mul.primitive
const DIV = div.primitive
const NEG = neg.primitive

/** How many statements may be written for a function before it is given up: of some ten microseconds each, they are most of what compiling takes. */
const usualBudget = 16_000

export class Builder {
  private nextId = 0
  private nextSite = 0
  private nextStack = 0
  private nextRoutine = 0
  private written = 0
  /** Counts up where a mutable buffer may have changed, so that its elements are not taken for known. */
  private epoch = 0
  /** Steps are counted, unless what is written is done once more only because that is cheaper than keeping what it gave. */
  private counting = true
  private readonly constants = new Map<Exclude<Atom, Var> | "-0", number>()
  /** One table for all values of a compilation. */
  readonly boxedTypes = new BoxedTypes()
  /** Where a field of a box was read: boxes that are read twice are one. */
  private readonly paths = new Map<Atom, string>()
  scope: Scope

  private readonly budget: number

  constructor(budget = usualBudget) {
    this.budget = budget
    this.scope = new Scope(null, "root")
  }

  // ------------------------------------------------------------ variables and scopes

  fresh(type: Type, name = "v", scope: Scope = this.scope): Var {
    if (2 * this.nextId >= mostNumbers) throw new Unsupported("the function is too large")
    return new Var(this.nextId++, type, name, scope)
  }
  freshSite(): number {
    return this.nextSite++
  }
  freshStack(): number {
    return this.nextStack++
  }
  freshRoutine(): Routine {
    return new Routine(`routine${String(this.nextRoutine++)}`)
  }

  /** Are steps counted in what is written now? */
  get counts(): boolean {
    return this.counting
  }

  /** Is the variable defined where code is written now? */
  visible(v: Var): boolean {
    const home = v.home.self
    for (let scope: Scope | null = this.scope.self; scope !== null; scope = scope.outer) if (scope === home) return true
    return false
  }

  /** Runs `write` in a new scope and gives that. */
  within(kind: "region" | "arm" | "loop", write: (scope: Scope) => void, prepared?: Scope): Scope {
    const outer = this.scope
    const scope = prepared ?? new Scope(outer, kind)
    this.scope = scope
    this.epoch++
    try {
      write(scope)
    } finally {
      this.scope = outer
      this.epoch++
    }
    return scope
  }

  /** Writes a function of its own: from there nothing of this one is seen. */
  apart(write: (scope: Scope) => void): Scope {
    return this.within("arm", write, new Scope(null, "root"))
  }

  /** A scope for `within`, where variables of it are needed before. */
  prepare(kind: "region" | "arm" | "loop"): Scope {
    return new Scope(this.scope, kind)
  }

  /** Appends a region to the block around it: its variables live there now. */
  merge(scope: Scope): void {
    const into = this.scope.self
    into.block.stmts.push(...scope.block.stmts)
    for (const [key, atom] of scope.known) if (!into.known.has(key)) into.known.set(key, atom)
    scope.merged = into
    this.epoch++
  }

  /** Keeps what `write` wrote unless it gives null. */
  attempt<T>(write: () => T | null): T | null {
    const made: { out: T | null } = { out: null }
    const region = this.within("region", () => {
      made.out = write()
    })
    if (made.out !== null) this.merge(region)
    return made.out
  }

  write(stmt: Stmt, scope: Scope = this.scope): void {
    if (++this.written > this.budget) throw new Unsupported("the function is too large")
    if (stmt.kind === "call") this.epoch++
    scope.self.block.stmts.push(stmt)
  }

  /** The outermost scope where code that reads these may stand. */
  private floor(args: readonly Atom[]): Scope {
    let scope = this.scope.self
    for (;;) {
      if (scope.kind === "arm" || scope.kind === "root") return scope
      for (const arg of args) if (isVar(arg) && arg.home.self === scope) return scope
      scope = scope.outer!
    }
  }

  private find(key: string | number): Atom | undefined {
    for (let scope: Scope | null = this.scope.self; scope !== null; scope = scope.outer) {
      const atom = scope.known.get(key)
      if (atom !== undefined) return atom
    }
    return undefined
  }

  /** The same for what reads these: outside of where one of them was made, it cannot be known. */
  private findOf(key: string | number, args: readonly Atom[]): Atom | undefined {
    for (let scope: Scope | null = this.scope.self; scope !== null; scope = scope.outer) {
      const atom = scope.known.get(key)
      if (atom !== undefined) return atom
      for (const arg of args) if (isVar(arg) && arg.home.self === scope) return undefined
    }
    return undefined
  }

  // ------------------------------------------------------------ scalars

  /** The value of an operation. */
  let(op: Op, args: Atom[], name = "v"): Atom {
    const simple = fold(op, args)
    if (simple !== undefined) return simple
    const simpler = this.simplify(op, args)
    if (simpler !== undefined) return simpler
    const key = this.keyOf(op, args)
    if (op !== "alias") {
      const known = this.findOf(key, args)
      if (known !== undefined) return known
    }
    const scope = op === "alias" ? this.scope.self : this.floor(args)
    const out = this.fresh(op === "alias" ? typeOf(args[0]!) : resultType(op), name, scope)
    if (out.type === "buf") {
      this.hand(args)
      out.length = (args[0] as Var).length
      out.mutable = (args[0] as Var).mutable
    }
    const stmt: Stmt = { kind: "let", out, op, args }
    out.def = stmt
    out.int = intResult(op, args)
    this.write(stmt, scope)
    scope.known.set(key, out)
    return out
  }

  /** Equal for operations of one value. */
  private keyOf(op: Op | "load", args: readonly Atom[]): string | number {
    if (args.length > 2) return `${String(numberOf(op))} ${args.map(atomKey).join(" ")}`
    let x = this.atomNumber(args[0]!)
    let y = args.length === 1 ? 0 : this.atomNumber(args[1]!)
    // x + y and y + x are one value.
    if ((op === ADD || op === MUL) && x > y) [x, y] = [y, x]
    return (numberOf(op) * mostNumbers + x) * mostNumbers + y
  }

  private atomNumber(atom: Atom): number {
    if (isVar(atom)) return 2 * atom.id
    const constant = Object.is(atom, -0) ? "-0" : atom
    let n = this.constants.get(constant)
    if (n === undefined) this.constants.set(constant, (n = 2 * this.constants.size + 1))
    return n
  }

  private simplify(op: Op, args: Atom[]): Atom | undefined {
    const [x, y] = args as [Atom, Atom]
    if (op === ADD) {
      if (x === 0 && isInt(y)) return y
      if (y === 0 && isInt(x)) return x
      const flipped = negated(y)
      if (flipped !== null) return this.let(SUB, [x, flipped])
      const turned = negated(x)
      if (turned !== null) return this.let(SUB, [y, turned])
      if (typeof y === "number" && isInt(x) && isVar(x)) return this.sumWith(x, y)
    } else if (op === SUB) {
      if (Object.is(y, 0)) return x
      if (x === y && isInt(x)) return 0
      const flipped = negated(y)
      if (flipped !== null) return this.let(ADD, [x, flipped])
      if (typeof y === "number" && isInt(x) && isVar(x)) return this.sumWith(x, -y)
      // (a + c) - a
      if (isVar(x) && isInt(x) && isInt(y) && x.def !== null && x.def.op === ADD) {
        if (x.def.args[0] === y) return x.def.args[1]!
        if (x.def.args[1] === y) return x.def.args[0]!
      }
    } else if (op === MUL) {
      if (x === 1) return y
      if (y === 1) return x
      if (x === -1) return this.let(NEG, [y])
      if (y === -1) return this.let(NEG, [x])
      if ((Object.is(x, 0) && isInt(y) && prove(y, 0)) || (Object.is(y, 0) && isInt(x) && prove(x, 0))) return 0
    } else if (op === DIV) {
      if (y === 1) return x
      if (typeof y === "number" && exactInverse(y)) return this.let(MUL, [x, 1 / y])
    } else if (op === NEG) {
      const inner = negated(x)
      if (inner !== null) return inner
    } else if (op === "select") {
      if (Object.is(args[1], args[2])) return args[1]
    } else if (op === "not") {
      if (isVar(x) && x.def !== null && x.def.op === "not") return x.def.args[0]
    } else if (op === "and") {
      if (x === true) return y
      if (y === true) return x
      if (x === false || y === false) return false
    } else if (op === "or") {
      if (x === false) return y
      if (y === false) return x
      if (x === true || y === true) return true
    } else if (op === "integer") {
      if (isInt(x)) return x
    } else if (op === "max") {
      if (y === 0 && prove(x, 0)) return x
    }
    return undefined
  }

  /** x + c for integers, where x may already be such a sum. */
  private sumWith(x: Var, c: number): Atom | undefined {
    if (c === 0) return x
    if (x.def === null || typeof x.def.args[1] !== "number") return undefined
    const [inner, constant] = x.def.args as [Atom, number]
    if (!isInt(inner)) return undefined
    if (x.def.op === ADD) return this.plus(inner, constant + c)
    if (x.def.op === SUB) return this.plus(inner, c - constant)
    return undefined
  }

  private plus(x: Atom, c: number): Atom {
    if (c === 0) return x
    return c > 0 ? this.let(ADD, [x, c]) : this.let(SUB, [x, -c])
  }

  add(x: Atom, y: Atom): Atom {
    return this.let(ADD, [x, y])
  }
  sub(x: Atom, y: Atom): Atom {
    return this.let(SUB, [x, y])
  }
  mul(x: Atom, y: Atom): Atom {
    return this.let(MUL, [x, y])
  }

  // ------------------------------------------------------------ buffers

  alloc(length: Atom, name = "b", mutable = false): Var {
    const out = this.fresh("buf", name)
    out.length = length
    out.mutable = mutable
    out.gathered = true
    this.write({ kind: "alloc", out, length })
    return out
  }

  copy(from: Var, offset: Atom, length: Atom, mutable = false): Var {
    const out = this.fresh("buf", "b")
    out.length = length
    out.mutable = mutable
    this.write({ kind: "copy", out, from, offset, length })
    return out
  }

  load(buf: Atom, index: Atom): Atom {
    const b = buf as Var
    const place = this.keyOf("load", [buf, index])
    const key = b.mutable ? `${String(place)} @${String(this.epoch)}` : place
    const known = this.findOf(key, [buf, index])
    if (known !== undefined) return known
    const scope = b.mutable ? this.scope.self : this.floor([buf, index])
    const out = this.fresh("num", "x", scope)
    this.write({ kind: "load", out, buf, index }, scope)
    scope.known.set(key, out)
    return out
  }

  row(row: RowOp, buf: Var, offset: Atom, length: Atom): Var {
    const out = this.fresh("num", "r")
    this.write({ kind: "row", out, row, buf, offset, length })
    return out
  }

  product(left: Var, right: Var, extents: Extents): Var {
    const out = this.fresh("buf", "b")
    const length = this.mul(extents.m, extents.n)
    out.length = length
    this.write({ kind: "product", out, left, right, extents, length })
    return out
  }

  store(buf: Var, index: Atom, value: Atom): void {
    this.epoch++
    buf.gathered = false
    this.write({ kind: "store", buf, index, value })
  }
  accum(buf: Var, index: Atom, value: Atom): void {
    this.epoch++
    this.write({ kind: "accum", buf, index, value })
  }
  addbuf(buf: Var, other: Var): void {
    this.epoch++
    this.write({ kind: "addbuf", buf, other })
  }

  // ------------------------------------------------------------ boxes

  is(box: Atom, variant: VariantInfo): Atom {
    if (isVar(box) && box.parts !== null) return box.parts.variant === variant
    return this.once(
      `is ${atomKey(box)} ${variant.type.name} ${variant.name}`,
      (out) => ({ kind: "is", out, box, variant }),
      "bool",
    )
  }

  field(box: Atom, variant: VariantInfo, index: number, type: Type): Atom {
    if (isVar(box) && box.parts?.variant === variant) return box.parts.args[index]!
    const path = `${this.pathOf(box)}.${String(index)} ${type}`
    const field = this.once(`field ${path}`, (out) => ({ kind: "field", out, variant, box, index }), type)
    this.paths.set(field, path)
    return field
  }

  /** Equal for one field of one box, wherever it is read. */
  pathOf(box: Atom): string {
    return this.paths.get(box) ?? atomKey(box)
  }

  make(variant: VariantInfo, args: Atom[], marks = false): Var {
    const out = this.fresh("box", "t")
    const stmt: MakeStmt = { kind: "make", out, variant, args, marks }
    out.parts = stmt
    this.write(stmt)
    return out
  }

  /** A field of a box of changes. */
  change(box: Atom, variant: VariantInfo, index: number, type: Type): Atom {
    if (box === null) return type === "box" ? null : 0
    if (isVar(box) && box.parts !== null) return box.parts.args[index] ?? (type === "box" ? null : 0)
    return this.once(
      `change ${atomKey(box)} ${String(index)} ${type}`,
      (out) => ({ kind: "change", out, variant, box, index }),
      type,
    )
  }

  boxes(op: BoxOp, args: Atom[]): Var {
    const out = this.fresh("box", "t")
    const stmt: BoxesStmt = { kind: "boxes", out, op, args }
    out.result = stmt
    this.write(stmt)
    return out
  }

  /** What is read from a box where it stands: it may not be read earlier. */
  private once(key: string, stmt: (out: Var) => Stmt, type: Type): Atom {
    const known = this.find(key)
    if (known !== undefined) return known
    const out = this.fresh(type, "x")
    this.write(stmt(out))
    this.scope.self.known.set(key, out)
    return out
  }

  // ------------------------------------------------------------ conditions

  /** Abandons the run where `condition` is false; checked as early as can be, which may be before a loop that makes no turn. */
  guard(condition: Atom, of: Var | null = null): void {
    if (condition === true) return
    const key = `guard ${atomKey(condition)}${of === null ? "" : ` of ${atomKey(of)}`}`
    if (this.find(key) !== undefined) return
    const scope = this.floor([condition])
    this.write({ kind: "guard", condition, of }, scope)
    scope.known.set(key, true)
  }

  /** Counts steps; a fixed count in a counted loop is counted before it. `again`: they were counted before. */
  steps(count: Atom, again = !this.counting): void {
    if (count === 0) return
    let scope = this.scope.self
    let amount = count
    while (scope.kind === "loop" && scope.counted !== null) {
      if (isVar(amount) && amount.home.self === scope) break
      const outer = scope.outer!
      if (scope.kind === "loop") {
        const { from, to } = scope.counted!
        if ((isVar(from) && from.home.self === scope) || (isVar(to) && to.home.self === scope)) break
        const inside = this.scope
        this.scope = outer
        amount = this.mul(amount, this.trips(from, to))
        this.scope = inside
      }
      scope = outer
    }
    this.write(again ? { kind: "steps", count: amount, again } : { kind: "steps", count: amount }, scope)
  }

  /** Writes what takes no steps. */
  uncounted<T>(write: () => T): T {
    const outer = this.counting
    this.counting = false
    try {
      return write()
    } finally {
      this.counting = outer
    }
  }

  /** How many turns a loop from `from` to `to` makes. */
  trips(from: Atom, to: Atom): Atom {
    const n = this.sub(to, from)
    const out = this.let("max", [n, 0])
    if (isVar(out)) out.natural = true
    return out
  }

  /** Code that chooses between two arms; `outs` are typed as the arms' results. */
  if(condition: Atom, then: Scope, otherwise: Scope): Var[] {
    const a = then.block.results
    const b = otherwise.block.results
    this.hand(a)
    this.hand(b)
    const outs = a.map((x, k) => {
      const y = b[k]!
      const out = this.fresh(typeOf(x), "o")
      out.int = isInt(x) && isInt(y)
      if (isVar(x) && isVar(y) && x.length !== null && x.length === y.length) out.length = x.length
      if (out.type === "buf") out.mutable = [x, y].some((atom) => isVar(atom) && atom.mutable)
      return out
    })
    this.write({ kind: "if", condition, then: then.block, else: otherwise.block, outs })
    this.epoch++
    return outs
  }

  /** Code of which the reverse pass keeps nothing. */
  checkpoint({ block }: Scope): Var[] {
    this.hand(block.results)
    const outs = block.results.map((x) => {
      const out = this.fresh(typeOf(x), "o")
      out.int = isInt(x)
      out.natural = isVar(x) && x.natural
      return out
    })
    this.write({ kind: "checkpoint", body: block, outs })
    this.epoch++
    return outs
  }

  /** What a carried variable is after the loop. */
  after(param: Var): Var {
    const out = this.fresh(param.type, "o")
    out.int = param.int
    out.natural = param.natural
    out.mutable = param.mutable
    const { length } = param
    if (length === null || !isVar(length) || length.home.self !== param.home.self) out.length = length
    return out
  }

  /** These get another name. */
  private hand(atoms: readonly Atom[]): void {
    for (const atom of atoms) if (isVar(atom)) atom.gathered = false
  }

  writeFor(stmt: ForStmt): void {
    this.hand(stmt.inits)
    this.hand(stmt.body.results)
    this.write(stmt)
    this.epoch++
  }
  writeWhile(stmt: WhileStmt): void {
    this.hand(stmt.inits)
    this.hand(stmt.body.results)
    this.write(stmt)
    this.epoch++
  }
}

export function isInt(atom: Atom): boolean {
  return isVar(atom) ? atom.int : typeof atom === "number" && Number.isInteger(atom) && !Object.is(atom, -0)
}

export function typeOf(atom: Atom): Type {
  if (isVar(atom)) return atom.type
  return atom === null ? "box" : typeof atom === "boolean" ? "bool" : "num"
}

/** Is y a power of two, so that dividing by it is multiplying by its inverse? */
function exactInverse(y: number): boolean {
  const size = Math.abs(y)
  return size > 2 ** -1000 && size < 2 ** 1000 && 2 ** Math.round(Math.log2(size)) === size
}

/** What a number is the negative of, if it is known to be that. */
export function negated(x: Atom): Atom | null {
  if (isVar(x) && x.def !== null && x.def.op === NEG) return x.def.args[0]!
  return null
}

function atomKey(atom: Atom): string {
  if (isVar(atom)) return `v${String(atom.id)}`
  return Object.is(atom, -0) ? "-0" : String(atom)
}

/** Numbers of operations, and of constants as of variables: a key for three of them is one number. */
const mostNumbers = 2 ** 21
const opNumbers = new Map<Op | "load", number>()

function numberOf(op: Op | "load"): number {
  let n = opNumbers.get(op)
  if (n === undefined) opNumbers.set(op, (n = opNumbers.size))
  return n
}

function resultType(op: Op): Type {
  if (typeof op !== "string") return op.kind === "predicate" ? "bool" : "num"
  return op === "not" || op === "and" || op === "or" || op === "same" || op === "toBool" ? "bool" : "num"
}

/** Is the result an integer that is not -0? Products of 0 and a negative number, and 0 with its sign changed, are. */
function intResult(op: Op, args: readonly Atom[]): boolean {
  const [x, y] = args as [Atom, Atom]
  if (op === ADD || op === SUB || op === "max") return isInt(x) && isInt(y)
  if (op === NEG) return isInt(x) && prove(x, 1)
  if (op === MUL) {
    if (isInt(x) && isInt(y)) return prove(x, 1) || prove(y, 1) || (prove(x, 0) && prove(y, 0))
    const factor = typeof x === "number" ? x : y
    return typeof factor === "number" && factor > 0 && productIsInteger(x, y)
  }
  if (op === "select") return isInt(args[1]!) && isInt(args[2]!)
  return op === "index" || op === "integer" || op === "small" || op === "toNumber"
}

function anyVar(args: readonly Atom[]): boolean {
  for (const arg of args) if (isVar(arg)) return true
  return false
}

/** The result of an operation on constants. */
function fold(op: Op, args: readonly Atom[]): Atom | undefined {
  if (anyVar(args)) {
    if (op === "select" && !isVar(args[0]!)) return args[0] === true ? args[1] : args[2]
    return undefined
  }
  if (typeof op === "string") {
    const [x, y] = args
    switch (op) {
      case "not":
        return x === false
      case "toNumber":
        return x === true ? 1 : 0
      case "toBool":
        return x === 1
      case "same":
        return x === y
      case "max":
        return Math.max(x as number, y as number)
      case "select":
        return x === true ? y : args[2]
      case "integer":
        return Number.isInteger(x) ? x : undefined
      case "and":
        return x === true && y === true
      case "or":
        return x === true || y === true
      case "norm":
        return normOf(...(args.slice(1) as number[]))
      case "unit":
        return y === 0 ? 0 : (x as number) / (y as number)
      default:
        return undefined
    }
  }
  const [x, y] = args as [number, number]
  return op.kind === "unary" ? op.eval(x) : op.eval(x, y)
}

export type { Block }
