/**
 * Functions of the host, with their derivatives.
 * A rule is a linear map: partials written in ADL, which serve every order, or `jvp` and `vjp` in TypeScript, which serve the first; from either, the
 * missing direction follows by applying the map to every unit vector. It must not know engines.
 */

import { faults } from "../lang/report/catalogue.ts"
import { FaultError, raise } from "../lang/report/fault.ts"
import { sizeOf, type Shape } from "../interpreter/arrays/tensor.ts"
import { addChanges2, dense, multiply } from "../interpreter/autodiff/lift.ts"
import { isActive, Masked, shapeOf, type Change, type Num } from "../interpreter/autodiff/num.ts"
import { reshape } from "../interpreter/autodiff/structure.ts"
import { assemble, assembleColumns, basis, numbersIn } from "../interpreter/builtins/application.ts"
import { gradcheck } from "../interpreter/builtins/differences.ts"
import { activeCapture, applyRuled, changesLike, formOf, type Rule } from "../interpreter/builtins/ruled.ts"
import { matmul } from "../interpreter/primitives/matrices.ts"
import { kindOf } from "../interpreter/values/kinds.ts"
import { show } from "../interpreter/values/show.ts"
import { leavesOf } from "../interpreter/values/structure.ts"
import {
  BuiltinFunction,
  isFunction,
  Tuple,
  unit,
  type RecordValue,
  type Runtime,
  type Value,
} from "../interpreter/values/values.ts"
import { fromJs, nameOf, toJs, type Conversion } from "./convert.ts"
import { hosted } from "./error.ts"

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

/** A host function as a built-in, and what there is to do about it once programs can run. */
interface Hosted {
  readonly builtin: BuiltinFunction
  readonly declaration: HostDeclaration
  /** Takes the compiled `rule`. */
  readonly setRule: (rule: Value) => void
}

/** The function as a built-in of the language. */
function hostFunction(name: string, given: HostFunction, conversion: Conversion): Hosted {
  const declaration = declared(name, given)
  const params = declaration.params ?? defaultNames(declaration.call.length)
  const derivative = derivativeOf(name, declaration, conversion)
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
      const out = derivative.of(runtime, args, call)
      // The host's own time counts too.
      runtime.poll()
      return out
    },
  })
  return { builtin, declaration, setRule: derivative.setRule }
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
function received(name: string, out: unknown, path: string, conversion: Conversion): Value {
  if (typeof out === "object" && out !== null && "then" in out && typeof out.then === "function") {
    raise(faults.hostPromise(name))
  }
  return fromJs(out, path, conversion)
}

// ---------------------------------------------------------------- derivatives

interface Derivative {
  of(runtime: Runtime, args: readonly Value[], call: (args: readonly Value[]) => Value): Value
  readonly setRule: (rule: Value) => void
}

/** The arguments of a call are one tuple for its rule, however many there are. */
const argumentsIn = (x: Value): readonly Value[] => (x as Tuple).values

function derivativeOf(name: string, declaration: HostDeclaration, conversion: Conversion): Derivative {
  let compiled: Value = unit
  const { jvp, vjp, rule: text } = declaration
  const rule: Rule | null =
    text !== undefined
      ? partialsRule(name, (runtime, x) => runtime.call(compiled, argumentsIn(x)))
      : jvp !== undefined || vjp !== undefined
        ? new FirstOrder(name, jvp ?? null, vjp ?? null, conversion)
        : null
  return {
    of(runtime, args, call) {
      if (!args.some((arg) => leavesOf(arg).some(isActive))) return call(args)
      if (rule === null) raise(faults.hostNoDerivative(name))
      return applyRuled(runtime, (x) => call(argumentsIn(x)), rule, new Tuple([...args]))
    },
    setRule: (value) => {
      compiled = value
    },
  }
}

/** Partials of result leaf i by argument leaf k: arrays of the result's shape with the argument's behind it. */
type Partials = (i: number, k: number) => Num

/** The rule of partials that come all at once, in the form a Jacobian has. */
function partialsRule(name: string, partials: (runtime: Runtime, x: Value) => Value): Rule {
  const at = (runtime: Runtime, x: Value, y: Value): Partials => {
    const given = partials(runtime, x)
    const leaves = numbersIn(given)
    const xs = numbersIn(x)
    const ys = numbersIn(y)
    const fits =
      leaves.length === xs.length * ys.length &&
      leaves.every((leaf, n) => {
        const shape = [...shapeOf(ys[Math.floor(n / xs.length)]!), ...shapeOf(xs[n % xs.length]!)]
        return shapeOf(leaf).join() === shape.join()
      })
    if (!fits) raise(faults.ruleForm(name, "the partial derivatives by its parameters", kindOf(given)))
    return (i, k) => leaves[i * xs.length + k]!
  }
  return {
    push: (runtime, x, y, dx) => pushThrough(at(runtime, x, y), numbersIn(x), numbersIn(y), dx),
    pull: (runtime, x, y, ct) => pullThrough(at(runtime, x, y), numbersIn(x), numbersIn(y), ct),
  }
}

