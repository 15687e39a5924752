/**
 * Forward mode as a transformation of SIR.
 * Before: a region with inputs and results. After: the same statements written again, each with the tangent of what it computes beside it, in loops and
 * branches too; a stack keeps the tangents of what it keeps. The rules are the primitives' own partials, run on code.
 */

import type { Num } from "../interpreter/autodiff/num.ts"
import { logsumexpRows } from "../interpreter/primitives/softmax.ts"
import { normRows } from "../interpreter/primitives/norms.ts"
import { atomsOf, countedLoop, num, sizeOfDims, withAtoms, type Abs, type TupleAbs } from "./abstract.ts"
import { activeIn, type Marked } from "./activity.ts"
import { absent, addChanges, sumOfChanges } from "./changes.ts"
import { typeOf, Unsupported, type Builder } from "./builder.ts"
import { atomOf, numOf } from "./code.ts"
import { leafForms, measure, nativeStmt, pushed, withNumberAtoms, type NativeCall } from "./native.ts"
import { normTangent, unitTangent } from "./norms.ts"
import { logsumexpRow, normRow, straysRow, sumRow, placeRow } from "./rows.ts"
import {
  isVar,
  walk,
  type Atom,
  type Block,
  type CallStmt,
  type IfStmt,
  type LetStmt,
  type LoopStmt,
  type NativeStmt,
  type ProductStmt,
  type Routine,
  type RowStmt,
  type Scope,
  type Stmt,
  type Var,
} from "./sir.ts"
import { Stacks } from "./stacks.ts"

/** Where what was saved goes, with its tangent, when saving and taking back are written again. */
export class Saving {
  readonly stacks = new Stacks()
  private readonly sites = new Map<number, { site: number; tangent: number }>()

  of(b: Builder, before: number): { site: number; tangent: number } {
    let found = this.sites.get(before)
    if (found === undefined) this.sites.set(before, (found = { site: b.freshSite(), tangent: b.freshSite() }))
    return found
  }
}

/** What routines save that others take back, by how many runs they count. */
const savings = new WeakMap<Builder, Map<Atom, Saving>>()

function savingOf(b: Builder, runs: Atom): Saving {
  let known = savings.get(b)
  if (known === undefined) savings.set(b, (known = new Map<Atom, Saving>()))
  // Routines are given what is not known before.
  const key = isVar(runs) ? null : runs
  let saving = known.get(key)
  if (saving === undefined) known.set(key, (saving = new Saving()))
  return saving
}

/**
 * What is written of a piece of code: it with its tangents; the same with all that is saved perturbed, so that what saves and what takes back keep the same; or nothing but
 * what is there.
 */
type Mode = "push" | "whole" | "copy"

class Pusher {
  private readonly b: Builder
  private readonly active: Marked
  private readonly runs: Atom
  private readonly mode: Mode
  readonly primals = new Map<Var, Atom>()
  private readonly tangents = new Map<Var, Atom>()
  private readonly saving: Saving

  /** `saving`: of a routine that saves what another takes back. */
  constructor(
    b: Builder,
    block: Block,
    inputs: readonly Var[],
    tangents: readonly Atom[],
    runs: Atom,
    saving: Saving | null = null,
    mode: Mode = "push",
  ) {
    this.b = b
    this.runs = runs
    const taken: Var[] = []
    if (mode === "whole") for (const stmt of walk(block)) if (stmt.kind === "pop") taken.push(stmt.out)
    this.mode = mode
    this.saving = saving ?? new Saving()
    this.active = activeIn(block, [...inputs, ...taken.filter(({ type }) => type !== "bool")])
    inputs.forEach((input, k) => this.tangents.set(input, tangents[k]!))
  }

  primal(atom: Atom): Atom {
    return isVar(atom) ? (this.primals.get(atom) ?? atom) : atom
  }

  private isActive(atom: Atom): atom is Var {
    return isVar(atom) && this.active.has(atom)
  }

  /** The tangent of a number or buffer; zero where nothing is perturbed. */
  tangent(atom: Atom): Atom {
    if (!isVar(atom)) return absent(atom)
    const known = this.tangents.get(atom)
    if (known !== undefined) return known
    if (atom.type !== "buf") return absent(atom)
    const length = (this.primal(atom) as Var).length ?? this.lengthOf(atom)
    if (length === null) throw new Unsupported("an array of unknown length in a loop")
    return this.b.alloc(length, "t")
  }

