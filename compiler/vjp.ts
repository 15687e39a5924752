/**
 * Reverse mode as a transformation of SIR.
 * Before: statements with inputs and results, written where they run. After: the same statements, which save what is needed, and behind them statements
 * that go backwards from cotangents of the results to cotangents of the inputs; `recall.ts` says what is saved. Pushes and pops have a reverse too, pops and pushes of
 * cotangents, so that what comes out of this can go in again. The rules are the primitives' own partials, run on code.
 */

import { div, neg } from "../interpreter/primitives/arithmetic.ts"
import { operators } from "../interpreter/primitives/index.ts"
import type { Num } from "../interpreter/autodiff/num.ts"
import { countedLoop } from "./abstract.ts"
import { Pairs, type Within } from "./backward.ts"
import { absent, settledChange } from "./changes.ts"
import { typeOf, Unsupported, type Builder } from "./builder.ts"
import { reverseNative, reverseProduct, reverseRow } from "./bulk.ts"
import { atomOf, Code } from "./code.ts"
import { freeIn } from "./copy.ts"
import { factor } from "./factor.ts"
import { writeAgain } from "./jvp.ts"
import { Back, Recall } from "./recall.ts"
import { stilled } from "./still.ts"
import {
  argsOf,
  isVar,
  outsOf,
  scopeOf,
  walk,
  type Atom,
  type Block,
  type CallStmt,
  type CheckpointStmt,
  type ForStmt,
  type IfStmt,
  type LetStmt,
  type LoopStmt,
  type PopStmt,
  type PushStmt,
  type Routine,
  type Stmt,
  type Type,
  type Var,
} from "./sir.ts"

const DIV = div.primitive
const NEG = neg.primitive

class Reversal extends Recall {
  private readonly pairs: Pairs
  /** What is saved on stacks of the code has cotangents, whatever becomes of it. */
  private readonly whole: boolean
  /** Of routines that save and take back for each other, all are reversed where one is. */
  private readonly knots = new Set<number | null>()

  constructor(b: Builder, block: Block, inputs: readonly Var[], results: readonly Atom[], within?: Within) {
    super(b, stilled(b, block), inputs, results, within)
    this.pairs = within?.pairs ?? new Pairs(b, reverseBody)
    this.whole = within?.saves === true
    for (const stmt of walk(block))
      if (stmt.kind === "call" && [...stmt.args, ...stmt.outs].some((atom) => this.isActive(atom)))
        this.knots.add(stmt.routine.knot)
  }

  // ------------------------------------------------------------ statements

  run(stmts: readonly Stmt[]): void {
    for (let k = stmts.length - 1; k >= 0; k--) this.back(stmts[k]!)
  }

