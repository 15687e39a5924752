/**
 * The compiled tier as the reference tier sees it.
 * It may do a call, a loop or a derivative in its place, or decline; then tier 0 does it, as if nobody had asked. It must not know how code is compiled.
 */

import type { Code, Core } from "../../lang/core.ts"
import type { BuiltinFunction, FunctionCode, FunctionValue, Named, Runtime, Value } from "./values.ts"

/** What a direct call gives where it has to go another way. */
export const declined = Symbol("declined")

/** How a direct call gives the result: as it is, or a pair as `{ value, grad }`. */
export type DirectGift = "result" | "valueAndGrad"

/** Calls of one function with so many of the host's own values, which count from a fresh start. What stands behind these is no argument. */
export interface DirectCalls {
  /** The way that came through last: one function, so that little stands before the compiled code. */
  last(count: number, ...args: unknown[]): unknown
  /** Every way that there is by now, where the last one declines. */
  any(count: number, ...args: unknown[]): unknown
}

export interface CompiledTier {
  /** Turns that a loop makes before the tier is asked to go on with it. */
  readonly turns: number
  /** The value of a call whose frame holds its arguments, or undefined where tier 0 is to do it. */
  call(runtime: Runtime, code: FunctionCode, frame: Value[]): Value | undefined
  /**
   * Goes on with a loop, or makes a comprehension, over a value or between two bounds, from what the frame holds: its value, with all that it carries put into the
   * frame; or undefined.
   */
  loop(runtime: Runtime, code: FunctionCode, core: Core, frame: Value[], over: readonly Value[]): Value | undefined
  /** The value of a call of an operator of differentiation, or of a function that one made; or undefined. */
  derive(runtime: Runtime, operator: BuiltinFunction, args: readonly Value[], named: Named): Value | undefined
  /** What a function was compiled to, for reading; empty where it was not. */
  codeOf(code: Code): string
  /** Calls of `f` with the host's own values, results in their form too; `declined` where values of the language are needed, or nothing is compiled yet. */
  direct(runtime: Runtime, f: FunctionValue, give: DirectGift): DirectCalls
}
