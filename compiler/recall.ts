/**
 * What the reverse of a block takes from its forward run, and the cotangents that it has so far.
 * Loads from what does not change and arithmetic are done again, an element of such an array is loaded, the rest is pushed at the end of the block where it was computed and popped
 * at the start of that block's reverse. It must not know statements, but for what they define.
 */

import { div, mul, neg } from "../interpreter/primitives/arithmetic.ts"
import { abs, sqrt } from "../interpreter/primitives/elementary.ts"
import { operators } from "../interpreter/primitives/index.ts"
import { activeIn, usefulFor, type Marked } from "./activity.ts"
import type { Within } from "./backward.ts"
import { absent, addChanges } from "./changes.ts"
import { typeOf, Unsupported, type Builder } from "./builder.ts"
import {
  isVar,
  outsOf,
  walk,
  type Atom,
  type Block,
  type LetStmt,
  type Op,
  type Scope,
  type Stmt,
  type StoreStmt,
  type Var,
} from "./sir.ts"

/** Operations that cost no more than saving their result. */
const cheap = new Set<Op>([
  operators.add.primitive,
  operators.sub.primitive,
  mul.primitive,
  div.primitive,
  neg.primitive,
  abs.primitive,
  sqrt.primitive,
])

function isCheap(op: Op): boolean {
  if (op === "norm") return false
  return typeof op === "string" || op.kind === "predicate" || cheap.has(op)
}

/** The reverse of one block: where it is written and what it takes from the forward run of that block. */
export class Back {
  readonly parent: Back | null
  readonly kind: "top" | "loop" | "arm"
  readonly scope: Scope
  readonly forward: Scope | null
  readonly cotangents = new Map<Var, Atom>()
  readonly adjoints = new Map<Var, Var>()
  readonly provided = new Map<Var, Var>()
  readonly pops: Stmt[] = []
  readonly saved: Var[] = []
  readonly sites: number[] = []
  readonly redone: Stmt[] = []

  constructor(parent: Back | null, kind: "top" | "loop" | "arm", scope: Scope, forward: Scope | null) {
    this.parent = parent
    this.kind = kind
    this.scope = scope
    this.forward = forward
  }
}

/** Operations that follow from each other are redone up to this many; what the first of them needs is saved. */
const longestChain = 500

export class Recall {
  readonly b: Builder
  readonly active: Marked
  readonly inputs: ReadonlySet<Var>
  at: Back
  private readonly definitions = new Map<Var, Stmt>()
  /** Where a number stands as an element of an array that does not change. */
  private readonly elements = new Map<Var, StoreStmt>()
  private readonly stack: number
  /** How many operations that are being redone wait for the one before them. */
  private redoing = 0

  /** `within`: the routine whose body is reversed, in place of code that stands where code is written now. */
  constructor(b: Builder, block: Block, inputs: readonly Var[], results: readonly Atom[], within?: Within) {
    this.b = b
    this.inputs = new Set(inputs)
    const { pushed, popped } = within?.saves === true ? savedBy(block) : { pushed: [], popped: [] }
    // What it adds to buffers that it is given, it gives as well.
    const changed = within === undefined ? [] : inputs.filter(({ mutable }) => mutable)
    this.active = activeIn(block, [...inputs, ...popped]).and(usefulFor(block, [...results, ...pushed, ...changed]))
    for (const stmt of walk(block)) {
      for (const out of outsOf(stmt)) this.definitions.set(out, stmt)
      if (stmt.kind === "store" && isVar(stmt.value) && !(stmt.buf as Var).mutable) this.elements.set(stmt.value, stmt)
    }
    this.stack = within === undefined ? b.freshStack() : within.pairs.stack
    this.at = new Back(null, "top", b.scope.self, within?.forward ?? null)
    for (const [v, given] of within?.given ?? []) this.at.provided.set(v, given)
    for (const [buf, adjoint] of within?.adjoints ?? []) this.at.adjoints.set(buf, adjoint)
  }

  isActive(atom: Atom): atom is Var {
    return isVar(atom) && this.active.has(atom)
  }

  /** Puts together the reverse of a routine. */
  finish(): void {
    this.close(this.at)
  }

  // ------------------------------------------------------------ primal values

  /** A value of the forward run, where the reverse code of `back` is. */
  use(atom: Atom, back: Back = this.at): Atom {
    if (!isVar(atom) || visibleFrom(back.scope, atom)) return atom
    const home = atom.home.self
    for (let place: Back | null = back; place !== null; place = place.parent) {
      const known = place.provided.get(atom)
      if (known !== undefined) return known
      if (place.forward?.self === home) return this.provide(place, atom)
    }
    throw new Unsupported("a value of the forward run that the reverse run cannot reach")
  }

