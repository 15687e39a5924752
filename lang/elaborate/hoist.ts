/**
 * Local functions: when their closures are made, and when their captures are filled in.
 * Before: `fn even(n) = … odd …; fn odd(n) = … even …`. After: both closures, then a patch that gives `even` its `odd`. Functions mentioned above their
 * definition are made there, and what they see below that is patched in as it comes. It must not know what functions contain.
 */

import type { Core } from "../core.ts"
import { HOLD, type BlockState, type Lowering } from "./lowering.ts"
import type { Variable } from "../scope.ts"

/** Makes the functions whose time has come. */
export function makeFunctions(lowering: Lowering, block: BlockState, index: number): void {
  const { frame } = lowering
  const group = block.facts.madeAt(index)
  if (group.length === 0) return
  for (const { variable } of group) variable.slot = frame.slot(variable.name)
  const made = new Set<Variable>()
  const later: { readonly slot: number; readonly index: number; readonly variable: Variable }[] = []
  const waiting = new Set(group.map((fn) => fn.variable))
  for (const { node, variable, index: defined } of group) {
    const facts = variable.fn
    if (facts === null) continue
    const code = lowering.code(node, facts)
    const captures = facts.captures.map((captured, i): Core | null => {
      if (waiting.has(captured) && !made.has(captured)) {
        later.push({ slot: variable.slot, index: i, variable: captured })
        return null
      }
      const when = patchTime(lowering, block, captured, index, defined)
      if (when === null) return lowering.read(captured, node.nameSpan, HOLD)
      const patches = block.patches.get(when) ?? []
      block.patches.set(when, [...patches, { fn: variable, index: i, variable: captured }])
      return null
    })
    frame.set(variable.slot, { kind: "lambda", code, captures, span: node.span }, node.span)
    made.add(variable)
  }
  for (const { slot, index: at, variable } of later) patch(lowering, slot, at, variable)
}

/** After which statement a capture can be filled in, or null if it can be now. */
function patchTime(
  lowering: Lowering,
  block: BlockState,
  captured: Variable,
  now: number,
  defined: number,
): number | null {
  if (captured.home !== lowering.frame.fn) return null
  if (captured.binder === "var") return defined > now ? defined : null
  return captured.block === block.facts && captured.binder !== "fn" && captured.index >= now ? captured.index : null
}

/** Fills in what became known with a statement. */
export function patchFunctions(lowering: Lowering, block: BlockState, index: number): void {
  for (const { fn, index: at, variable } of block.patches.get(index) ?? []) patch(lowering, fn.slot, at, variable)
}

function patch(lowering: Lowering, slot: number, index: number, variable: Variable): void {
  const { span } = variable
  lowering.frame.emit({ kind: "patch", slot, index, value: lowering.read(variable, span, HOLD), span })
}