  /** The length of a buffer, where it is known by now. */
  private lengthOf({ length }: Var): Atom | null {
    if (length === null || !isVar(length)) return length
    return this.primals.get(length) ?? (this.b.visible(length) ? length : null)
  }

  run(block: Block): void {
    for (const stmt of block.stmts) this.push(stmt)
    // How long what is taken back is may be computed behind it.
    this.measure(block.stmts.flatMap((stmt) => (stmt.kind === "pop" && stmt.out.type === "buf" ? [stmt.out] : [])))
  }

  private push(stmt: Stmt): void {
    const { b } = this
    switch (stmt.kind) {
      case "let":
        this.operation(stmt)
        return
      case "alloc": {
        const length = this.primal(stmt.length)
        this.primals.set(stmt.out, b.alloc(length, stmt.out.name, stmt.out.mutable))
        if (this.active.has(stmt.out)) this.tangents.set(stmt.out, b.alloc(length, "t", stmt.out.mutable))
        return
      }
      case "copy": {
        const offset = this.primal(stmt.offset)
        const length = this.primal(stmt.length)
        this.primals.set(stmt.out, b.copy(this.primal(stmt.from) as Var, offset, length, stmt.out.mutable))
        if (this.active.has(stmt.out))
          this.tangents.set(stmt.out, b.copy(this.tangent(stmt.from) as Var, offset, length, stmt.out.mutable))
        return
      }
      case "load": {
        const index = this.primal(stmt.index)
        this.primals.set(stmt.out, b.load(this.primal(stmt.buf), index))
        if (this.isActive(stmt.buf)) this.tangents.set(stmt.out, b.load(this.tangent(stmt.buf), index))
        return
      }
      case "store":
      case "accum": {
        const index = this.primal(stmt.index)
        b[stmt.kind](this.primal(stmt.buf) as Var, index, this.primal(stmt.value))
        if (this.isActive(stmt.buf)) b[stmt.kind](this.tangent(stmt.buf) as Var, index, this.tangent(stmt.value))
        return
      }
      case "addbuf":
        b.addbuf(this.primal(stmt.buf) as Var, this.primal(stmt.other) as Var)
        if (this.isActive(stmt.other)) b.addbuf(this.tangent(stmt.buf) as Var, this.tangent(stmt.other) as Var)
        return
      case "guard":
        b.guard(this.primal(stmt.condition), stmt.of === null ? null : (this.primal(stmt.of) as Var))
        return
      case "steps":
        if (this.runs === 0 || stmt.again === true) b.steps(this.primal(stmt.count), true)
        else b.steps(b.mul(this.primal(stmt.count), this.runs))
        return
      case "is":
        this.primals.set(stmt.out, b.is(this.primal(stmt.box), stmt.variant))
        return
      case "field":
      case "change": {
        const { out, box, variant, index } = stmt
        this.primals.set(out, b[stmt.kind](this.primal(box), variant, index, out.type))
        if (this.active.has(out)) this.tangents.set(out, b.change(this.tangent(box), variant, index, out.type))
        return
      }
      case "make": {
        const { out, variant, args, marks } = stmt
        const primals = args.map((arg) => this.primal(arg))
        this.primals.set(out, b.make(variant, primals, marks))
        if (this.active.has(out))
          this.tangents.set(
            out,
            b.make(
              variant,
              args.map((arg) => (this.isActive(arg) ? this.tangent(arg) : null)),
            ),
          )
        return
      }
      case "boxes": {
        const { out, op, args } = stmt
        const primals = args.map((arg) => this.primal(arg))
        this.primals.set(out, b.boxes(op, primals))
        if (!this.active.has(out)) return
        const changes = args.map((arg, k) => (op.linear.includes(k) ? this.tangent(arg) : primals[k]!))
        this.tangents.set(out, op === sumOfChanges ? addChanges(b, changes[0]!, changes[1]!) : b.boxes(op, changes))
        return
      }
      case "row":
        this.row(stmt)
        return
      case "product":
        this.product(stmt)
        return
      case "native":
        this.native(stmt)
        return
      case "call":
        this.call(stmt)
        return
      case "push": {
        const { site, tangent } = this.saving.of(b, stmt.site)
        const stack = this.saving.stacks.of(b, stmt.stack)
        b.write({ kind: "push", stack, site, value: this.primal(stmt.value) })
        if (this.mode === "whole" ? typeOf(stmt.value) !== "bool" : this.isActive(stmt.value))
          b.write({ kind: "push", stack, site: tangent, value: this.tangent(stmt.value) })
        return
      }
      case "pop": {
        const length = stmt.length === null ? null : this.primal(stmt.length)
        const { site, tangent } = this.saving.of(b, stmt.site)
        const stack = this.saving.stacks.of(b, stmt.stack)
        if (this.active.has(stmt.out)) {
          const out = b.fresh(stmt.out.type, "t")
          this.tangents.set(stmt.out, out)
          out.length = length ?? this.lengthOf(stmt.out)
          b.write({ kind: "pop", stack, site: tangent, out, length })
        }
        const out = b.fresh(stmt.out.type, stmt.out.name)
        out.int = stmt.out.int
        out.natural = stmt.out.natural
        this.primals.set(stmt.out, out)
        out.length = length ?? this.lengthOf(stmt.out)
        b.write({ kind: "pop", stack, site, out, length })
        return
      }
      case "if":
        this.choice(stmt)
        return
      case "checkpoint": {
        const carriers = stmt.outs.map((out) => this.active.has(out))
        this.settle(stmt.outs, carriers, b.checkpoint(this.arm(stmt.body, carriers)))
        return
      }
      case "for":
      case "while":
        this.loop(stmt)
        return
    }
  }