  private back(stmt: Stmt): void {
    const { b } = this
    switch (stmt.kind) {
      case "let":
        if (!this.inputs.has(stmt.out) && this.active.has(stmt.out)) this.operation(stmt)
        return
      case "load": {
        const ct = this.cotangent(stmt.out)
        if (ct !== undefined && this.isActive(stmt.buf)) b.accum(this.adjoint(stmt.buf), this.use(stmt.index), ct)
        return
      }
      case "store": {
        if (!this.isActive(stmt.buf)) return
        const adjoint = this.adjoint(stmt.buf)
        const index = this.use(stmt.index)
        if (this.isActive(stmt.value)) this.contribute(stmt.value, b.load(adjoint, index))
        if (stmt.buf.mutable) b.store(adjoint, index, 0)
        return
      }
      case "accum": {
        if (!this.isActive(stmt.buf) || !this.isActive(stmt.value)) return
        this.contribute(stmt.value, b.load(this.adjoint(stmt.buf), this.use(stmt.index)))
        return
      }
      case "copy": {
        if (!this.isActive(stmt.out) || !this.isActive(stmt.from)) return
        const from = this.adjoint(stmt.from)
        const out = this.adjoint(stmt.out)
        const offset = this.use(stmt.offset)
        countedLoop(b, 0, this.use(stmt.length), (i) => {
          b.accum(from, b.add(offset, i), b.load(out, i))
        })
        return
      }
      case "addbuf":
        if (this.isActive(stmt.buf) && this.isActive(stmt.other))
          b.addbuf(this.adjoint(stmt.other), this.adjoint(stmt.buf))
        return
      case "field":
      case "change": {
        const { box, variant, index, out } = stmt
        const ct = this.cotangent(out)
        if (ct === undefined || !this.isActive(box)) return
        const parts = variant.fields.map((_, k) => (k === index ? ct : null))
        this.contribute(box, b.make(variant, parts, true))
        return
      }
      case "make": {
        const ct = this.cotangent(stmt.out)
        if (ct === undefined) return
        stmt.args.forEach((arg, k) => {
          if (this.isActive(arg)) this.contribute(arg, b.change(ct, stmt.variant, k, arg.type))
        })
        return
      }
      case "boxes": {
        const ct = this.cotangent(stmt.out)
        for (const k of stmt.op.linear) this.contribute(stmt.args[k]!, ct)
        return
      }
      case "row":
        if (this.isActive(stmt.buf)) reverseRow(this, stmt, stmt.buf)
        return
      case "product":
        if (this.isActive(stmt.out)) reverseProduct(this, stmt)
        return
      case "native":
        reverseNative(this, stmt)
        return
      case "call":
        this.call(stmt)
        return
      case "push":
        this.saved(stmt)
        return
      case "pop":
        this.restored(stmt)
        return
      case "if":
        if (this.touches([stmt.then, stmt.else])) this.choice(stmt)
        return
      case "checkpoint":
        this.checkpoint(stmt)
        return
      case "for":
      case "while":
        // A carried value that no turn gives its next value is still what it was where the loop makes none.
        if (this.touches([stmt.body]) || stmt.params.some((p) => this.active.has(p))) this.loop(stmt)
        return
    }
  }

  /** Is there anything in these blocks, or given by them, that carries a cotangent? */
  private touches(blocks: readonly Block[]): boolean {
    for (const block of blocks) {
      for (const result of block.results) if (this.isActive(result)) return true
      for (const stmt of walk(block)) {
        for (const out of outsOf(stmt)) if (this.active.has(out)) return true
        if ((stmt.kind === "store" || stmt.kind === "accum" || stmt.kind === "addbuf") && this.isActive(stmt.buf))
          return true
        if (stmt.kind === "push" && this.pairs.sites.has(stmt.site)) return true
        if (this.whole && (stmt.kind === "push" || stmt.kind === "pop")) return true
        if (stmt.kind === "call" && this.reversesAll(stmt.routine)) return true
      }
    }
    return false
  }

  private operation(stmt: LetStmt): void {
    const { op, args, out } = stmt
    if (op === "alias" && out.type === "buf") {
      if (this.isActive(args[0]!)) this.b.addbuf(this.adjoint(args[0]!), this.adjoint(out))
      return
    }
    const ct = this.cotangent(out)
    if (ct === undefined) return
    if (typeof op === "string") {
      if (op === "alias") this.contribute(args[0]!, ct)
      else if (op === "select") {
        const condition = args.slice(1).some((arg) => this.isActive(arg)) ? this.use(args[0]!) : true
        if (this.isActive(args[1]!)) this.contribute(args[1]!, this.b.let("select", [condition, ct, 0]))
        if (this.isActive(args[2]!)) this.contribute(args[2]!, this.b.let("select", [condition, 0, ct]))
      } else if (op === "norm") {
        for (const x of args.slice(1))
          if (this.isActive(x)) this.contribute(x, this.b.mul(ct, this.b.let("unit", [this.use(x), this.use(out)])))
      } else if (op === "unit") {
        const [x, n] = args as [Atom, Atom]
        const share = this.b.let(DIV, [ct, this.use(n)])
        this.contribute(x, share)
        if (this.isActive(n)) this.contribute(n, this.b.let(NEG, [this.b.mul(share, this.use(out))]))
      }
      return
    }
    const nums = [...args, out].map((atom): Num =>
      isVar(atom) ? new Code(this.b, () => this.use(atom)) : (atom as number),
    )
    if (op.kind === "unary") {
      if (op.partial !== null && this.isActive(args[0]!)) this.product(args[0]!, ct, op.partial(nums[0]!, nums[1]!))
    } else if (op.kind === "binary") {
      for (const k of [0, 1] as const) {
        const rule = op.partials[k]
        if (rule !== null && this.isActive(args[k]!)) this.product(args[k]!, ct, rule(nums[0]!, nums[1]!, nums[2]!))
      }
    }
  }

