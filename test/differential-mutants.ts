/**
 * Compilers that are wrong: each changes the code that comes out of the passes as a mistake in one of them would.
 * A mutant is told every compiled function before it runs. It must not know how mistakes are found.
 */

import { operators } from "../interpreter/primitives/index.ts"
import {
  blocksOf,
  isVar,
  walk,
  type Atom,
  type Block,
  type LetStmt,
  type Op,
  type SirFunction,
  type Stmt,
} from "../compiler/sir.ts"

export interface Mutant {
  readonly name: string
  readonly spoil: (code: SirFunction) => void
}

/** Replaces every statement of a function by those that `f` gives; null keeps it. */
function replacing(f: (stmt: Stmt, inLoop: boolean) => readonly Stmt[] | null): (code: SirFunction) => void {
  const visit = (block: Block, inLoop: boolean): void => {
    block.stmts = block.stmts.flatMap((stmt) => f(stmt, inLoop) ?? [stmt])
    for (const stmt of block.stmts)
      for (const inner of blocksOf(stmt)) visit(inner, inLoop || stmt.kind === "for" || stmt.kind === "while")
  }
  return (code) => {
    visit(code.body, false)
  }
}

/** Changes every statement of one kind in place. */
function changing<K extends Stmt["kind"]>(kind: K, f: (stmt: Extract<Stmt, { kind: K }>) => void): Mutant["spoil"] {
  return (code) => {
    for (const stmt of [...walk(code.body)]) if (stmt.kind === kind) f(stmt as Extract<Stmt, { kind: K }>)
  }
}

/** An operation taken for another, or with other operands. */
function mistaking(op: Op, f: (stmt: LetStmt) => { op?: Op; args?: Atom[] }): Mutant["spoil"] {
  return replacing((stmt) => {
    if (stmt.kind !== "let" || stmt.op !== op) return null
    const changed: LetStmt = { kind: "let", out: stmt.out, op: stmt.op, args: stmt.args, ...f(stmt) }
    return [changed]
  })
}

const dropping = (kind: Stmt["kind"]): Mutant["spoil"] => replacing((stmt) => (stmt.kind === kind ? [] : null))
const { add, sub, mul, div, neg, less, lessEqual } = operators

export const mutants: readonly Mutant[] = [
  {
    name: "operands of a difference the wrong way round",
    spoil: mistaking(sub.primitive, ({ args }) => ({ args: [args[1]!, args[0]!] })),
  },
  {
    name: "operands of a quotient the wrong way round",
    spoil: mistaking(div.primitive, ({ args }) => ({ args: [args[1]!, args[0]!] })),
  },
  {
    name: "a contribution instead of the sum of contributions",
    spoil: mistaking(add.primitive, ({ args }) =>
      isVar(args[0]!) && isVar(args[1]!) ? { op: "alias", args: [args[1]] } : {},
    ),
  },
  {
    name: "the square of a factor instead of a product",
    spoil: mistaking(mul.primitive, ({ args }) => ({ args: [args[0]!, args[0]!] })),
  },
  { name: "a sign lost", spoil: mistaking(neg.primitive, ({ args }) => ({ op: "alias", args })) },
  { name: "less for less or equal", spoil: mistaking(lessEqual.primitive, () => ({ op: less.primitive })) },
  { name: "less or equal for less", spoil: mistaking(less.primitive, () => ({ op: lessEqual.primitive })) },
  {
    name: "the other arm of a selection",
    spoil: mistaking("select", ({ args }) => ({ args: [args[0]!, args[2]!, args[1]!] })),
  },
  {
    name: "a negative index taken as it is",
    spoil: mistaking("index", ({ args }) => ({ op: "alias", args: [args[0]!] })),
  },
  {
    name: "the other arm of a branch",
    spoil: changing("if", (stmt) => {
      const { results } = stmt.then
      stmt.then.results = stmt.else.results
      stmt.else.results = results
    }),
  },
  {
    name: "guards forgotten",
    spoil: dropping("guard"),
  },
  {
    name: "steps of what is in loops not counted",
    spoil: replacing((stmt, inLoop) => (stmt.kind === "steps" && inLoop ? [] : null)),
  },
  {
    name: "a store where there should be an addition",
    spoil: replacing((stmt) => (stmt.kind === "accum" ? [{ ...stmt, kind: "store" }] : null)),
  },
  { name: "stores forgotten", spoil: dropping("store") },
  { name: "adjoints of arrays not added", spoil: dropping("addbuf") },
  {
    name: "an array shared where it should be copied",
    spoil: replacing((stmt) =>
      stmt.kind === "copy" && stmt.offset === 0
        ? [{ kind: "let", out: stmt.out, op: "alias", args: [stmt.from] }]
        : null,
    ),
  },
  {
    name: "the last turn forgotten",
    spoil: replacing((stmt) => {
      if (stmt.kind !== "for" || typeof stmt.to !== "number") return null
      return [{ ...stmt, to: stmt.to - 1 }]
    }),
  },
  {
    name: "the way out of a loop not taken",
    spoil: changing("for", (stmt) => {
      if (stmt.exits) stmt.body.results[stmt.body.results.length - 1] = false
    }),
  },
  {
    name: "a loop reversed in its order",
    spoil: replacing((stmt) => (stmt.kind === "for" ? [{ ...stmt, down: !stmt.down }] : null)),
  },
  {
    name: "what is saved saved in another order",
    spoil: (code) => {
      for (const block of blocksIn(code.body)) {
        const k = block.stmts.findIndex((stmt, i) => stmt.kind === "push" && block.stmts[i + 1]?.kind === "push")
        if (k >= 0) block.stmts.splice(k, 2, block.stmts[k + 1]!, block.stmts[k]!)
      }
    },
  },
  {
    name: "zero saved instead of a value",
    spoil: changing("push", (stmt) => {
      if (isVar(stmt.value) && stmt.value.type === "num") stmt.value = 0
    }),
  },
  {
    name: "a carried value that stays what it was",
    spoil: (code) => {
      for (const stmt of walk(code.body))
        if (stmt.kind === "for" || stmt.kind === "while") {
          const k = stmt.params.findIndex((param, j) => param.type === "num" && stmt.body.results[j] !== param)
          if (k >= 0) stmt.body.results[k] = stmt.params[k]!
        }
    },
  },
  {
    name: "the last element left out of a row",
    spoil: changing("row", (stmt) => {
      if (typeof stmt.length === "number" && stmt.row.name === "sum") stmt.length -= 1
    }),
  },
  {
    name: "reading the first element of every array",
    spoil: changing("load", (stmt) => {
      stmt.index = 0
    }),
  },
]

function* blocksIn(block: Block): Generator<Block> {
  yield block
  for (const stmt of block.stmts) for (const inner of blocksOf(stmt)) yield* blocksIn(inner)
}
