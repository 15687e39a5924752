/**
 * What the makers of nodes need of each other.
 * A node for a value that is kept differs from one for a value that is only looked at: the first takes care that no variable goes on changing in place
 * what now has a second holder. It must not know any kind of node.
 */

import type { Code, Core } from "../../lang/core.ts"
import type { Value } from "../values/values.ts"
import type { CompiledCode, Node } from "./frame.ts"

export interface Compiling {
  readonly code: Code
  /** The built-in functions and constants by name. */
  readonly library: ReadonlyMap<string, Value>
  /** Is every operation checked for nan? Then no loop is scalar code. */
  readonly traps: boolean
  /** A node whose value may be kept by anyone. */
  value(core: Core): Node
  /** A node whose value is only looked at, at once. */
  read(core: Core): Node
  /** The position in the frame where the variable in `slot` keeps its token, or null if it is never assigned in part. */
  ownerOf(slot: number): number | null
  /** What makes the code of a function that a lambda creates. */
  nested(code: Code): CompiledCode
}