  /** ct · partial, where a division by y serves both partials of a quotient. */
  private product(v: Atom, ct: Atom, partial: Parameters<typeof atomOf>[0] | undefined): void {
    if (partial === undefined) return
    const { b } = this
    const p = atomOf(partial)
    const def = isVar(p) ? p.def : null
    if (def !== null && def.op === DIV && def.args[0] === 1) this.contribute(v, b.let(DIV, [ct, def.args[1]!]))
    else if (def !== null && def.op === NEG) {
      const inner = def.args[0]!
      const quotient = isVar(inner) && inner.def !== null && inner.def.op === DIV ? inner.def : null
      const product =
        quotient === null ? b.mul(ct, inner) : b.mul(b.let(DIV, [ct, quotient.args[1]!]), quotient.args[0]!)
      this.contribute(v, b.let(NEG, [product]))
    } else this.contribute(v, b.mul(ct, p))
  }

  /** Is it one of those that save and take back for each other, with something to reverse? */
  private reversesAll({ knot }: Routine): boolean {
    return knot !== null && (this.whole || this.knots.has(knot))
  }

  /** The routine saves from now on what its reverse takes back, which is called here. */
  private call(stmt: CallStmt): void {
    const { b } = this
    const { routine } = stmt
    const all = this.reversesAll(routine)
    const mask = stmt.args.map((arg) => (all ? typeOf(arg) !== "bool" : this.isActive(arg)))
    const cts = stmt.outs.map((out) => {
      if (all ? out.type === "bool" : !this.isActive(out)) return undefined
      if (out.type === "buf") return this.settled(out)
      return this.cotangent(out) ?? (all ? absent(out) : undefined)
    })
    if (!all && (!mask.includes(true) || cts.every((ct) => ct === undefined))) return
    const pair = this.pairs.of(
      routine,
      mask,
      cts.map((ct) => ct !== undefined),
    )
    stmt.routine = pair.forward
    const given = stmt.args.flatMap((arg, k) => {
      if (mask[k] !== true || typeOf(arg) !== "buf") return [this.use(arg)]
      const adjoint = this.adjoint(arg as Var)
      return routine.params[k]!.mutable ? [adjoint] : [this.use(arg), adjoint]
    })
    const args = [...given, ...cts.filter((ct) => ct !== undefined)]
    const active = stmt.args.filter((arg, k) => mask[k] === true && typeOf(arg) !== "buf")
    const outs = active.map((arg) => b.fresh(typeOf(arg), "c"))
    b.write({ kind: "call", routine: pair.backward, args, outs, depth: stmt.depth })
    active.forEach((arg, k) => {
      this.contribute(arg, outs[k])
    })
  }

  /** What was taken back last was saved first: its cotangent goes onto a stack, from which the reverse of the saving takes it. */
  private restored({ out, stack, site }: PopStmt): void {
    if (this.whole ? out.type === "bool" : !this.active.has(out)) return
    const value = out.type === "buf" ? this.adjoint(out) : (this.cotangent(out) ?? absent(out))
    this.b.write({ kind: "push", stack: this.pairs.stacks.of(this.b, stack), site: this.returned(site), value })
  }

