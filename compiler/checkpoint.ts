/**
 * `checkpoint` in compiled code: a function whose call is a block of which the reverse pass keeps nothing.
 * Before: calls of such functions are statements of their own, which transformations of code keep apart. After code is complete they stand where they were written. It must
 * not know how modes transform code.
 */

import { atomsOf, withAtoms, type Abs } from "./abstract.ts"
import type { Handler } from "./builtins.ts"
import { unsupported } from "./builder.ts"
import { dense, mirrored } from "./derive.ts"
import { measure } from "./native.ts"
import { blocksOf, isVar, routinesOf, type Block, type SirFunction, type Stmt } from "./sir.ts"
import type { Specialiser } from "./specialise.ts"

export const checkpoints: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  [
    "checkpoint",
    (s, [f]) =>
      mirrored("checkpoint", f!, (args, named) => {
        const still = args.map((arg) => dense(s.b, arg))
        return apart(s, () => s.call(f!, still, named))
      }),
  ],
])

/** What `write` gives, written apart. */
function apart(s: Specialiser, write: () => Abs): Abs {
  const { b } = s
  let result: Abs | null = null
  const scope = b.within("arm", ({ block }) => {
    const given = write()
    if (!isPlain(given)) return unsupported(`\`checkpoint\` of what gives a ${given.kind}`)
    result = dense(b, given)
    block.results = atomsOf(result).filter(isVar)
  })
  const outs = b.checkpoint(scope)
  const { results } = scope.block
  results.forEach((atom, k) => {
    s.samples.set(outs[k]!, s.samples.of(atom))
  })
  let next = 0
  const form = result!
  const out = withAtoms(
    form,
    atomsOf(form).map((atom) => (isVar(atom) ? outs[next++]! : atom)),
  )
  measure(b, out)
  return out
}

function isPlain(a: Abs): boolean {
  if (a.kind === "tuple" || a.kind === "record") return a.items.every(isPlain)
  return ["num", "bool", "array", "vector", "unit", "string"].includes(a.kind)
}

/** Puts all of them where they stand. */
export function inlineCheckpoints(fn: SirFunction): void {
  for (const { body } of [fn, ...routinesOf(fn)]) inlineIn(body)
}

function inlineIn(block: Block): void {
  for (const stmt of block.stmts) blocksOf(stmt).forEach(inlineIn)
  if (!block.stmts.some(({ kind }) => kind === "checkpoint")) return
  block.stmts = block.stmts.flatMap((stmt): Stmt[] => {
    if (stmt.kind !== "checkpoint") return [stmt]
    const { stmts, results } = stmt.body
    return [...stmts, ...stmt.outs.map((out, k): Stmt => ({ kind: "let", out, op: "alias", args: [results[k]!] }))]
  })
}
