/**
 * What compiled code runs on: frames, the registers of the evaluator, and the way a body runs on its frame.
 * A frame is an array with the captured values at 0 and slot s at s + 1; a node is a function of the frame. All that a call needs stands in this one file and
 * `code` itself, so that the host can put it into the caller. It must not know how nodes are made.
 *
 * One set of registers serves all engines, since one evaluation runs at a time and puts back what it found.
 */

import type { Code } from "../../lang/core.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { FaultError, locate } from "../../lang/report/fault.ts"
import type { Span } from "../../lang/report/span.ts"
import type { CompiledTier } from "../values/compiled.ts"
import { FunctionCode, type Closure, type Runtime, type Value } from "../values/values.ts"
import { asFault, limitFault, traceCall } from "./leaving.ts"

export type Frame = Value[]
export type Node = (f: Frame) => Value

/** Given by a body whose last act is a call: `registers.tailCode` and `tailFrame` say which. No value is undefined, and nothing is compared with quicker. */
export const TAIL = undefined as unknown as Value
/** In the slot of an optional parameter that got no argument. */
export const MISSING = Symbol("missing argument") as unknown as Value

// ---------------------------------------------------------------- registers

/** A runtime as running code needs it. */
export interface SteppedRuntime extends Runtime {
  /** The built-in functions and constants by name. */
  readonly library: ReadonlyMap<string, Value>
  /** Takes steps from the limit when `fuel` fell below 0; looks at clock and interruption. */
  refuel(): void
  /** A loop over `progress(xs, label)` begins turn `done` of `total`, counted from 1. */
  progress(done: number, total: number, label: string): void
  /** May there be a compiled tier? */
  readonly compiles: boolean
  /** The compiled tier, if there is one yet; loads it where it pays for the steps taken and those to come. */
  compiler(coming?: number): CompiledTier | null
}

export interface Registers {
  /** Steps left until limits, clock and interruption are looked at. */
  fuel: number
  /** Calls that are running. */
  depth: number
  depthLimit: number
  /** Native stack left, in bytes as estimated; below 0 calls go on in the machine. */
  room: number
  tailCode: CompiledCode
  tailFrame: Frame
  runtime: SteppedRuntime
}

/** Under a name that is not exported: hosts take that for a constant. */
const own: Registers = {
  fuel: 0,
  depth: 0,
  depthLimit: 0,
  room: 0,
  tailCode: null as unknown as CompiledCode,
  tailFrame: [],
  runtime: null as unknown as SteppedRuntime,
}
/** The registers. A runtime sets them when it begins to run code and puts back what it found at the end. */
export const registers = own

/**
 * Native stack that running code may take, as estimated by `CompiledCode.weight`: well within the smallest stack of a browser's worker. Past it, calls
 * run in the machine; what comes back from there through built-in functions may take `nativeReserve` more.
 */
export const nativeRoom = 280_000
const nativeReserve = 120_000

/** Looks at the limits when the register of steps fell below 0. */
export function refuel(span: Span | null): void {
  try {
    own.runtime.refuel()
  } catch (error) {
    if (span !== null) locate(error, span)
    throw error
  }
}

/** One call more than the limit allows. */
export function tooDeep(span: Span | null): never {
  limitFault(faults.depth(own.depthLimit), span)
}

// ---------------------------------------------------------------- running

/** The code of a function as tier 0 runs it; compiled when first called. */
export abstract class CompiledCode extends FunctionCode {
  abstract override readonly code: Code
  /** How many arguments fill the frame with nothing left to do; -1 until compiled. */
  arity = -1
  /** Length of a frame; known when compiled. */
  abstract size: number
  abstract body: Node
  /** Calls until the compiled tier is asked to do one; whoever is asked says when to ask again. */
  patience = 0
  /** Native stack that running the body takes at most, in bytes as estimated. */
  weight = 0
  /** Compiles the body if that has not been done. */
  abstract prepare(): void
  /** Runs the body on an explicit stack, where native stack has run out. */
  abstract runInMachine(frame: Frame): Value