  private saved({ value, stack, site }: PushStmt): void {
    if (this.whole ? typeOf(value) === "bool" : !this.pairs.sites.has(site) || !isVar(value)) return
    const { b } = this
    const type = typeOf(value)
    const out = b.fresh(type, "c")
    const length = type === "buf" ? this.lengthOf(value as Var, this.at) : null
    out.length = length
    b.write({ kind: "pop", stack: this.pairs.stacks.of(b, stack), site: this.returned(site), out, length })
    if (type === "buf") b.addbuf(this.adjoint(value as Var), out)
    else this.contribute(value, out)
  }

  /** Where the cotangent of what is saved at a place is saved. */
  private returned(site: number): number {
    const { sites } = this.pairs
    let again = sites.get(site)
    if (again === undefined) sites.set(site, (again = this.b.freshSite()))
    return again
  }

  // ------------------------------------------------------------ control

  /** What was not saved is run once more, now saving, and reversed where it stands. */
  private checkpoint({ body, outs }: CheckpointStmt): void {
    const { b } = this
    const cts = outs.map((out) =>
      !this.active.has(out) ? undefined : out.type === "buf" ? this.adjoint(out) : this.cotangent(out),
    )
    if (cts.every((ct) => ct === undefined)) return
    const given = new Map<Var, Atom>()
    const inputs: { of: Var; input: Var }[] = []
    let results: Atom[] = []
    const region = b.within("region", () => {
      for (const v of freeIn(body)) {
        if (v.type === "buf" && v.mutable)
          throw new Unsupported("an array that is changed in a loop and needed backwards")
        const now = this.use(v)
        if (this.active.has(v)) inputs.push({ of: v, input: b.let("alias", [now]) as Var })
        given.set(v, inputs.find(({ of }) => of === v)?.input ?? now)
      }
      results = writeAgain(b, body, given)
    })
    b.merge(region)
    const vars = inputs.map(({ input }) => input)
    const reversal = new Reversal(b, region.block, vars, results)
    reversal.seed(results, cts)
    reversal.run(region.block.stmts)
    reversal.gradients(vars).forEach((ct, k) => {
      const { of } = inputs[k]!
      if (of.type === "buf") b.addbuf(this.adjoint(of), ct as Var)
      else this.contribute(of, ct)
    })
  }

  private choice(stmt: IfStmt): void {
    const { b } = this
    const outer = this.at
    const arms = [stmt.then, stmt.else].map((block) => {
      const back: { current: Back | null } = { current: null }
      const scope = b.within("arm", (arm) => {
        const here = (back.current = new Back(outer, "arm", arm, scopeOf(block)))
        this.at = here
        block.results.forEach((result, k) => {
          const out = stmt.outs[k]!
          if (!this.active.has(out) || !this.isActive(result)) return
          if (out.type === "buf") b.addbuf(this.adjoint(result), this.adjoint(out))
          else this.contribute(result, this.cotangent(out, outer))
        })
        this.run(block.stmts)
      })
      this.at = outer
      return { scope, back: back.current! }
    })
    const changed = new Set<Var>()
    for (const { back } of arms)
      for (const v of back.cotangents.keys()) if (back.forward?.self !== v.home.self) changed.add(v)
    const vars = [...changed]
    for (const { scope, back } of arms) {
      scope.block.results = vars.map((v) => back.cotangents.get(v) ?? this.cotangent(v, outer) ?? absent(v))
    }
    const condition = this.use(stmt.condition)
    for (const { back } of arms) this.close(back)
    const outs = b.if(condition, arms[0]!.scope, arms[1]!.scope)
    vars.forEach((v, k) => outer.cotangents.set(v, outs[k]!))
  }

