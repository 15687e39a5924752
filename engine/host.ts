/**
 * Functions of the host, as built-ins.
 * What crosses is converted as it is everywhere; derivatives are loaded apart, and checked before the first of them is used. It must not know engines.
 */

import { faults } from "../lang/report/catalogue.ts"
import { raise } from "../lang/report/fault.ts"
import { activeCapture } from "../interpreter/builtins/captures.ts"
import { kindOf } from "../interpreter/values/kinds.ts"
import { leavesOf } from "../interpreter/values/structure.ts"
import { isActive } from "../interpreter/autodiff/num.ts"
import { BuiltinFunction, isFunction, type Runtime, type Value } from "../interpreter/values/values.ts"
import { fromJs, nameOf, toJs, type Conversion } from "./convert.ts"
import { hosted } from "./error.ts"
import type * as Rules from "./hostrules.ts"

/** A function that programs may call; alone, or with what is known of it. Arguments and results cross as they do everywhere. */
export type HostFunction = HostCall | HostDeclaration

/** A function of any parameters: what they take is between the host and its programs. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type HostCall = (...args: any[]) => unknown

/** A host function with what is known of it. */
export interface HostDeclaration {
  /** The function itself. */
  readonly call: HostCall
  /** Names of the parameters, `"k?"` for an optional one; else `x`, or `x1, x2, …` as many as `call` declares. */
  readonly params?: readonly string[]
  /** What `doc` of the command line and of a session shows. */
  readonly doc?: string
  /** Gives the same for the same arguments and does nothing else: such calls may be repeated and left out. */
  readonly pure?: boolean
  /**
   * The derivative in ADL, a function of the same parameters: what `grad` of a number or `jacobian` of an array would give, a tuple where there are several
   * parameters. Serves every order.
   */
  readonly rule?: string
  /** The tangent of the result: takes the arguments, then their tangents. First derivatives in both modes. */
  readonly jvp?: HostCall
  /** The cotangents of the arguments (an array where there are several): takes the arguments, then the result's cotangent. */
  readonly vjp?: HostCall
  /** Arguments to check the derivative with when the engine is made: a few numbers unless given. */
  readonly at?: readonly (readonly unknown[])[]
  /** False: the derivative is taken as it is. */
  readonly check?: boolean
}

/** The result of a call of which an argument is being differentiated; `call` is the function on plain values. */
export type Derivative = (runtime: Runtime, args: readonly Value[], call: (args: readonly Value[]) => Value) => Value

/** A host function as a built-in. */
interface Hosted {
  readonly builtin: BuiltinFunction
  readonly declaration: HostDeclaration
  /** Null until it is known to be right. */
  derivative: Derivative | null
}

/** The function as a built-in of the language. */
function hostFunction(name: string, given: HostFunction, conversion: Conversion): Hosted {
  const declaration = declared(name, given)
  const params = declaration.params ?? defaultNames(declaration.call.length)
  const call = (args: readonly Value[]): Value => {
    const out = hosted(name, () => declaration.call(...args.map((arg) => toJs(arg, conversion))))
    return received(name, out, `${name}(…)`, conversion)
  }
  const builtin = new BuiltinFunction({
    name,
    doc: declaration.doc ?? `\`${name}(${params.join(", ")})\`: a function of the host.`,
    params,
    effect: declaration.pure !== true,
    callsBack: true,
    call: (runtime, args) => {
      runtime.step(1)
      for (const arg of args) refuseCaptures(name, arg)
      const active = args.some((arg) => leavesOf(arg).some(isActive))
      const out = active ? derivativeIn(self)(runtime, args, call) : call(args)
      // The host's own time counts too.
      runtime.poll()
      return out
    },
  })
  const self: Hosted = { builtin, declaration, derivative: null }
  return self
}

function hasRule({ rule, jvp, vjp }: HostDeclaration): boolean {
  return rule !== undefined || jvp !== undefined || vjp !== undefined
}

