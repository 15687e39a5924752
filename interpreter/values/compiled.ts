/**
 * The compiled tier as the reference tier sees it.
 * It may do a call in its place, or decline; then tier 0 does it, as if nobody had asked. It must not know how code is compiled.
 */

import type { Code } from "../../lang/core.ts"
import type { Closure, Runtime, Value } from "./values.ts"

/** Which arguments a derivative is with respect to. */
export interface Selected {
  readonly places: readonly number[]
  readonly single: boolean
}

/** What a direct call gives where it has to go another way. */
export const declined = Symbol("declined")

/** What a direct call gives: the result, the gradient, or both. */
export type DirectGift = "value" | "grad" | "valueAndGrad"

export interface CompiledTier {
  /** The value of a call, or undefined where tier 0 is to do it. */
  call(runtime: Runtime, f: Closure, args: readonly Value[]): Value | undefined
  /** Value and gradient of a scalar function; with `aux` the function gives a pair. */
  gradient(
    runtime: Runtime,
    f: Closure,
    args: readonly Value[],
    selected: Selected,
    aux: boolean,
  ): { readonly value: Value; readonly aux: Value; readonly gradient: Value } | undefined
  /** What a function was compiled to, for reading; empty where it was not. */
  codeOf(code: Code): string
  /**
   * A call of `f`, or of its gradient, with the host's own values, result in their form too; it counts from a fresh start. Gives `declined` where values
   * of the language are needed, or nothing is compiled yet.
   */
  direct(
    runtime: Runtime,
    f: Closure,
    give: DirectGift,
    selected: Selected | null,
  ): (args: readonly unknown[]) => unknown
}
