/**
 * Calling function values.
 * Arguments are bound to a frame, the body runs, and calls in tail position that it ends with run in its place; faults get the call on their stack on
 * the way out. It must not know nodes other than the body.
 */

import type { Span } from "../../lang/report/span.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { FaultError, faultOf, locate, raise, type FaultText, type StackFrame } from "../../lang/report/fault.ts"
import { kindOf } from "../values/kinds.ts"
import { showFunction } from "../values/show.ts"
import {
  BuiltinFunction,
  Closure,
  noNamed,
  VariantConstructor,
  VariantValue,
  type FunctionValue,
  type Named,
  type Value,
} from "../values/values.ts"
import type { CompiledCode } from "./frame.ts"
import { MISSING, nativeReserve, newFrame, registers, TAIL, type Frame } from "./frame.ts"

/** Calls any value; a fault that has no position yet gets `span`. */
export function callValue(fn: Value, args: readonly Value[], named: Named, span: Span | null): Value {
  if (fn instanceof Closure) return runFrame(fn.code as CompiledCode, bind(fn, args, named, span), span)
  try {
    if (fn instanceof BuiltinFunction) return callBuiltin(fn, args, named)
    return construct(fn, args, named)
  } catch (error) {
    if (span !== null) locate(error, span)
    throw error
  }
}

/** Runs a body on its frame to the end. */
export function runFrame(code: CompiledCode, frame: Frame, span: Span | null): Value {
  if (--registers.fuel < 0) refuel(span)
  if (++registers.depth > registers.depthLimit) tooDeep(span)
  let current = code
  let weight = code.weight
  let out: Value
  registers.room -= weight
  try {
    out = registers.room < 0 ? goDeep(code, frame, span) : code.body(frame)
    while (out === TAIL) {
      current = registers.tailCode
      const next = registers.tailFrame
      if (--registers.fuel < 0) refuel(span)
      if (current.weight > weight) {
        registers.room -= current.weight - weight
        weight = current.weight
      }
      out = registers.room < 0 ? goDeep(current, next, span) : current.body(next)
    }
  } catch (error) {
    registers.depth--
    registers.room += weight
    const fault = error instanceof FaultError ? error : asFault(error)
    traceCall(fault, current.code.name, span)
    throw fault
  }
  registers.depth--
  registers.room += weight
  return out
}

/** Native stack is used up: the call and what it calls run in the machine, on what is kept in reserve. */
function goDeep(code: CompiledCode, frame: Frame, span: Span | null): Value {
  if (registers.room < -nativeReserve) limitFault(faults.depth(registers.depthLimit), span)
  return code.runInMachine(frame)
}

/** Looks at the limits when the register of steps fell below 0. */
export function refuel(span: Span | null): void {
  try {
    registers.runtime.refuel()
  } catch (error) {
    if (span !== null) locate(error, span)
    throw error
  }
}

/** One call more than the limit allows; the call does not count as running. */
export function tooDeep(span: Span | null): never {
  registers.depth--
  limitFault(faults.depth(registers.depthLimit), span)
}

function limitFault(text: FaultText, span: Span | null): never {
  throw new FaultError([faultOf(text, span)], false)
}

/** Most memory of one value that the host could not give; the fault names it where no other limit is known. */
const largest = 2 ** 30

/**
 * What the host says when its stack or memory has run out in spite of all care becomes the fault that it is; everything else stays what it is.
 */
export function asFault(error: unknown): unknown {
  if (error instanceof FaultError || !(error instanceof Error)) return error
  const { message, name } = error
  if (error instanceof RangeError && /call stack/i.test(message)) return limit(faults.depth(registers.depthLimit))
  if (name === "InternalError" && message.includes("recursion")) return limit(faults.depth(registers.depthLimit))
  if (error instanceof RangeError && /allocation|(array|string) length/i.test(message))
    return limit(faults.memory(largest))
  return error
}

function limit(text: FaultText): FaultError {
  return new FaultError([faultOf(text)], false)
}

/** How many calls a fault remembers: the innermost, and as many of the outermost as make the picture complete. */
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
  stack.push({ name, span })
  if (stack.length > innermost + outermost) stack.splice(innermost, 1)
}
/** The stacks that may still grow: those made here, and only while their fault is on its way. */
const stacks = new WeakMap<object, StackFrame[]>()