function derivativeIn({ builtin: { name }, declaration, derivative }: Hosted): Derivative {
  if (!hasRule(declaration)) raise(faults.hostNoDerivative(name))
  return derivative ?? raise(faults.notLoadedYet(`${name}'`))
}

function declared(name: string, given: HostFunction): HostDeclaration {
  const declaration = typeof given === "function" ? { call: given } : given
  const check = (part: string, expected: string, ok: boolean, value: unknown): void => {
    if (!ok) raise(faults.hostOption(`host.${name}${part}`, expected, nameOf(value)))
  }
  check("", "a function or a declaration with `call`", typeof (declaration as unknown) === "object", given)
  check("", "a function or a declaration with `call`", (declaration as unknown) !== null, given)
  check(".call", "a function", typeof declaration.call === "function", declaration.call)
  for (const part of ["jvp", "vjp"] as const) {
    const value = declaration[part]
    check(`.${part}`, "a function", value === undefined || typeof value === "function", value)
  }
  check(
    ".rule",
    "a text in ADL",
    declaration.rule === undefined || typeof declaration.rule === "string",
    declaration.rule,
  )
  const { params, at } = declaration as { params?: unknown; at?: unknown }
  const texts = params === undefined || (Array.isArray(params) && params.every((name) => typeof name === "string"))
  check(".params", "an array of names", texts, params)
  check(
    ".at",
    "an array of arrays of arguments",
    at === undefined || (Array.isArray(at) && at.every(Array.isArray)),
    at,
  )
  return declaration
}

function defaultNames(count: number): string[] {
  return count === 1 ? ["x"] : Array.from({ length: count }, (_, i) => `x${String(i + 1)}`)
}

/** A derivative that a function brings along would be lost on the way through the host. */
function refuseCaptures(name: string, arg: Value): void {
  for (const leaf of leavesOf(arg)) {
    const captured = isFunction(leaf) ? activeCapture(leaf) : null
    if (captured !== null) raise(faults.capturedActive(name, captured))
  }
}

/** What a host function gave back, as a value. */
export function received(name: string, out: unknown, path: string, conversion: Conversion): Value {
  if (typeof out === "object" && out !== null && "then" in out && typeof out.then === "function") {
    raise(faults.hostPromise(name))
  }
  return fromJs(out, path, conversion)
}

/** The host functions of an engine, as built-ins. */
export class HostFunctions {
  readonly builtins: readonly BuiltinFunction[]
  private readonly hosted: readonly Hosted[]
  private readonly conversion: Conversion

  constructor(given: Readonly<Record<string, HostFunction>>, conversion: Conversion) {
    this.conversion = conversion
    this.hosted = Object.entries(given).map(([name, f]) => hostFunction(name, f, conversion))
    this.builtins = this.hosted.map(({ builtin }) => builtin)
  }

  /** Compiles every rule, then checks every derivative against finite differences; the first that is wrong is a fault with the figures, and none is used. */
  settle(rules: typeof Rules, runtime: Runtime, compile: (text: string, name: string) => Value): void {
    const unsettled = this.hosted.filter(({ declaration, derivative }) => derivative === null && hasRule(declaration))
    try {
      for (const one of unsettled) {
        const { builtin, declaration } = one
        const rule = declaration.rule === undefined ? null : compile(declaration.rule, `<rule of ${builtin.name}>`)
        if (rule !== null && !isFunction(rule))
          raise(faults.hostOption(`host.${builtin.name}.rule`, "a function in ADL", kindOf(rule)))
        one.derivative = rules.derivativeOf(builtin.name, declaration, rule, this.conversion)
      }
      for (const { builtin, declaration } of unsettled)
        rules.checkDerivative(runtime, builtin, declaration, this.conversion)
    } catch (error) {
      for (const one of unsettled) one.derivative = null
      throw error
    }
  }
}
