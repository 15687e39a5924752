/**
 * Calling function values.
 * Arguments, positional and named, are bound to the parameters of whatever is called. It must not know nodes nor how bodies run.
 */

import type { Span } from "../../lang/report/span.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { locate, raise } from "../../lang/report/fault.ts"
import { BoolArray, Tensor } from "../arrays/tensor.ts"
import { spend } from "../arrays/work.ts"
import { kindOf } from "../values/kinds.ts"
import { showFunction } from "../values/show.ts"
import {
  BuiltinFunction,
  Closure,
  List,
  noNamed,
  VariantConstructor,
  VariantValue,
  type FunctionValue,
  type Named,
  type Value,
} from "../values/values.ts"
import type { CompiledCode } from "./frame.ts"
import { MISSING, newFrame, registers, type Frame } from "./frame.ts"

/** Calls any value; a fault that has no position yet gets `span`. */
export function callValue(fn: Value, args: readonly Value[], named: Named, span: Span | null): Value {
  if (fn instanceof Closure) return (fn.code as CompiledCode).run(bind(fn, args, named, span), span)
  try {
    if (fn instanceof BuiltinFunction) return callBuiltin(fn, args, named)
    return construct(fn, args, named)
  } catch (error) {
    if (span !== null) locate(error, span)
    throw error
  }
}

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

/** Arguments below this size are no matter. */
const small = 1024

/** Reading an argument from end to end is work, whatever comes of it. */
function spendOn(args: readonly Value[]): void {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]
    let size = 0
    if (arg instanceof Tensor || arg instanceof BoolArray) size = arg.data.length
    else if (arg instanceof List) size = arg.items.length
    else if (typeof arg === "string") size = arg.length
    if (size > small) spend(size)
  }
}

/** Calls a built-in after giving named arguments their positions. */
export function callBuiltin(fn: BuiltinFunction, args: readonly Value[], named: Named): Value {
  spendOn(args)
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
