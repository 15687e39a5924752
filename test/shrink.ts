/**
 * Makes a program that fails smaller while it fails.
 * Statements go, blocks take the place of what holds them, expressions become one of their parts or a literal; what no longer means anything no longer
 * fails, and is not taken. It must not know why the program fails.
 */

import type { BlockExpr, Expr, Program, Statement } from "../lang/ast.ts"
import { parse } from "../lang/parse.ts"
import { print } from "../lang/print.ts"

type Tree = Readonly<Record<string, unknown>>

const expressions = new Set(
  [
    "number string boolean unit name array tuple record lambda call index field derivative unary binary compare logic",
    "range if match block comprehension",
  ].flatMap((kinds) => kinds.split(" ")),
)

/** The smallest program found in `most` attempts, from one that fails. */
export function shrink(source: string, fails: (text: string) => boolean, most = 4000): string {
  let best = parsed(source)
  if (best === null) return source
  let text = source
  let left = most
  let progress = true
  while (progress && left > 0) {
    progress = false
    for (const next of variants(best as unknown as Tree)) {
      if (left-- <= 0) break
      const smaller = printed(next as unknown as Program)
      if (smaller === null || smaller.length >= text.length || !fails(smaller)) continue
      const again = parsed(smaller)
      if (again === null) continue
      best = again
      text = smaller
      progress = true
      break
    }
  }
  return text
}

function parsed(text: string): Program | null {
  const { program, faults } = parse({ name: "random.adl", text })
  return faults.length > 0 ? null : program
}

function printed(program: Program): string | null {
  try {
    return print(program)
  } catch {
    return null
  }
}

/** Copies of a tree with one thing smaller, larger cuts first. */
function* variants(tree: Tree): Generator<Tree> {
  if (Array.isArray(tree.statements)) {
    const statements = tree.statements as readonly Statement[]
    for (let size = statements.length; size > 0; size = Math.floor(size / 2)) {
      for (let at = statements.length - size; at >= 0; at -= size)
        yield { ...tree, statements: [...statements.slice(0, at), ...statements.slice(at + size)] }
    }
    for (const [k, statement] of statements.entries()) {
      for (const block of blocksIn(statement))
        yield { ...tree, statements: [...statements.slice(0, k), ...block.statements, ...statements.slice(k + 1)] }
    }
  }
  const kind = tree.kind as string
  if (expressions.has(kind)) {
    for (const part of partsOf(tree)) yield part
    if (kind !== "number" && kind !== "boolean" && kind !== "name")
      for (const value of [0, 1, 2]) yield { kind: "number", value, span: tree.span }
  }
  for (const [name, child] of Object.entries(tree)) {
    if (name === "span" || typeof child !== "object" || child === null) continue
    if (!Array.isArray(child)) {
      for (const next of variants(child as Tree)) yield { ...tree, [name]: next }
      if (name === "else" || name === "guard" || name === "condition") yield { ...tree, [name]: null }
      continue
    }
    const items = child as readonly unknown[]
    for (const [k, item] of items.entries()) {
      if (name !== "statements") yield { ...tree, [name]: [...items.slice(0, k), ...items.slice(k + 1)] }
      if (typeof item !== "object" || item === null) continue
      for (const next of variants(item as Tree))
        yield { ...tree, [name]: [...items.slice(0, k), next, ...items.slice(k + 1)] }
    }
  }
}

/** Expressions directly in an expression, and below blocks. */
function* partsOf(tree: Tree): Generator<Tree> {
  for (const [name, child] of Object.entries(tree)) {
    if (name === "span") continue
    for (const part of Array.isArray(child) ? (child as unknown[]) : [child]) {
      if (typeof part !== "object" || part === null) continue
      const { kind } = part as Tree
      if (typeof kind === "string" && expressions.has(kind)) yield part as Tree
      yield* partsOf(part as Tree)
    }
  }
}

function blocksIn(statement: Statement): BlockExpr[] {
  if (statement.kind === "for" || statement.kind === "while") return [statement.body]
  if (statement.kind !== "expr") return []
  const out: BlockExpr[] = []
  let value: Expr | null = statement.value
  if (value.kind === "block") out.push(value)
  while (value?.kind === "if") {
    out.push(value.then)
    value = value.else
    if (value?.kind === "block") out.push(value)
  }
  return out
}
