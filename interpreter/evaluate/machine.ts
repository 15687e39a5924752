/**
 * The second driver: programs run on an explicit stack.
 * Where native stack runs out, a call goes on here, and everything it calls: running functions wait in an array, so that depth is bounded by the
 * limit alone. Built-ins that call functions take part as generators. It must not know Core.
 */

import { locate } from "../../lang/report/fault.ts"
import type { Span } from "../../lang/report/span.ts"
import {
  BuiltinFunction,
  Closure,
  noNamed,
  type BuiltinSteps,
  type CallRequest,
  type Named,
  type Value,
} from "../values/values.ts"
import { bind, bindBuiltin, callValue } from "./call.ts"
import { frame1, frame2, refuel, registers, tooDeep, type Frame } from "./frame.ts"
import type { Programmed } from "./deep.ts"
import { traceCall } from "./leaving.ts"
import type { Cursor } from "./program.ts"
import { isTrue, type Instruction, type Program } from "./program.ts"

/** A function that waits for the result of a call. */
interface WaitingFunction {
  readonly kind: "function"
  readonly program: Program
  readonly frame: Frame
  readonly at: number
  /** Where the result goes; 0: nowhere. */
  readonly to: number
  readonly span: Span
  readonly depth: number
}
/** A built-in that waits for the result of a call. */
interface WaitingBuiltin {
  readonly kind: "builtin"
  readonly steps: BuiltinSteps
  readonly span: Span | null
  readonly depth: number
}
type Waiting = WaitingFunction | WaitingBuiltin

interface Requested {
  readonly kind: "call"
  readonly fn: Value
  readonly args: readonly Value[]
  readonly named: Named
  readonly span: Span | null
}
type Outcome = Requested | { readonly kind: "value"; readonly value: Value }

/** Runs a program from its start to its end. */
export function runProgram(program: Program, frame: Frame): Value {
  return new Machine(program, frame).run()
}

/** The frame of a call with room for what the machine keeps in it. */
function extended(frame: Frame, program: Program): Frame {
  while (frame.length < program.size) frame.push(undefined as unknown as Value)
  return frame
}

class Machine {
  private program: Program
  private instructions: readonly Instruction[]
  private frame: Frame
  private at = 0
  private readonly waiting: Waiting[] = []
  /** True while a function runs, false while a built-in or nothing does. */
  private inFunction = true
  private result: Value = null
  private readonly depth = registers.depth

  constructor(program: Program, frame: Frame) {
    this.program = program
    this.instructions = program.instructions
    this.frame = extended(frame, program)
  }

  run(): Value {
    let retry: (() => boolean) | null = null
    for (;;) {
      try {
        const again = retry
        retry = null
        if ((again !== null && again()) || this.advance()) return this.result
      } catch (error) {
        const taker = this.leave(error)
        if (taker === null) throw error
        retry = () => this.settle(this.step(taker, () => taker.steps.throw(error)))
      }
    }
  }

  /** Runs until the outermost function has returned. */
  private advance(): boolean {
    for (;;) {
      const { frame } = this
      const next = this.instructions[this.at++]!
      switch (next.op) {
        case "run":
          next.node(frame)
          break
        case "set":
          frame[next.to] = next.node(frame)
          break
        case "jump":
          this.at = next.target
          break
        case "branch":
          if (!isTrue(next.node(frame), next.span)) this.at = next.target
          break
        case "turn":
          if (--registers.fuel < 0) refuel(next.span)
          break
        case "next": {
          const cursor = frame[next.sequence] as unknown as Cursor
          if (cursor.next >= cursor.sequence.length) {
            this.at = next.target
            break
          }
          if (--registers.fuel < 0) refuel(next.span)
          frame[next.to] = cursor.sequence.at(cursor.next++)
          break
        }
        case "return":
          if (this.settle({ kind: "value", value: next.node(frame) })) return true
          break
        case "call": {
          const callee = next.callee(frame)
          const { args, span } = next
          if (callee instanceof Closure && args.length === 1) {
            const code = callee.code as Programmed
            if (code.arity === 1) {
              const inner = frame1(code.size, callee, args[0]!(frame))
              this.wait(next.to, span)
              this.enter(code, inner, span)
              break
            }
          }
          const values = args.map((arg) => arg(frame))
          const named = next.named(frame)
          this.wait(next.to, span)
          if (this.settle({ kind: "call", fn: callee, args: values, named, span })) return true
          break
        }
        case "tailCall": {
          const callee = next.callee(frame)
          const { args, span } = next
          if (callee instanceof Closure && args.length === 2) {
            const code = callee.code as Programmed
            if (code.arity === 2) {
              const inner = frame2(code.size, callee, args[0]!(frame), args[1]!(frame))
              registers.depth--
              this.enter(code, inner, span)
              break
            }
          }
          const values = args.map((arg) => arg(frame))
          const named = next.named(frame)
          // A built-in has no call of its own to count: the function that ends with it stays counted until it gives its value.
          if (callee instanceof Closure) registers.depth--
          this.inFunction = false
          if (this.settle({ kind: "call", fn: callee, args: values, named, span })) return true
          break
        }
      }
    }
  }