  /** Runs the body on a frame to the end, with the calls in tail position that it ends with. */
  run(frame: Frame, span: Span | null): Value {
    if (--own.fuel < 0) refuel(span)
    const { depth, room } = own
    if (depth >= own.depthLimit) tooDeep(span)
    own.depth = depth + 1
    let out: Value
    try {
      out = (own.room = room - this.weight) < 0 ? goDeep(this, frame, span) : this.body(frame)
    } catch (error) {
      throw left(error, this, depth, room, span)
    }
    if (out === undefined) return runTail(this.weight, depth, room, span)
    own.depth = depth
    own.room = room
    return out
  }

  /** Calls a closure of this code with one argument, if that is its arity. */
  call1(closure: Closure, a: Value, span: Span): Value {
    return this.run(frame1(this.size, closure, a), span)
  }

  call2(closure: Closure, a: Value, b: Value, span: Span): Value {
    return this.run(frame2(this.size, closure, a, b), span)
  }

  call3(closure: Closure, a: Value, b: Value, c: Value, span: Span): Value {
    const frame = frame2(this.size, closure, a, b)
    frame[3] = c
    return this.run(frame, span)
  }
}

/** Runs the calls in tail position that a body of weight `first` ended with, one after the other, in its place: the most weight of any of them counts. */
function runTail(first: number, depth: number, room: number, span: Span | null): Value {
  let code = own.tailCode
  let weight = first
  let out: Value
  try {
    do {
      code = own.tailCode
      const frame = own.tailFrame
      if (--own.fuel < 0) refuel(span)
      weight = Math.max(weight, code.weight)
      own.room = room - weight
      out = own.room < 0 ? goDeep(code, frame, span) : code.body(frame)
    } while (out === undefined)
  } catch (error) {
    throw left(error, code, depth, room, span)
  }
  own.depth = depth
  own.room = room
  return out
}

/** Native stack is used up: the call and what it calls run in the machine, on what is kept in reserve. */
function goDeep(code: CompiledCode, frame: Frame, span: Span | null): Value {
  if (own.room < -nativeReserve) limitFault(faults.depth(own.depthLimit), span)
  return code.runInMachine(frame)
}

/** What is thrown when a fault leaves a call: the registers are as they were before, and the call stands on the fault's stack. */
function left(error: unknown, code: CompiledCode, depth: number, room: number, span: Span | null): unknown {
  own.depth = depth
  own.room = room
  const fault = error instanceof FaultError ? error : asFault(error, own.depthLimit)
  traceCall(fault, code.code.name, span)
  return fault
}

// ---------------------------------------------------------------- frames

/** A frame with its parameters still to be filled. Small ones are written out, which is quicker than filling them. */
export function newFrame(size: number, closure: Closure): Frame {
  return frame1(size, closure, undefined as unknown as Value)
}

export function frame1(size: number, closure: Closure, a: Value): Frame {
  if (size <= 3) return [closure.captures, a, undefined] as unknown as Frame
  return largeFrame(size, closure, a, undefined as unknown as Value)
}

export function frame2(size: number, closure: Closure, a: Value, b: Value): Frame {
  if (size <= 5) return [closure.captures, a, b, undefined, undefined] as unknown as Frame
  return largeFrame(size, closure, a, b)
}

/** Copying a frame of the right length is quicker than filling one. */
const templates: Frame[] = []

function largeFrame(size: number, closure: Closure, a: Value, b: Value): Frame {
  if (size <= 5) return [closure.captures, a, b, undefined, undefined] as unknown as Frame
  if (size <= 9) {
    const { captures } = closure
    return [captures, a, b, undefined, undefined, undefined, undefined, undefined, undefined] as unknown as Frame
  }
  let template = templates[size]
  if (template === undefined) {
    template = []
    while (template.length < size) template.push(undefined as unknown as Value)
    templates[size] = template
  }
  const frame = template.slice()
  frame[0] = closure.captures as unknown as Value
  frame[1] = a
  frame[2] = b
  return frame
}
