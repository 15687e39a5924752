/**
 * Derivatives of host functions.
 * A rule is a linear map: partials written in ADL, which serve every order, or `jvp` and `vjp` in TypeScript, which serve the first; from either, the
 * missing direction follows by applying the map to every unit vector. It must not know engines.
 */

import { apartFaults } from "../lang/report/catalogue/apart.ts"
import { FaultError, raise } from "../lang/report/fault.ts"
import { sizeOf, type Shape } from "../interpreter/arrays/tensor.ts"
import { addChanges2, dense, multiply } from "../interpreter/autodiff/lift.ts"
import { isActive, Masked, shapeOf, type Change, type Num } from "../interpreter/autodiff/num.ts"
import { reshape } from "../interpreter/autodiff/structure.ts"
import { basis, numbersIn } from "../interpreter/builtins/application.ts"
import { assemble, assembleColumns } from "../interpreter/builtins/assemble.ts"
import { gradcheck } from "../interpreter/builtins/differences.ts"
import { applyRuled, changesLike, formOf, type Rule } from "../interpreter/builtins/ruled.ts"
import { matmul } from "../interpreter/primitives/matrices.ts"
import { kindOf } from "../interpreter/values/kinds.ts"
import { show } from "../interpreter/values/show.ts"
import {
  type BuiltinFunction,
  Tuple,
  type RecordValue,
  type Runtime,
  type Value,
} from "../interpreter/values/values.ts"
import { fromJs, nameOf, toJs, type Conversion } from "./convert.ts"
import { hosted } from "./error.ts"
import { received, type Derivative, type HostCall, type HostDeclaration } from "./host.ts"

/** The arguments of a call are one tuple for its rule, however many there are. */
const argumentsIn = (x: Value): readonly Value[] => (x as Tuple).values

/** How a declared function is differentiated; `compiled` is its rule in ADL, where it has one. */
export function derivativeOf(
  name: string,
  { jvp, vjp }: HostDeclaration,
  compiled: Value | null,
  conversion: Conversion,
): Derivative {
  const rule =
    compiled === null
      ? new FirstOrder(name, jvp ?? null, vjp ?? null, conversion)
      : partialsRule(name, (runtime, x) => runtime.call(compiled, argumentsIn(x)))
  return (runtime, args, call) => applyRuled(runtime, (x) => call(argumentsIn(x)), rule, new Tuple([...args]))
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
    if (!fits) raise(apartFaults.ruleForm(name, "the partial derivatives by its parameters", kindOf(given)))
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
    if (numbersIn(x).some(isActive)) raise(apartFaults.hostOrder(this.name))
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
      raise(apartFaults.ruleForm(name, `an array of ${String(count)} cotangents`, nameOf(out)))
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

/** Where derivatives are checked unless the host tells: away from whole numbers, where functions tend to have corners. */
const usualPoints = [0.7, 1.3]

/** Checks a derivative against finite differences; one that is wrong is a fault with the figures. */
export function checkDerivative(
  runtime: Runtime,
  builtin: BuiltinFunction,
  declaration: HostDeclaration,
  conversion: Conversion,
): void {
  const { jvp, vjp, at, check } = declaration
  if (check === false) return
  const { name, required } = builtin
  const points =
    at?.map((args, n) =>
      args.map((arg, i) => fromJs(arg, `host.${name}.at[${String(n)}][${String(i)}]`, conversion)),
    ) ?? usualPoints.map((x) => Array.from({ length: required }, (_, i): Value => x + i / 4))
  for (const args of points) {
    const x = args.length === 1 ? args[0]! : new Tuple(args)
    const found = attempted(name, at !== undefined, () => runtime.call(gradcheck, [builtin, x])) as RecordValue
    const numeric = found.get("numeric")!
    if (numbersIn(numeric).length === 0)
      raise(apartFaults.hostUnchecked(name, `its result at ${show(x)} holds no numbers`))
    if (found.get("ok") === true) continue
    const [forward, reverse] = [found.get("forward")!, found.get("reverse")!]
    raise(
      apartFaults.hostRule(
        name,
        show(x),
        show(jvp === undefined && vjp !== undefined ? reverse : forward),
        show(numeric),
      ),
    )
  }
}

/** A function that cannot take the usual points must be told others. */
function attempted(name: string, told: boolean, f: () => Value): Value {
  try {
    return f()
  } catch (error) {
    if (told || !(error instanceof FaultError) || !error.catchable) throw error
    return raise(apartFaults.hostUnchecked(name, error.message))
  }
}