function pushThrough(partials: Partials, xs: readonly Num[], ys: readonly Num[], dx: readonly Change[]): Change[] {
  return ys.map((y, i) =>
    xs.reduce<Change>((sum, x, k) => {
      const change = dx[k]
      if (change === undefined) return sum
      const outer = shapeOf(y)
      const inner = shapeOf(x)
      return addChanges2(sum, contract(partials(i, k), dense(change, inner), outer, inner))
    }, undefined),
  )
}

function pullThrough(partials: Partials, xs: readonly Num[], ys: readonly Num[], ct: readonly Change[]): Change[] {
  return xs.map((x, k) =>
    ys.reduce<Change>((sum, y, i) => {
      const change = ct[i]
      if (change === undefined) return sum
      const outer = shapeOf(y)
      const inner = shapeOf(x)
      if (outer.length === 0) return addChanges2(sum, multiply(partials(i, k), dense(change, outer)))
      const row = reshape(dense(change, outer), [1, sizeOf(outer)])
      const product = matmul(row, reshape(partials(i, k), [sizeOf(outer), sizeOf(inner)]))
      return addChanges2(sum, reshape(product, inner))
    }, undefined),
  )
}

/** The partial, of shape outer ++ inner, times a change of shape inner. */
function contract(partial: Num, change: Num, outer: Shape, inner: Shape): Num {
  if (inner.length === 0) return multiply(partial, change)
  const n = sizeOf(inner)
  return reshape(matmul(reshape(partial, [sizeOf(outer), n]), reshape(change, [n, 1])), outer)
}

/** A rule in TypeScript: it sees plain numbers only. */
class FirstOrder implements Rule {
  private readonly name: string
  private readonly jvp: HostCall | null
  private readonly vjp: HostCall | null
  private readonly conversion: Conversion

  constructor(name: string, jvp: HostCall | null, vjp: HostCall | null, conversion: Conversion) {
    this.name = name
    this.jvp = jvp
    this.vjp = vjp
    this.conversion = conversion
  }

  push(_runtime: Runtime, x: Value, y: Value, dx: readonly Change[]): readonly Change[] {
    this.refuseHigherOrder(x)
    if (this.jvp !== null && dx.every(isPlain)) return this.tangents(this.jvp, x, y, dx)
    return pushThrough(this.partials(x, y), numbersIn(x), numbersIn(y), dx)
  }

  pull(_runtime: Runtime, x: Value, y: Value, ct: readonly Change[]): readonly Change[] {
    this.refuseHigherOrder(x)
    if (this.vjp !== null && ct.every(isPlain)) return this.cotangents(this.vjp, x, y, ct)
    return pullThrough(this.partials(x, y), numbersIn(x), numbersIn(y), ct)
  }

  private refuseHigherOrder(x: Value): void {
    if (numbersIn(x).some(isActive)) raise(faults.hostOrder(this.name))
  }

  private tangents(jvp: HostCall, x: Value, y: Value, dx: readonly Change[]): Num[] {
    const args = [...argumentsIn(x), ...argumentsIn(formOf(x, dx))].map((arg) => toJs(arg, this.conversion))
    const out = hosted(`${this.name}.jvp`, () => jvp(...args))
    return changesLike(`${this.name}.jvp`, y, received(`${this.name}.jvp`, out, `${this.name}.jvp(…)`, this.conversion))
  }

  private cotangents(vjp: HostCall, x: Value, y: Value, ct: readonly Change[]): Num[] {
    const name = `${this.name}.vjp`
    const args = [...argumentsIn(x), formOf(y, ct)].map((arg) => toJs(arg, this.conversion))
    const out = hosted(name, () => vjp(...args))
    const count = argumentsIn(x).length
    if (count === 1) return changesLike(name, argumentsIn(x)[0]!, received(name, out, `${name}(…)`, this.conversion))
    if (!Array.isArray(out) || out.length !== count) {
      raise(faults.ruleForm(name, `an array of ${String(count)} cotangents`, nameOf(out)))
    }
    const each = out.map((part: unknown, i) => received(name, part, `${name}(…)[${String(i)}]`, this.conversion))
    return changesLike(name, x, new Tuple(each))
  }