  private loop(stmt: LoopStmt): void {
    const { b } = this
    const outer = this.at
    const { body } = stmt
    const forward = scopeOf(body)
    const from: Atom = stmt.kind === "for" ? this.use(stmt.from) : 0
    const to: Atom = stmt.count !== null ? b.add(from, this.use(stmt.count)) : this.use((stmt as ForStmt).to)
    const scope = b.prepare("loop")
    const index = b.fresh("num", "i", scope)
    index.int = true
    index.range = { from, to }
    scope.counted = { from, to, index }
    const back = new Back(outer, "loop", scope, forward)
    if (stmt.kind === "for") back.provided.set(stmt.index, index)
    const params: Var[] = []
    const inits: Atom[] = []
    const results: (() => Atom)[] = []
    const after: ((out: Var) => void)[] = []
    /** Behind the loop. */
    const lengths: (Atom | null)[] = []
    const carry = (
      init: Atom,
      result: (param: Var) => Atom,
      then: (out: Var) => void,
      type: Type = "num",
      length: Atom | null = null,
      first: Atom | null = null,
    ): Var => {
      const param = b.fresh(type, "a", scope)
      param.mutable = type === "buf"
      param.length = length
      lengths.push(first)
      params.push(param)
      inits.push(init)
      results.push(() => result(param))
      after.push(then)
      return param
    }
    const uses = countUses(body)
    const begin: (() => void)[] = []
    stmt.params.forEach((param, k) => {
      if (!this.active.has(param)) {
        // A value that only the last turn gives still flows out.
        if (!this.active.has(stmt.outs[k]!)) return
      }
      const next = body.results[k]!
      const out = stmt.outs[k]!
      if (param.type === "num" || param.type === "box") {
        const ct = this.cotangent(out)
        if (ct !== undefined && linearIn(next, param, uses)) {
          begin.push(() => {
            this.contribute(next, ct)
          })
          this.pending(outer, stmt.inits[k]!, ct)
          return
        }
        const a = carry(
          ct ?? absent(param),
          () => back.cotangents.get(param) ?? absent(param),
          (last) => {
            this.contribute(stmt.inits[k]!, last)
          },
          param.type,
        )
        begin.push(() => {
          if (this.isActive(next)) this.contribute(next, a)
        })
        return
      }
      if (param.type !== "buf") return
      const end = this.adjoint(out)
      const changes = param.length !== null && isVar(param.length) && param.length.home.self === forward.self
      const lengthAt = (atom: Atom, back: Back): Atom | null =>
        !changes ? end.length : isVar(atom) && atom.length !== null ? this.use(atom.length, back) : null
      const a: Var = carry(
        end,
        () => this.adjoint(param),
        (last) => {
          if (this.isActive(stmt.inits[k]!)) b.addbuf(this.adjoint(stmt.inits[k]), last)
        },
        "buf",
        lengthAt(next, back),
        lengthAt(stmt.inits[k]!, outer),
      )
      begin.push(() => {
        if (!this.isActive(next)) return
        if (next.home.self === forward.self && next !== param && !back.adjoints.has(next)) back.adjoints.set(next, a)
        else b.addbuf(this.adjoint(next), a)
      })
    })
    for (const v of this.freeActive(body)) {
      const param = carry(
        this.cotangent(v) ?? absent(v),
        (p) => back.cotangents.get(v) ?? p,
        (out) => {
          outer.cotangents.set(v, out)
        },
        v.type,
      )
      back.cotangents.set(v, param)
    }
    b.within(
      "loop",
      () => {
        this.at = back
        for (const start of begin) start()
        this.run(body.stmts)
        scope.block.results = results.map((result) => result())
        factor(b, scope, params)
        this.at = outer
      },
      scope,
    )
    this.close(back)
    const outs = params.map((p) => b.after(p))
    outs.forEach((out, k) => (out.length ??= lengths[k]!))
    b.writeFor({
      kind: "for",
      index,
      from,
      to,
      down: !(stmt.kind === "for" && stmt.down),
      params,
      inits,
      body: scope.block,
      outs,
      exits: false,
      count: null,
    })
    // From the last: what a variable from outside has got in the loop is known before it gets more as the start of a carried one.
    for (let k = outs.length - 1; k >= 0; k--) after[k]!(outs[k]!)
  }

