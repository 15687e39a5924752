/**
 * Arrays that statements on whole buffers read, as they are there.
 * Before: a product, a norm or a logsumexp reads a buffer that changes, as the reverse of one does of cotangents. After: it reads a copy, which its own reverse can still
 * find when the buffer is another. It must not know what reverses need.
 */

import type { Builder } from "./builder.ts"
import { logsumexpRow, normRow } from "./rows.ts"
import { blocksOf, isVar, scopeOf, type Atom, type Block, type Scope, type Stmt, type Var } from "./sir.ts"

/** Rewrites the block, and gives it. */
export function stilled(b: Builder, block: Block): Block {
  for (const stmt of [...block.stmts]) {
    for (const inner of blocksOf(stmt)) stilled(b, inner)
    const copyOf = (from: Atom, offset: Atom, length: Atom): Var => {
      const out = b.fresh("buf", "b", scopeOf(block))
      out.length = length
      before(block, stmt, { kind: "copy", out, from, offset, length })
      return out
    }
    /** A factor of a product is all of its buffer. */
    const factor = (buf: Atom): Atom => (changes(buf) && buf.length !== null ? copyOf(buf, 0, buf.length) : buf)
    if (stmt.kind === "product") {
      stmt.left = factor(stmt.left)
      stmt.right = factor(stmt.right)
    }
    if (stmt.kind === "row" && (stmt.row === normRow || stmt.row === logsumexpRow) && changes(stmt.buf)) {
      stmt.buf = copyOf(stmt.buf, stmt.offset, stmt.length)
      stmt.offset = 0
    }
  }
  return block
}

/** Puts a statement before another one of the block, and of those that the block has become a part of. */
function before(block: Block, stmt: Stmt, more: Stmt): void {
  for (let scope: Scope | null = scopeOf(block); scope !== null; scope = scope.merged) {
    const { stmts } = scope.block
    stmts.splice(stmts.indexOf(stmt), 0, more)
  }
}

function changes(buf: Atom): buf is Var {
  return isVar(buf) && buf.mutable
}