  /** All partials, by applying the rule to every unit vector of the side it takes. */
  private partials(x: Value, y: Value): Partials {
    const xs = numbersIn(x)
    const ys = numbersIn(y)
    const { jvp, vjp } = this
    if (vjp !== null) {
      const rows = everyBasis(ys, (ct) => this.cotangents(vjp, x, y, ct))
      return (i, k) =>
        assemble(
          rows[i]!.map((row) => row[k]!),
          shapeOf(ys[i]!),
          shapeOf(xs[k]!),
        )
    }
    const columns = everyBasis(xs, (dx) => this.tangents(jvp!, x, y, dx))
    return (i, k) =>
      assembleColumns(
        columns[k]!.map((column) => column[i]!),
        shapeOf(ys[i]!),
        shapeOf(xs[k]!),
      )
  }
}

/** What a linear map gives for the unit vector of each element of each leaf. */
function everyBasis(leaves: readonly Num[], map: (changes: readonly Change[]) => readonly Num[]): (readonly Num[])[][] {
  return leaves.map((leaf, k) =>
    Array.from({ length: sizeOf(shapeOf(leaf)) }, (_, offset) =>
      map(leaves.map((_leaf, i) => (i === k ? basis(shapeOf(leaf), offset) : undefined))),
    ),
  )
}

function isPlain(change: Change): boolean {
  return !isActive(change instanceof Masked ? change.value : change)
}

// ---------------------------------------------------------------- what an engine does with them

/** The host functions of an engine, as built-ins; their rules are compiled and checked by `settle` once programs can run. */
export class HostFunctions {
  readonly builtins: readonly BuiltinFunction[]
  private readonly hosted: readonly Hosted[]

  constructor(given: Readonly<Record<string, HostFunction>>, conversion: Conversion) {
    this.hosted = Object.entries(given).map(([name, f]) => hostFunction(name, f, conversion))
    this.builtins = this.hosted.map(({ builtin }) => builtin)
  }

  /** Compiles every rule, then checks every derivative against finite differences; the first that is wrong is a fault with the figures. */
  settle(runtime: Runtime, compile: (text: string, name: string) => Value, conversion: Conversion): void {
    for (const { builtin, declaration, setRule } of this.hosted) {
      if (declaration.rule === undefined) continue
      const rule = compile(declaration.rule, `<rule of ${builtin.name}>`)
      if (!isFunction(rule)) raise(faults.hostOption(`host.${builtin.name}.rule`, "a function in ADL", kindOf(rule)))
      setRule(rule)
    }
    for (const { builtin, declaration } of this.hosted) checkDerivative(runtime, builtin, declaration, conversion)
  }
}

/** Where derivatives are checked unless the host tells: away from whole numbers, where functions tend to have corners. */
const usualPoints = [0.7, 1.3]

function checkDerivative(
  runtime: Runtime,
  builtin: BuiltinFunction,
  declaration: HostDeclaration,
  conversion: Conversion,
): void {
  const { jvp, vjp, rule, at, check } = declaration
  if (check === false || (rule === undefined && jvp === undefined && vjp === undefined)) return
  const { name, required } = builtin
  const points =
    at?.map((args, n) =>
      args.map((arg, i) => fromJs(arg, `host.${name}.at[${String(n)}][${String(i)}]`, conversion)),
    ) ?? usualPoints.map((x) => Array.from({ length: required }, (_, i): Value => x + i / 4))
  for (const args of points) {
    const x = args.length === 1 ? args[0]! : new Tuple(args)
    const found = attempted(name, at !== undefined, () => runtime.call(gradcheck, [builtin, x])) as RecordValue
    const numeric = found.get("numeric")!
    if (numbersIn(numeric).length === 0) raise(faults.hostUnchecked(name, `its result at ${show(x)} holds no numbers`))
    if (found.get("ok") === true) continue
    const [forward, reverse] = [found.get("forward")!, found.get("reverse")!]
    raise(
      faults.hostRule(name, show(x), show(jvp === undefined && vjp !== undefined ? reverse : forward), show(numeric)),
    )
  }
}

/** A function that cannot take the usual points must be told others. */
function attempted(name: string, told: boolean, f: () => Value): Value {
  try {
    return f()
  } catch (error) {
    if (told || !(error instanceof FaultError) || !error.catchable) throw error
    return raise(faults.hostUnchecked(name, error.message))
  }
}