  private pending(back: Back, v: Atom, ct: Atom): void {
    const here = this.at
    this.at = back
    this.contribute(v, ct)
    this.at = here
  }

  /** Numbers and boxes from outside that get contributions in a loop. */
  private freeActive(body: Block): Set<Var> {
    const inside = new Set<Var>()
    const found = new Set<Var>()
    const look = (atom: Atom): void => {
      if (this.isActive(atom) && atom.type !== "buf" && !inside.has(atom)) found.add(atom)
    }
    const visit = (block: Block): void => {
      for (const stmt of block.stmts) {
        if (stmt.kind === "for" || stmt.kind === "while") for (const p of stmt.params) inside.add(p)
        for (const out of outsOf(stmt)) inside.add(out)
      }
      for (const stmt of block.stmts) {
        for (const arg of argsOf(stmt)) look(arg)
        if (stmt.kind === "if") {
          visit(stmt.then)
          visit(stmt.else)
        } else if (stmt.kind === "for" || stmt.kind === "while" || stmt.kind === "checkpoint") visit(stmt.body)
      }
      block.results.forEach(look)
    }
    // The parameters of the loop itself are no variables from outside.
    const own = scopeOf(body)
    visit(body)
    for (const v of found) if (v.home.self === own.self) found.delete(v)
    return found
  }
}

function countUses(body: Block): Map<Var, number> {
  const uses = new Map<Var, number>()
  const use = (atom: Atom): void => {
    if (isVar(atom)) uses.set(atom, (uses.get(atom) ?? 0) + 1)
  }
  const visit = (block: Block): void => {
    for (const stmt of block.stmts) {
      argsOf(stmt).forEach(use)
      if (stmt.kind === "if") {
        visit(stmt.then)
        visit(stmt.else)
      } else if (stmt.kind === "for" || stmt.kind === "checkpoint") visit(stmt.body)
      else if (stmt.kind === "while") {
        visit(stmt.condition)
        visit(stmt.body)
      }
    }
    block.results.forEach(use)
  }
  visit(body)
  return uses
}

/** Is the next value of a carried variable that variable plus something else, and is it used for nothing else? */
function linearIn(next: Atom, param: Var, uses: ReadonlyMap<Var, number>): boolean {
  if (!isVar(next) || next.def === null || uses.get(param) !== 1 || uses.get(next) !== 1) return false
  const { op, args } = next.def
  return (
    (op === operators.add.primitive && args.includes(param)) || (op === operators.sub.primitive && args[0] === param)
  )
}

/** Writes the reverse of the body of a routine; gives the cotangents of its active numbers. */
function reverseBody(within: Within): Atom[] {
  const { b, block, inputs, results, cotangents } = within
  const reversal = new Reversal(b, block, inputs, results, within)
  reversal.seed(results, cotangents)
  reversal.run(block.stmts)
  const gradients = reversal.gradients(inputs.filter((input) => input.type !== "buf"))
  reversal.finish()
  return gradients
}

/**
 * Writes the reverse of `block`, which was written where code is written now; gives the cotangents of the inputs, as atoms and buffers. May be
 * called for several cotangents where nothing had to be saved: `again` says so.
 */
export function reverse(
  b: Builder,
  block: Block,
  inputs: readonly Var[],
  results: readonly Atom[],
  cotangents: readonly (Atom | undefined)[],
): Atom[] {
  const reversal = new Reversal(b, block, inputs, results)
  reversal.seed(results, cotangents)
  reversal.run(block.stmts)
  const gradients = reversal.gradients(inputs)
  return gradients.map((ct, k) => (inputs[k]!.type === "box" ? b.boxes(settledChange, [inputs[k]!, ct]) : ct))
}
