/**
 * Faults on their way out of running code.
 * Every call that a fault passes through goes on its stack, and what the host says when it has run out of stack or memory becomes the fault that it is. It must
 * not know frames nor registers.
 */

import type { Span } from "../../lang/report/span.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { FaultError, faultOf, locate, type FaultText, type StackFrame } from "../../lang/report/fault.ts"

/** Stops the run at a limit: no `attempt` takes such a fault. */
export function limitFault(text: FaultText, span: Span | null): never {
  throw new FaultError([faultOf(text, span)], false)
}

/** Most memory of one value that the host could not give; the fault names it where no other limit is known. */
const largest = 2 ** 30

/**
 * What the host says when its stack or memory has run out in spite of all care becomes the fault that it is; everything else stays what it is.
 */
export function asFault(error: unknown, depthLimit: number): unknown {
  if (error instanceof FaultError) return error
  if (isOutOfStack(error)) return limit(faults.depth(depthLimit))
  return isOutOfMemory(error) ? limit(faults.memory(largest)) : error
}

/** Does the host say that it has not so much memory? */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /allocation|(array|string) length/i.test(error.message)
}

/** Does the host say that its stack has run out? */
export function isOutOfStack(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { message, name } = error
  return error instanceof RangeError
    ? /call stack/i.test(message)
    : name === "InternalError" && message.includes("recursion")
}

function limit(text: FaultText): FaultError {
  return new FaultError([faultOf(text)], false)
}

/** How many runs of like calls a fault remembers: the innermost, and as many of the outermost as make the picture complete; the others are counted. */
const innermost = 500
const outermost = 24

/** Puts a call on the stack of a fault that passes through it. */
export function traceCall(error: unknown, name: string, span: Span | null): void {
  if (!(error instanceof FaultError)) return
  if (span !== null) locate(error, span)
  const first = error.faults[0]
  if (first === undefined) return
  let stack = stacks.get(first)
  if (stack === undefined) {
    stack = first.stack.slice()
    const traced = { ...first, stack }
    stacks.set(traced, stack)
    error.faults = [traced, ...error.faults.slice(1)]
  }
  const last = stack.at(-1)
  if (last?.name === name && last.span === span) {
    stack[stack.length - 1] = { ...last, times: (last.times ?? 1) + 1 }
    return
  }
  stack.push({ name, span })
  if (stack.length <= innermost + outermost) return
  const before = stack[innermost - 1]!
  const [left] = stack.splice(innermost, 1)
  stack[innermost - 1] = { ...before, omitted: (before.omitted ?? 0) + (left!.times ?? 1) }
}
/** The stacks that may still grow: those made here, and only while their fault is on its way. */
const stacks = new WeakMap<object, StackFrame[]>()