/** The frame of a call, with absent optional parameters marked as missing. */
export function bind(fn: Closure, args: readonly Value[], named: Named, span: Span | null): Frame {
  const code = fn.code as CompiledCode
  code.prepare()
  const { params, name } = code.code
  const frame = newFrame(code.size, fn)
  if (args.length > params.length) raise(faults.wrongArity(name, expected(fn), args.length, showFunction(fn)), span)
  for (let i = 0; i < params.length; i++) frame[i + 1] = i < args.length ? args[i]! : MISSING
  for (const [argument, value] of named) {
    const i = params.findIndex((param) => param.name === argument)
    if (i < 0) raise(faults.unknownArgument(name, argument, parameterNames(fn)), span)
    if (frame[i + 1] !== MISSING) raise(faults.repeatedArgument(name, argument), span)
    frame[i + 1] = value
  }
  for (let i = args.length; i < params.length; i++) {
    const param = params[i]!
    if (!param.required || frame[i + 1] !== MISSING) continue
    if (named.size === 0) raise(faults.wrongArity(name, expected(fn), args.length, showFunction(fn)), span)
    raise(faults.missingArgument(name, param.name ?? param.text, showFunction(fn)), span)
  }
  return frame
}

/** Calls a built-in after giving named arguments their positions. */
export function callBuiltin(fn: BuiltinFunction, args: readonly Value[], named: Named): Value {
  if (named.size === 0 && args.length >= fn.required && args.length <= fn.most) {
    return fn.call(registers.runtime, args, noNamed)
  }
  const bound = bindBuiltin(fn, args, named)
  return fn.call(registers.runtime, bound.args, bound.named)
}

/** Positional and named arguments as a built-in takes them. */
export function bindBuiltin(
  fn: BuiltinFunction,
  args: readonly Value[],
  named: Named,
): { readonly args: readonly Value[]; readonly named: Named } {
  const { name, params } = fn
  if (args.length > fn.most) raise(faults.wrongArity(name, expected(fn), args.length, showFunction(fn)))
  const positional: (Value | undefined)[] = args.slice()
  const options = new Map<string, Value>()
  for (const [argument, value] of named) {
    const i = fn.most === Infinity ? -1 : params.findIndex((param) => param.name === argument)
    if (i >= 0) {
      if (positional[i] !== undefined) raise(faults.repeatedArgument(name, argument))
      positional[i] = value
    } else if (fn.anyNamed || fn.options.includes(argument)) options.set(argument, value)
    else raise(faults.unknownArgument(name, argument, parameterNames(fn)))
  }
  for (let i = 0; i < params.length; i++) {
    const param = params[i]!
    if (!param.required || positional[i] !== undefined) continue
    if (named.size === 0) raise(faults.wrongArity(name, expected(fn), args.length, showFunction(fn)))
    raise(faults.missingArgument(name, param.name, showFunction(fn)))
  }
  return { args: positional as Value[], named: options }
}

/** Makes a variant from its fields; any other value is no function. */
export function construct(fn: Value, args: readonly Value[], named: Named): Value {
  if (!(fn instanceof VariantConstructor)) raise(faults.notAFunction(kindOf(fn)))
  const { variant } = fn
  const { fields, name } = variant
  if (args.length > fields.length || (named.size === 0 && args.length < fields.length)) {
    raise(faults.wrongArity(name, String(fields.length), args.length, showFunction(fn)))
  }
  const values: (Value | undefined)[] = args.slice()
  for (const [argument, value] of named) {
    const i = fields.indexOf(argument)
    if (i < 0) raise(faults.unknownArgument(name, argument, fields))
    if (values[i] !== undefined) raise(faults.repeatedArgument(name, argument))
    values[i] = value
  }
  for (let i = 0; i < fields.length; i++) {
    if (values[i] === undefined) raise(faults.missingArgument(name, fields[i]!, showFunction(fn)))
  }
  return new VariantValue(variant, values as Value[])
}

/** How many arguments a function takes, in words. */
function expected(fn: FunctionValue): string {
  const [least, most] =
    fn instanceof Closure
      ? [fn.code.code.params.filter((param) => param.required).length, fn.code.code.params.length]
      : fn instanceof BuiltinFunction
        ? [fn.required, fn.most]
        : [fn.variant.fields.length, fn.variant.fields.length]
  if (least === most) return String(least)
  return most === Infinity ? `at least ${String(least)}` : `${String(least)} to ${String(most)}`
}

/** The names that arguments may have. */
export function parameterNames(fn: FunctionValue): string[] {
  if (fn instanceof Closure) return fn.code.code.params.flatMap((param) => (param.name === null ? [] : [param.name]))
  if (fn instanceof BuiltinFunction) return [...fn.params.map((param) => param.name), ...fn.options]
  return [...fn.variant.fields]
}
