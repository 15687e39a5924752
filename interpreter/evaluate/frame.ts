/**
 * What compiled code runs on: frames, nodes and the registers of the evaluator.
 * A frame is an array with the captured values at 0 and slot s at s + 1; a node is a function of the frame. One set of registers serves all engines,
 * since one evaluation runs at a time and puts back what it found. It must not know how nodes are made.
 */

import type { Code } from "../../lang/core.ts"
import { FunctionCode, type Closure, type Runtime, type Value } from "../values/values.ts"

export type Frame = Value[]
export type Node = (f: Frame) => Value

/** Given by a body whose last act is a call: `registers.tailCode` and `tailFrame` say which. */
export const TAIL = Symbol("tail call") as unknown as Value
/** In the slot of an optional parameter that got no argument. */
export const MISSING = Symbol("missing argument") as unknown as Value
/** In a slot that nothing was put in. */
const VACANT = undefined as unknown as Value

/** The code of a function as tier 0 runs it; compiled when first called. */
export abstract class CompiledCode extends FunctionCode {
  abstract override readonly code: Code
  /** How many arguments fill the frame with nothing left to do; -1 until compiled. */
  arity = -1
  /** Length of a frame. */
  abstract readonly size: number
  abstract body: Node
  /** Native stack that running the body takes at most, in bytes as estimated. */
  weight = 0
  /** Compiles the body if that has not been done. */
  abstract prepare(): void
  /** Runs the body on an explicit stack, where native stack has run out. */
  abstract runInMachine(frame: Frame): Value
}

/**
 * Native stack that running code may take, as estimated by `CompiledCode.weight`: well within the smallest stack of a browser's worker. Past it, calls
 * run in the machine; what comes back from there through built-in functions may take `nativeReserve` more.
 */
export const nativeRoom = 280_000
export const nativeReserve = 120_000

/** A runtime as running code needs it. */
export interface SteppedRuntime extends Runtime {
  /** The built-in functions and constants by name. */
  readonly library: ReadonlyMap<string, Value>
  /** Takes steps from the limit when `fuel` fell below 0; looks at clock and interruption. */
  refuel(): void
  /** A loop over `progress(xs, label)` begins turn `done` of `total`, counted from 1. */
  progress(done: number, total: number, label: string): void
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

/** The registers. A runtime sets them when it begins to run code and puts back what it found at the end. */
export const registers: Registers = {
  fuel: 0,
  depth: 0,
  depthLimit: 0,
  room: 0,
  tailCode: null as unknown as CompiledCode,
  tailFrame: [],
  runtime: null as unknown as SteppedRuntime,
}

/** A frame with its parameters still to be filled. */
export function newFrame(size: number, closure: Closure): Frame {
  const captures = closure.captures as unknown as Value
  if (size <= 5) return [captures, VACANT, VACANT, VACANT, VACANT]
  if (size <= 9) return [captures, VACANT, VACANT, VACANT, VACANT, VACANT, VACANT, VACANT, VACANT]
  return largeFrame(size, captures)
}

export function newFrame1(size: number, closure: Closure, a: Value): Frame {
  const captures = closure.captures as unknown as Value
  if (size <= 5) return [captures, a, VACANT, VACANT, VACANT]
  if (size <= 9) return [captures, a, VACANT, VACANT, VACANT, VACANT, VACANT, VACANT, VACANT]
  const frame = largeFrame(size, captures)
  frame[1] = a
  return frame
}

export function newFrame2(size: number, closure: Closure, a: Value, b: Value): Frame {
  const captures = closure.captures as unknown as Value
  if (size <= 5) return [captures, a, b, VACANT, VACANT]
  if (size <= 9) return [captures, a, b, VACANT, VACANT, VACANT, VACANT, VACANT, VACANT]
  const frame = largeFrame(size, captures)
  frame[1] = a
  frame[2] = b
  return frame
}

export function newFrame3(size: number, closure: Closure, a: Value, b: Value, c: Value): Frame {
  const captures = closure.captures as unknown as Value
  if (size <= 5) return [captures, a, b, c, VACANT]
  if (size <= 9) return [captures, a, b, c, VACANT, VACANT, VACANT, VACANT, VACANT]
  const frame = largeFrame(size, captures)
  frame[1] = a
  frame[2] = b
  frame[3] = c
  return frame
}

/** Copying a frame of the right length is quicker than filling one. */
const templates: Frame[] = []

function largeFrame(size: number, captures: Value): Frame {
  let template = templates[size]
  if (template === undefined) {
    template = [captures]
    while (template.length < size) template.push(VACANT)
    template[0] = VACANT
    templates[size] = template
  }
  const frame = template.slice()
  frame[0] = captures
  return frame
}
