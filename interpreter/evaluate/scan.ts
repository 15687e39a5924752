/**
 * Questions about Core that are answered before it is compiled.
 * One function lists the parts of a node, and everything else is a walk with an explicit stack, so that depth does not matter. It must not know values.
 */

import type { Core, CoreSlice } from "../../lang/core.ts"

/** The nodes directly inside a node, in the order of evaluation; not the body of a lambda. */
export function partsOf(core: Core): readonly Core[] {
  switch (core.kind) {
    case "const":
    case "local":
    case "capture":
    case "global":
    case "builtin":
    case "constructor":
      return []
    case "operate":
      return core.args
    case "call":
      return [core.callee, ...core.args, ...core.named.map((named) => named.value)]
    case "index":
      return [core.target, ...indexParts(core.items)]
    case "field":
    case "test":
    case "part":
    case "fail":
      return [core.target]
    case "range":
      return [core.from, core.to]
    case "logic":
      return [core.left, core.right]
    case "array":
      return core.items.map((item) => (item.kind === "spread" ? item.value : item))
    case "tuple":
      return core.items
    case "record":
      return core.fields.map((field) => field.value)
    case "string":
      return core.parts.filter((part) => typeof part !== "string")
    case "lambda":
      return core.captures.filter((capture) => capture !== null)
    case "if":
      return [core.condition, core.then, core.else]
    case "seq":
      return core.items
    case "set":
    case "setGlobal":
    case "patch":
    case "default":
      return [core.value]
    case "update":
      return [...core.path.flatMap((step) => (step.kind === "index" ? indexParts(step.items) : [])), core.value]
    case "for":
      return [core.source, core.body]
    case "while":
      return [core.condition, core.body]
    case "comprehend":
      return [
        ...core.clauses.flatMap((clause) =>
          clause.prologue === null ? [clause.source] : [clause.source, clause.prologue],
        ),
        ...(core.condition === null ? [] : [core.condition]),
        core.element,
      ]
  }
}

function indexParts(items: readonly (Core | CoreSlice)[]): Core[] {
  return items.flatMap((item) =>
    item.kind === "slice" ? [item.from, item.to].filter((part) => part !== null) : [item],
  )
}

/** Visits a node and everything inside it; does not go inside where `visit` gives false. */
export function visitCore(core: Core, visit: (core: Core) => boolean): void {
  const pending: Core[] = [core]
  while (pending.length > 0) {
    const next = pending.pop()!
    if (!visit(next)) continue
    const parts = partsOf(next)
    for (let i = parts.length - 1; i >= 0; i--) pending.push(parts[i]!)
  }
}

/** Does any node here pass the test? */
export function some(core: Core, test: (core: Core) => boolean): boolean {
  let found = false
  visitCore(core, (part) => {
    found ||= test(part)
    return !found
  })
  return found
}

/** Is any variable assigned in part here? */
export function assignsPart(core: Core): boolean {
  return some(core, (part) => part.kind === "update")
}

/** For each variable that is assigned in part, the slot that keeps its token. */
export function ownerSlots(body: Core): ReadonlyMap<number, number> {
  const owners = new Map<number, number>()
  visitCore(body, (core) => {
    if (core.kind === "update" && !owners.has(core.slot)) owners.set(core.slot, core.owner)
    return true
  })
  return owners
}