  /** Puts the running function aside until a call has its result. */
  private wait(to: number, span: Span): void {
    this.waiting.push({
      kind: "function",
      program: this.program,
      frame: this.frame,
      at: this.at,
      to,
      span,
      depth: registers.depth,
    })
    this.inFunction = false
  }

  private enter(code: Programmed, frame: Frame, span: Span | null): void {
    if (--registers.fuel < 0) refuel(span)
    if (registers.depth >= registers.depthLimit) tooDeep(span)
    registers.depth++
    this.program = code.programFor()
    this.instructions = this.program.instructions
    this.frame = extended(frame, this.program)
    this.at = 0
    this.inFunction = true
  }

  /** Follows what happens until a function runs again; true if nothing is left to do. */
  private settle(first: Outcome): boolean {
    let outcome = first
    for (;;) {
      if (outcome.kind === "call") {
        const { fn, args, named, span } = outcome
        if (fn instanceof Closure) {
          this.enter(fn.code as Programmed, bind(fn, args, named, span), span)
          return false
        }
        if (fn instanceof BuiltinFunction && fn.steps !== null) outcome = this.begin(fn, outcome)
        else outcome = { kind: "value", value: callValue(fn, args, named, span) }
        continue
      }
      const { value } = outcome
      const top = this.waiting.at(-1)
      if (top === undefined) {
        this.result = value
        registers.depth = this.depth
        return true
      }
      registers.depth = top.depth
      if (top.kind === "builtin") {
        this.inFunction = false
        outcome = this.step(top, () => top.steps.next(value))
        continue
      }
      this.waiting.pop()
      this.program = top.program
      this.instructions = top.program.instructions
      this.frame = top.frame
      this.at = top.at
      this.inFunction = true
      if (top.to !== 0) this.frame[top.to] = value
      return false
    }
  }

  /** Starts a built-in that calls functions. */
  private begin(fn: BuiltinFunction, { args, named, span }: Requested): Outcome {
    let steps: BuiltinSteps
    try {
      const bound = bindBuiltin(fn, args, named)
      steps = fn.steps!(registers.runtime, bound.args, bound.named)
    } catch (error) {
      if (span !== null) locate(error, span)
      throw error
    }
    const waiting: WaitingBuiltin = { kind: "builtin", steps, span, depth: registers.depth }
    this.waiting.push(waiting)
    return this.step(waiting, () => steps.next())
  }

  /** Lets the built-in on top of the stack go on until it asks for a call or ends. */
  private step(top: WaitingBuiltin, go: () => IteratorResult<CallRequest, Value>): Outcome {
    let result: IteratorResult<CallRequest, Value>
    try {
      result = go()
    } catch (error) {
      this.waiting.pop()
      if (top.span !== null) locate(error, top.span)
      throw error
    }
    if (result.done === true) {
      this.waiting.pop()
      return { kind: "value", value: result.value }
    }
    const { fn, args, named } = result.value
    return { kind: "call", fn, args, named: named ?? noNamed, span: null }
  }

  /** A fault leaves functions one by one, until there is a built-in that may take it; null if there is none. */
  private leave(error: unknown): WaitingBuiltin | null {
    let name: string | null = this.inFunction ? this.program.name : null
    this.inFunction = false
    for (;;) {
      const top = this.waiting.at(-1)
      registers.depth = top === undefined ? this.depth : top.depth
      if (top === undefined) return null
      if (name !== null) traceCall(error, name, top.kind === "function" ? top.span : null)
      if (top.kind === "builtin") return top
      this.waiting.pop()
      name = top.program.name
    }
  }
}
