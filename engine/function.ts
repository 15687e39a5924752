/**
 * A function of a module as a function of the host, with every derivative as a prepared object.
 * Operators are applied once, when the derivative is prepared; a call converts, runs and converts back. It must not know where the function came from.
 */

import { faults } from "../lang/report/catalogue.ts"
import { raise } from "../lang/report/fault.ts"
import { Tensor } from "../interpreter/arrays/tensor.ts"
import type { Evaluation } from "../interpreter/evaluate/runtime.ts"
import { parametersOf, select } from "../interpreter/builtins/application.ts"
import * as derivatives from "../interpreter/builtins/derivatives.ts"
import { declined, type CompiledTier, type DirectCalls, type DirectGift } from "../interpreter/values/compiled.ts"
import {
  isFunction,
  List,
  Tuple,
  type BuiltinFunction,
  type FunctionValue,
  type Value,
} from "../interpreter/values/values.ts"
import { fromJs, toJs, type Conversion } from "./convert.ts"
import { errorOf, guarded } from "./error.ts"
import { callOptions } from "./options.ts"
import { AdlValue } from "./value.ts"

/** Which arguments a prepared derivative is with respect to: those of the required parameters unless named here, by name or position. */
export interface Wrt {
  /** A parameter by name or position, or several. */
  readonly wrt?: string | number | readonly (string | number)[]
}

/** One function of a module, called with JavaScript values, with every derivative as a prepared object. */
export interface AdlFunction<Args extends readonly unknown[] = readonly unknown[], Result = unknown> {
  (...args: Args): Result
  /** The function itself, to be an argument of another. */
  readonly value: AdlValue
  /** The gradient of a scalar function, in the form of the one argument, or an array with one entry for each. */
  grad(options?: Wrt): (...args: Args) => unknown
  /** The value and the gradient of one call. */
  valueAndGrad(options?: Wrt): (...args: Args) => { value: Result; grad: unknown }
  /** Takes the function's arguments, then the direction. */
  jvp(options?: Wrt): (...args: readonly unknown[]) => { value: Result; tangent: Result }
  /** The value, and a function from a cotangent of the result to those of the arguments. */
  vjp(options?: Wrt): (...args: Args) => {
    value: Result
    /** Takes a cotangent of the result; gives that of the one argument, or an array with one for each. */
    pullback: (ct: unknown) => unknown
  }
  /** Takes the function's arguments, then the direction; gives the product of the Hessian with it. */
  hvp(options?: Wrt): (...args: readonly unknown[]) => unknown
  /** All partial derivatives of the result: an array of its shape with that of the argument behind it. */
  jacobian(options?: Wrt): (...args: Args) => unknown
  /** All second derivatives of a scalar function. */
  hessian(options?: Wrt): (...args: Args) => unknown
}

/** What a function needs of its engine. */
export interface Entrance {
  readonly runtime: Evaluation
  enter<T>(f: () => T): T
}

/** A function value as a function of the host. */
export function prepared<Args extends readonly unknown[], Result>(
  engine: Entrance,
  f: FunctionValue,
  name: string,
  conversion: Conversion,
): AdlFunction<Args, Result> {
  const { runtime } = engine
  const names = parametersOf(f).map((parameter, i) => parameter.name ?? `argument ${String(i + 1)}`)
  const into = (args: readonly unknown[]): Value[] =>
    args.map((arg, i) => fromJs(arg, names[i] ?? `argument ${String(i + 1)}`, conversion))
  const call = (g: Value, args: readonly unknown[]): Value => engine.enter(() => runtime.call(g, into(args)))
  const out = (value: Value): unknown => guarded(() => toJs(value, conversion))
  const derived = (operator: BuiltinFunction, options: Wrt): Value =>
    engine.enter(() =>
      runtime.call(
        operator,
        [f],
        callOptions(options).wrt === undefined ? new Map() : new Map([["wrt", fromJs(options.wrt, "wrt", conversion)]]),
      ),
    )
  const simple =
    (operator: BuiltinFunction) =>
    (options: Wrt = {}) => {
      const g = derived(operator, options)
      return (...args: readonly unknown[]) => out(call(g, args))
    }
  const later = (operator: string): BuiltinFunction => runtime.library.get(operator) as BuiltinFunction
  const pair = (value: Value): [Value, Value] => (value as Tuple).values as [Value, Value]
  const entered = (g: Value, give: DirectGift, long: (args: readonly unknown[]) => unknown): HostFunction =>
    entry(engine, g, names.length, give, long)
  const apply = entered(f, "result", (args) => out(call(f, args)))
  return Object.assign(apply, {
    value: new AdlValue(f, conversion),
    grad: (options: Wrt = {}) => {
      const g = derived(derivatives.grad, options)
      return entered(g, "result", (args) => out(call(g, args)))
    },
    jacobian: simple(later("jacobian")),
    hessian: simple(later("hessian")),
    valueAndGrad: (options: Wrt = {}) => {
      const g = derived(derivatives.valueAndGrad, options)
      return entered(g, "valueAndGrad", (args) => {
        const [value, grad] = pair(call(g, args))
        return { value: out(value), grad: out(grad) }
      })
    },
    jvp: (options: Wrt = {}) => {
      const at = selecting(engine, "jvp", f, options, conversion)
      return (...args: readonly unknown[]) => {
        const [value, tangent] = pair(engine.enter(() => along(runtime, derivatives.jvp, name, at, into(args))))
        return { value: out(value) as Result, tangent: out(tangent) as Result }
      }
    },
    hvp: (options: Wrt = {}) => {
      const at = selecting(engine, "hvp", f, options, conversion)
      return (...args: readonly unknown[]) =>
        out(engine.enter(() => along(runtime, later("hvp"), name, at, into(args))))
    },
    vjp: (options: Wrt = {}) => {
      const at = selecting(engine, "vjp", f, options, conversion)
      return (...args: Args) => {
        const [value, pullback] = pair(
          engine.enter(() => {
            const g = at(into(args))
            return runtime.call(derivatives.vjp, [g.fn, g.point])
          }),
        )
        return {
          value: out(value) as Result,
          pullback: (given: unknown) =>
            out(
              engine.enter(() => {
                const ct = fromJs(given, "cotangent", conversion)
                return runtime.call(pullback, [value instanceof Tuple ? entries(ct, value.values.length) : ct])
              }),
            ),
        }
      }
    },
  }) as unknown as AdlFunction<Args, Result>
}