  private operation(stmt: LetStmt): void {
    const { b } = this
    const { op, out } = stmt
    const args = stmt.args.map((arg) => this.primal(arg))
    const primal =
      op === "alias" && this.tangents.has(out) && !this.active.has(stmt.args[0] as Var)
        ? args[0]!
        : b.let(op, args, out.name)
    if (isVar(primal) && primal.type !== "buf" && out.natural) primal.natural = true
    this.primals.set(out, primal)
    if (!this.active.has(out) || this.tangents.has(out)) return
    if (typeof op === "string") {
      if (op === "alias") this.tangents.set(out, this.tangent(stmt.args[0]!))
      else if (op === "select")
        this.tangents.set(out, b.let("select", [args[0]!, this.tangent(stmt.args[1]!), this.tangent(stmt.args[2]!)]))
      else if (op === "norm") {
        const tangents = stmt.args.slice(1).map((x) => (this.isActive(x) ? this.tangent(x) : null))
        this.tangents.set(out, normTangent(b, primal, args.slice(1), tangents))
      } else if (op === "unit") {
        const [dx, dn] = stmt.args.map((arg) => this.tangent(arg)) as [Atom, Atom]
        this.tangents.set(out, unitTangent(b, primal, args[1]!, dx, dn))
      }
      return
    }
    const nums = [...args, primal].map((atom) => numOf(b, atom) as Num)
    let sum: Atom | undefined
    const add = (k: number, partial: Parameters<typeof atomOf>[0] | undefined): void => {
      if (partial === undefined) return
      const term = b.mul(this.tangent(stmt.args[k]!), atomOf(partial))
      sum = sum === undefined ? term : b.add(sum, term)
    }
    if (op.kind === "unary") {
      if (op.partial !== null && this.isActive(stmt.args[0]!)) add(0, op.partial(nums[0]!, nums[1]!))
    } else if (op.kind === "binary") {
      for (const k of [0, 1] as const) {
        const rule = op.partials[k]
        if (rule !== null && this.isActive(stmt.args[k]!)) add(k, rule(nums[0]!, nums[1]!, nums[2]!))
      }
    }
    if (sum !== undefined) this.tangents.set(out, sum)
  }

  private row(stmt: RowStmt): void {
    const { b } = this
    const buf = this.primal(stmt.buf) as Var
    const offset = this.primal(stmt.offset)
    const n = this.primal(stmt.length)
    const out = b.row(stmt.row, buf, offset, n)
    this.primals.set(stmt.out, out)
    if (!this.isActive(stmt.buf) || stmt.row === placeRow || stmt.row === straysRow) return
    const tangent = this.tangent(stmt.buf) as Var
    if (stmt.row === sumRow) {
      this.tangents.set(stmt.out, b.row(sumRow, tangent, offset, n))
      return
    }
    const rows = stmt.row === logsumexpRow ? logsumexpRows : stmt.row === normRow ? normRows : null
    if (rows === null) throw new Unsupported(`the tangent of ${stmt.row.name}`)
    // Tier 0 gets its tangent from weights of its own order: so does the code, to every order.
    const still = buf.mutable ? b.copy(buf, offset, n) : buf
    const [value, slope] = [b.fresh("num", "r"), b.fresh("num", "t")]
    const operand: Abs = { kind: "array", buf: still, offset: buf.mutable ? 0 : offset, dims: [n], fresh: false }
    const call: NativeCall = {
      name: stmt.row.name,
      apply: (_runtime, [x]) => rows([x as Num], undefined),
      operands: { kind: "tuple", items: [operand] },
      result: num(value),
      faults: false,
    }
    const along = buf.mutable ? b.copy(tangent, offset, n) : tangent
    b.write(nativeStmt(pushed(call, [true], [along], call.result, { kind: "tuple", items: [num(slope)] })))
    this.tangents.set(stmt.out, slope)
  }

