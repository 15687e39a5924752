/**
 * Places that advance from turn to turn instead of being computed anew.
 * Before: in the body of a counted loop the index of a buffer is a polynomial in the loop's index, several operations long. After: it is carried, together with
 * what it grows by where that changes, and each turn adds. That places lie in their buffers was asked before; it must not know what is loaded or stored there.
 */

import { add, mul, sub } from "../interpreter/primitives/arithmetic.ts"
import {
  along,
  at,
  constant,
  constantOf,
  isConstant,
  plus,
  polynomialOf,
  Reading,
  step,
  times,
  variablesOf,
  type Polynomial,
} from "./polynomials.ts"
import {
  blocksOf,
  greatestId,
  isVar,
  outsOf,
  routinesOf,
  Var,
  walk,
  type Atom,
  type Block,
  type ForStmt,
  type Op,
  type SirFunction,
  type Stmt,
} from "./sir.ts"

/** Shorter computations are left as they are. */
const fewest = 3

class Advancing {
  private next: number

  /** `next`: the first number that no variable has. */
  constructor(next: number) {
    this.next = next
  }

  block(block: Block): void {
    block.stmts = block.stmts.flatMap((stmt) => {
      blocksOf(stmt).forEach((inner) => {
        this.block(inner)
      })
      return stmt.kind === "for" ? [...this.loop(stmt), stmt] : [stmt]
    })
  }

  /** Makes places of a loop advance; gives what goes before it. */
  private loop(stmt: ForStmt): Stmt[] {
    const inside = madeIn(stmt)
    const reading = new Reading((v) => !inside.has(v) || v === stmt.index)
    const outside = new Reading(() => true)
    const from = polynomialOf(stmt.from, outside)
    const to = polynomialOf(stmt.to, outside)
    if (from === null || to === null) return []
    const start = stmt.down ? plus(to, constant(-1)) : from
    const before: Stmt[] = []
    const advanced = new Map<Var, Var>()
    for (const inner of stmt.body.stmts) {
      if (inner.kind !== "load" && inner.kind !== "store" && inner.kind !== "accum") continue
      const { index } = inner
      if (!isVar(index)) continue
      let place = advanced.get(index)
      if (place === undefined) {
        const p = polynomialOf(index, reading)
        if (p === null || operations(index, inside) < fewest) continue
        if ([...variablesOf(p)].some((v) => v !== stmt.index && inside.has(v))) continue
        const line = along(p, stmt.index)
        const first = at(line, start)
        if (first === null || !variablesOf(p).has(stmt.index)) continue
        const growth = stmt.down ? plus(constant(0), step(line, plus(start, constant(-1))), -1) : step(line, start)
        const by =
          line.square === 0
            ? this.value(before, growth, stmt.index)
            : this.carried(stmt, this.value(before, growth, stmt.index), 2 * line.square)
        place = this.carried(stmt, this.value(before, first, stmt.index), by)
        advanced.set(index, place)
      }
      inner.index = place
    }
    return before
  }

  private fresh(name: string, like: Var): Var {
    const v = new Var(this.next++, "num", name, like.home)
    v.int = true
    return v
  }

  private operation(stmts: Stmt[], op: Op, args: Atom[], like: Var): Var {
    const out = this.fresh("v", like)
    stmts.push({ kind: "let", out, op, args })
    return out
  }

  /** A number that each turn adds `by` to. */
  private carried(stmt: ForStmt, init: Atom, by: Atom): Var {
    const param = this.fresh("p", stmt.index)
    const next = this.operation(stmt.body.stmts, add.primitive, [param, by], stmt.index)
    stmt.body.results.splice(stmt.params.length, 0, next)
    stmt.params.push(param)
    stmt.inits.push(init)
    stmt.outs.push(this.fresh("o", stmt.index))
    return param
  }

  /** Code for a polynomial, with integers throughout. */
  private value(stmts: Stmt[], p: Polynomial, index: Var): Atom {
    if (isConstant(p)) return constantOf(p)
    if ([...p.values()].some(({ factor }) => !Number.isInteger(factor))) {
      const twice = this.value(stmts, times(p, constant(2))!, index)
      return this.operation(stmts, "small", [this.operation(stmts, mul.primitive, [twice, 0.5], index)], index)
    }
    let sum: Atom = constantOf(p)
    for (const { factor, vars } of p.values()) {
      const [v, w] = vars
      if (v === undefined) continue
      let term: Atom = w === undefined ? v : this.operation(stmts, mul.primitive, [v, w], index)
      const size = Math.abs(factor)
      if (size !== 1) term = this.operation(stmts, mul.primitive, [term, size], index)
      sum =
        sum === 0 && factor > 0
          ? term
          : this.operation(stmts, factor > 0 ? add.primitive : sub.primitive, [sum, term], index)
    }
    return sum
  }
}

/** What a loop makes in each turn. */
export function madeIn(stmt: ForStmt): Set<Var> {
  const inside = new Set<Var>([stmt.index, ...stmt.params])
  for (const inner of walk(stmt.body)) {
    for (const out of outsOf(inner)) inside.add(out)
    if (inner.kind === "for") inside.add(inner.index)
    if (inner.kind === "for" || inner.kind === "while") for (const param of inner.params) inside.add(param)
  }
  return inside
}

/** How many operations inside a loop a value takes. */
function operations(v: Var, inside: ReadonlySet<Var>): number {
  const seen = new Set<Var>()
  const visit = (atom: Atom): void => {
    if (!isVar(atom) || !inside.has(atom) || atom.def === null || seen.has(atom)) return
    seen.add(atom)
    atom.def.args.forEach(visit)
  }
  visit(v)
  return seen.size
}

export function advancePlaces(fn: SirFunction): void {
  for (const each of [fn, ...routinesOf(fn)]) new Advancing(greatestId(each) + 1).block(each.body)
}