type HostFunction = (...args: unknown[]) => unknown

/** Functions of more parameters than this take an array of arguments. */
const mostApart = 4

/**
 * A function of the host that goes the way that converts nothing, once there is compiled code for values like the arguments, and the `long` way otherwise. Few
 * arguments stay apart, since an array of them would be made anew in every call.
 */
function entry(
  { runtime }: Entrance,
  f: Value,
  parameters: number,
  give: DirectGift,
  long: (args: readonly unknown[]) => unknown,
): HostFunction {
  let tier: CompiledTier | null = null
  let calls: DirectCalls = noCalls
  const look = (): void => {
    tier = runtime.compiled
    calls = tier !== null && isFunction(f) ? tier.direct(runtime, f, give) : noCalls
  }
  const many = (...args: unknown[]): unknown => {
    if (tier !== runtime.compiled) look()
    let out: unknown
    try {
      out = calls.last(args.length, ...args)
      if (out === declined) out = calls.any(args.length, ...args)
    } catch (error) {
      throw errorOf(error, runtime)
    }
    return out === declined ? long(args) : out
  }
  if (parameters > mostApart) return many
  return function (a?: unknown, b?: unknown, c?: unknown, d?: unknown, ...more: unknown[]): unknown {
    const count = arguments.length
    if (count > mostApart) return many(a, b, c, d, ...more)
    if (tier !== runtime.compiled) look()
    let out: unknown
    try {
      out = calls.last(count, a, b, c, d)
      if (out === declined) out = calls.any(count, a, b, c, d)
    } catch (error) {
      throw errorOf(error, runtime)
    }
    return out === declined ? long([a, b, c, d].slice(0, count)) : out
  }
}

const noCalls: DirectCalls = { last: () => declined, any: () => declined }

/** f as a function of the selected arguments alone, and the point they make. */
type Restricted = (args: readonly Value[]) => { readonly fn: Value; readonly point: Value }

function selecting(
  engine: Entrance,
  operator: string,
  f: FunctionValue,
  options: Wrt,
  conversion: Conversion,
): Restricted {
  return engine.enter(() => {
    const wrt = callOptions(options).wrt === undefined ? undefined : fromJs(options.wrt, "wrt", conversion)
    const selection = select(operator, f, wrt)
    return (args) => derivatives.restrict(engine.runtime, f, args, selection)
  })
}

/** An operator that takes a direction, which stands behind the function's arguments. */
function along(
  runtime: Evaluation,
  operator: BuiltinFunction,
  name: string,
  at: Restricted,
  args: readonly Value[],
): Value {
  const direction = args.at(-1)
  if (direction === undefined) raise(faults.missingArgument(`${operator.name} of ${name}`, "direction"))
  const g = at(args.slice(0, -1))
  const v = g.point instanceof Tuple ? entries(direction, g.point.values.length) : direction
  return runtime.call(operator, [g.fn, g.point, v])
}

/** What the host gives as an array for a tuple of n, such as a direction: of numbers or equal shapes it has become a dense array. */
function entries(direction: Value, n: number): Value {
  if (direction instanceof List) return new Tuple(direction.items)
  if (!(direction instanceof Tensor) || direction.shape[0] !== n) return direction
  const { data, shape } = direction
  const each = data.length / n
  return new Tuple(
    Array.from({ length: n }, (_, i) =>
      shape.length === 1 ? data[i]! : new Tensor(shape.slice(1), data.slice(i * each, (i + 1) * each)),
    ),
  )
}