  private product({ out, left, right, extents }: ProductStmt): void {
    const { b } = this
    const [x, y] = [this.primal(left) as Var, this.primal(right) as Var]
    const [m, k, n] = [extents.m, extents.k, extents.n].map((size) => this.primal(size)) as [Atom, Atom, Atom]
    const sizes = { ...extents, m, k, n }
    this.primals.set(out, b.product(x, y, sizes))
    const parts: Var[] = []
    if (this.isActive(left)) parts.push(b.product(this.tangent(left) as Var, y, sizes))
    if (this.isActive(right)) parts.push(b.product(x, this.tangent(right) as Var, sizes))
    const [first, second] = parts
    if (first === undefined) return
    if (second === undefined) {
      this.tangents.set(out, first)
      return
    }
    const sum = b.alloc(first.length!, "t")
    countedLoop(b, 0, first.length!, (i) => {
      b.store(sum, i, b.add(b.load(first, i), b.load(second, i)))
    })
    this.tangents.set(out, sum)
  }

  private native(stmt: NativeStmt): void {
    const { b } = this
    const { call } = stmt
    const given = new Set(stmt.args)
    const primal = (form: Abs): Abs =>
      withAtoms(
        form,
        atomsOf(form).map((atom) => this.primal(atom)),
        true,
      )
    const operands = primal(call.operands) as TupleAbs
    for (const out of stmt.outs) {
      if (given.has(out)) continue
      const copy = b.fresh(out.type, out.name)
      copy.int = out.int
      copy.natural = out.natural
      this.primals.set(out, copy)
    }
    const result = primal(call.result)
    const mask = stmt.numbers.map((atom) => this.isActive(atom))
    if (!mask.includes(true)) {
      b.write(nativeStmt({ ...call, operands, result }))
    } else {
      const tangents = stmt.numbers.filter((atom) => this.isActive(atom)).map((atom) => this.tangent(atom))
      const leaves = leafForms(result)
      const made = leaves.map((leaf) => b.fresh(leaf.kind === "num" ? "num" : "buf", "t"))
      const out: Abs = { kind: "tuple", items: leaves.map((leaf, k) => withNumberAtoms(leaf, [made[k]!])) }
      b.write(nativeStmt(pushed({ ...call, operands, result }, mask, tangents, result, out)))
      leaves.forEach((leaf, k) => {
        if (leaf.kind === "array") made[k]!.length = sizeOfDims(b, leaf.dims)
        this.tangents.set(stmt.results[k] as Var, made[k]!)
      })
    }
    measure(b, result)
  }

  /** A call of the routine that also takes and gives tangents. */
  private call(stmt: CallStmt): void {
    const { b } = this
    const { routine, args, depth } = stmt
    const whole = this.mode !== "copy" && routine.stacks.length > 0
    const mask = args.map((arg) => (whole ? typeOf(arg) !== "bool" : this.isActive(arg)))
    const outs = stmt.outs.flatMap((out) => {
      const copy = b.fresh(out.type, out.name)
      copy.int = out.int
      copy.natural = out.natural
      copy.mutable = out.mutable
      this.primals.set(out, copy)
      const active = this.active.has(out)
      if (!active && !(whole && out.type !== "bool")) return [copy]
      const tangent = b.fresh(out.type, "t")
      tangent.mutable = out.mutable
      if (active) this.tangents.set(out, tangent)
      return [copy, tangent]
    })
    const given = args.flatMap((arg, k) =>
      mask[k] === true ? [this.primal(arg), this.tangent(arg)] : [this.primal(arg)],
    )
    const pushed = this.mode === "copy" ? routine : pushedRoutine(b, routine, mask, this.runs)
    if (pushed !== routine && isVar(this.runs)) given.push(this.runs)
    b.write({ kind: "call", routine: pushed, args: given, outs, depth })
    this.measure(stmt.outs)
  }