  private provide(back: Back, v: Var): Var {
    const stmt = this.definitions.get(v)
    const out = this.b.fresh(v.type, v.name, back.scope)
    out.int = v.int
    out.natural = v.natural
    if (stmt?.kind === "let" && isCheap(stmt.op) && v.type !== "buf" && this.redoing < longestChain) {
      this.redoing++
      const args = stmt.args.map((arg) => this.use(arg, back))
      this.redoing--
      back.provided.set(v, out)
      const again: LetStmt = { kind: "let", out, op: stmt.op, args }
      out.def = again
      back.redone.push(again)
      return out
    }
    if (stmt?.kind === "load" && !(stmt.buf as Var).mutable) {
      const buf = this.use(stmt.buf, back)
      const index = this.use(stmt.index, back)
      back.provided.set(v, out)
      back.redone.push({ kind: "load", out, buf, index })
      return out
    }
    if (stmt?.kind === "make") {
      const args = stmt.args.map((arg) => this.use(arg, back))
      back.provided.set(v, out)
      back.redone.push({ ...stmt, out, args })
      return out
    }
    if (stmt?.kind === "is" || stmt?.kind === "field") {
      const box = this.use(stmt.box, back)
      back.provided.set(v, out)
      back.redone.push({ ...stmt, out, box })
      return out
    }
    if (v.type === "buf" && v.mutable) throw new Unsupported("an array that is changed in a loop and needed backwards")
    const element = this.elements.get(v)
    if (element !== undefined && visibleFrom(back.scope, element.buf as Var)) {
      const index = this.use(element.index, back)
      back.provided.set(v, out)
      back.redone.push({ kind: "load", out, buf: element.buf, index })
      return out
    }
    const site = this.b.freshSite()
    back.provided.set(v, out)
    const { length } = v
    const known = length !== null && (!isVar(length) || visibleFrom(back.scope, length)) ? length : null
    // Where it is saved with its length, what its length is may be needed all the same, if this is differentiated again.
    if (v.type === "buf") out.length = length === null ? null : this.use(length, back)
    back.pops.push({ kind: "pop", stack: this.stack, site, out, length: known })
    back.saved.push(v)
    back.sites.push(site)
    return out
  }

  /** Puts together what a block's reverse consists of, and makes the forward block save. */
  close(back: Back): void {
    const { block } = back.scope
    block.stmts = [...back.pops, ...back.redone, ...block.stmts]
    const into = back.forward!.self.block.stmts
    for (let k = back.saved.length - 1; k >= 0; k--) {
      into.push({ kind: "push", stack: this.stack, site: back.sites[k]!, value: back.saved[k]! })
    }
  }

  // ------------------------------------------------------------ cotangents

  cotangent(v: Atom, back: Back = this.at): Atom | undefined {
    if (!isVar(v)) return undefined
    for (let place: Back | null = back; place !== null; place = place.parent) {
      const ct = place.cotangents.get(v)
      if (ct !== undefined) return ct
      if (place.kind !== "arm") return undefined
    }
    return undefined
  }

  contribute(v: Atom, ct: Atom | undefined): void {
    if (!isVar(v) || ct === undefined || !this.active.has(v) || v.type === "buf") return
    const before = this.cotangent(v)
    const sum = before === undefined ? ct : v.type === "box" ? addChanges(this.b, before, ct) : this.b.add(before, ct)
    this.at.cotangents.set(v, sum)
  }

  /** The buffer of cotangents of a buffer. */
  adjoint(buf: Var): Var {
    for (let place: Back | null = this.at; place !== null; place = place.parent) {
      const known = place.adjoints.get(buf)
      if (known !== undefined) return known
      if (place.parent === null || place.forward?.self === buf.home.self) {
        const out = this.b.fresh("buf", "d", place.scope)
        out.mutable = out.gathered = true
        const length = this.lengthOf(buf, place)
        out.length = length
        const stmt: Stmt = { kind: "alloc", out, length }
        if (place.parent === null) this.b.write(stmt, place.scope)
        else place.redone.push(stmt)
        place.adjoints.set(buf, out)
        return out
      }
    }
    throw new Unsupported("an array that the reverse run cannot reach")
  }

  /** The cotangents of a buffer, complete: where code can be reached again only by what it saved, in a buffer that nothing changes from here on. */
  settled(buf: Var): Var {
    const adjoint = this.adjoint(buf)
    const reached = this.at.parent === null && this.at.forward === null
    return reached ? adjoint : this.b.copy(adjoint, 0, adjoint.length!)
  }

  lengthOf(buf: Var, back: Back): Atom {
    if (buf.length === null) throw new Unsupported("an array of unknown length in a loop")
    return this.use(buf.length, back)
  }

  /** The cotangents of the inputs. */
  gradients(inputs: readonly Var[]): Atom[] {
    return inputs.map((input) => {
      if (input.type === "buf") return this.adjoint(input)
      return this.cotangent(input) ?? absent(input)
    })
  }

  seed(results: readonly Atom[], cts: readonly (Atom | undefined)[]): void {
    results.forEach((result, k) => {
      const ct = cts[k]
      if (ct === undefined || !this.isActive(result)) return
      if (result.type === "buf") this.b.addbuf(this.adjoint(result), ct as Var)
      else this.contribute(result, ct)
    })
  }
}

/** What a block saves and takes back that may have cotangents. */
function savedBy(block: Block): { pushed: Atom[]; popped: Var[] } {
  const pushed: Atom[] = []
  const popped: Var[] = []
  for (const stmt of walk(block)) {
    if (stmt.kind === "push" && typeOf(stmt.value) !== "bool") pushed.push(stmt.value)
    else if (stmt.kind === "pop" && stmt.out.type !== "bool") popped.push(stmt.out)
  }
  return { pushed, popped }
}

function visibleFrom(scope: Scope, v: Var): boolean {
  const home = v.home.self
  for (let place: Scope | null = scope.self; place !== null; place = place.outer) if (place === home) return true
  return false
}