  /** A block that gives the tangents of some results beside these. */
  private arm(block: Block, carriers: readonly boolean[]): Scope {
    return this.b.within("arm", (scope) => {
      this.run(block)
      scope.block.results = block.results.flatMap((result, k) =>
        carriers[k] === true ? [this.primal(result), this.tangent(result)] : [this.primal(result)],
      )
    })
  }

  private choice(stmt: IfStmt): void {
    const { b } = this
    const carriers = stmt.outs.map((out) => this.active.has(out))
    const condition = this.primal(stmt.condition)
    const then = this.arm(stmt.then, carriers)
    const otherwise = this.arm(stmt.else, carriers)
    this.settle(stmt.outs, carriers, b.if(condition, then, otherwise))
  }

  private settle(vars: readonly Var[], carriers: readonly boolean[], outs: readonly Var[]): void {
    let next = 0
    vars.forEach((v, k) => {
      const out = outs[next++]!
      out.int ||= v.int
      // A buffer may be changed that the arms it comes from left as it was.
      out.mutable ||= v.mutable
      this.primals.set(v, out)
      if (carriers[k] !== true) return
      const tangent = outs[next++]!
      tangent.mutable ||= v.mutable
      this.tangents.set(v, tangent)
    })
    // A length may be one of the others.
    this.measure(vars)
  }

  private measure(vars: readonly Var[]): void {
    for (const v of vars) {
      const length = this.lengthOf(v)
      if (length === null) continue
      for (const copy of [this.primals.get(v), this.tangents.get(v)])
        if (copy !== undefined && isVar(copy)) copy.length = length
    }
  }

  private loop(stmt: LoopStmt): void {
    const { b } = this
    const carriers = stmt.params.map((param) => this.active.has(param))
    const scope = b.prepare("loop")
    const inits = stmt.inits.flatMap((init, k) =>
      carriers[k] === true ? [this.primal(init), this.tangent(init)] : [this.primal(init)],
    )
    const params = stmt.params.flatMap((param, k) => {
      const copies =
        carriers[k] === true
          ? [b.fresh(param.type, "p", scope), b.fresh(param.type, "t", scope)]
          : [b.fresh(param.type, "p", scope)]
      for (const copy of copies) copy.mutable = param.mutable
      copies[0]!.int = param.int
      copies[0]!.natural = param.natural
      return copies
    })
    this.settle(stmt.params, carriers, params)
    let index: Var | null = null
    if (stmt.kind === "for") {
      const from = this.primal(stmt.from)
      const to = this.primal(stmt.to)
      index = b.fresh("num", "i", scope)
      index.int = true
      index.range = { from, to }
      scope.counted = stmt.exits ? null : { from, to, index }
      this.primals.set(stmt.index, index)
    }
    let condition: Block | null = null
    b.within(
      "loop",
      () => {
        if (stmt.kind === "while") {
          condition = b.within("arm", (arm) => {
            this.run(stmt.condition)
            arm.block.results = stmt.condition.results.map((result) => this.primal(result))
          }).block
        }
        this.run(stmt.body)
        // A length may be known in the loop only.
        this.measure(stmt.params)
        const results = stmt.body.results.slice(0, stmt.params.length)
        scope.block.results = results.flatMap((result, k) =>
          carriers[k] === true ? [this.primal(result), this.tangent(result)] : [this.primal(result)],
        )
        if (stmt.exits) scope.block.results.push(this.primal(stmt.body.results.at(-1)!))
      },
      scope,
    )
    const outs = params.map((p) => b.after(p))
    let count: Var | null = null
    if (stmt.count !== null) {
      count = b.fresh("num", "n")
      count.int = count.natural = true
      this.primals.set(stmt.count, count)
    }
    if (stmt.kind === "for") {
      b.writeFor({
        kind: "for",
        index: index!,
        from: index!.range!.from,
        to: index!.range!.to,
        down: stmt.down,
        params,
        inits,
        body: scope.block,
        outs,
        exits: stmt.exits,
        count,
      })
    } else {
      b.writeWhile({
        kind: "while",
        params,
        inits,
        condition: condition!,
        body: scope.block,
        outs,
        exits: stmt.exits,
        count: count!,
      })
    }
    this.settle(stmt.outs, carriers, outs)
  }
}

/**
 * Writes a region with tangents; gives the results (`wanted`) and the tangents of those in `numbers`. `runs`: as how many runs of tier 0 it counts.
 */
export function pushForward(
  b: Builder,
  block: Block,
  inputs: readonly Var[],
  tangents: readonly Atom[],
  wanted: readonly Atom[],
  numbers: readonly Atom[],
  runs: Atom = 1,
): { primals: Atom[]; tangents: Atom[] } {
  const pusher = new Pusher(b, block, inputs, tangents, runs)
  pusher.run(block)
  return { primals: wanted.map((atom) => pusher.primal(atom)), tangents: numbers.map((atom) => pusher.tangent(atom)) }
}

/** Writes a block once more, on other variables from outside; gives its results. No steps are counted. */
export function writeAgain(b: Builder, block: Block, given: ReadonlyMap<Var, Atom>): Atom[] {
  const pusher = new Pusher(b, block, [], [], 0)
  for (const [v, atom] of given) pusher.primals.set(v, atom)
  pusher.run(block)
  return block.results.map((result) => pusher.primal(result))
}

const pushedRoutines = new WeakMap<Routine, Map<string, Routine>>()

/** The routine that is given tangents of the parameters in `mask` beside them, and gives those of its numbers if there are any. */
function pushedRoutine(b: Builder, routine: Routine, mask: readonly boolean[], runs: Atom): Routine {
  const active = mask.includes(true) || routine.stacks.length > 0
  if (!active && runs === 1) return routine
  let known = pushedRoutines.get(routine)
  if (known === undefined) pushedRoutines.set(routine, (known = new Map<string, Routine>()))
  const key = `${mask.map(Number).join("")} ${isVar(runs) ? "given" : String(runs)}`
  const before = known.get(key)
  if (before !== undefined) return before
  const out = b.freshRoutine()
  known.set(key, out)
  if (routine.stacks.length === 0) writeCopy(b, routine, out, mask, runs, "push", null)
  else writeCopy(b, routine, out, mask, runs, "whole", savingOf(b, runs))
  return out
}

/** The same routine on parameters of its own; what it saves for another is saved where `saving` says. */
export function copyRoutine(b: Builder, routine: Routine, saving: Saving): Routine {
  const out = b.freshRoutine()
  const none = routine.params.map(() => false)
  writeCopy(b, routine, out, none, 1, "copy", routine.stacks.length === 0 ? null : saving)
  return out
}

function writeCopy(
  b: Builder,
  routine: Routine,
  out: Routine,
  mask: readonly boolean[],
  runs: Atom,
  mode: Mode,
  saving: Saving | null,
): void {
  const { params, body } = routine
  const active = mask.includes(true) || mode === "whole"
  out.reach = routine.reach
  if (saving !== null) out.stacks = routine.stacks.map((stack) => saving.stacks.of(b, stack))
  out.body = b.apart((scope) => {
    const copies = params.map((param) => copyParam(b, param))
    const tangents = params.map((param, k) => (mask[k] === true ? tangentParam(b, param) : null))
    const given = isVar(runs) ? copyParam(b, runs) : null
    const pusher = new Pusher(
      b,
      body,
      params.filter((_, k) => mask[k]),
      tangents.filter((tangent) => tangent !== null),
      given ?? runs,
      saving,
      mode,
    )
    params.forEach((param, k) => pusher.primals.set(param, copies[k]!))
    copies.forEach((copy, k) => {
      const { length } = params[k]!
      copy.length = length !== null && isVar(length) ? (pusher.primals.get(length) ?? null) : length
      if (tangents[k] != null) tangents[k].length = copy.length
    })
    out.params = copies.flatMap((copy, k) => (tangents[k] == null ? [copy] : [copy, tangents[k]]))
    if (given !== null) out.params.push(given)
    pusher.run(body)
    scope.block.results = body.results.flatMap((result) =>
      active && typeOf(result) !== "bool" ? [pusher.primal(result), pusher.tangent(result)] : [pusher.primal(result)],
    )
  }).block
}

function tangentParam(b: Builder, param: Var): Var {
  const tangent = b.fresh(param.type, "t")
  tangent.mutable = param.mutable
  return tangent
}

function copyParam(b: Builder, param: Var): Var {
  const copy = b.fresh(param.type, param.name)
  copy.int = param.int
  copy.natural = param.natural
  copy.mutable = param.mutable
  return copy
}
