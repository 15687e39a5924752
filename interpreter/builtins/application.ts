/**
 * How an operator applies a function: its parameters, the point it is differentiated at, and the numbers in that point.
 * Every operator speaks of a point as the list of its numeric leaves; this file goes from arguments to leaves and back. It must not know any mode.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import { dense, masked } from "../autodiff/lift.ts"
import { isNum, Masked, primalOf, shapeOf, type Change, type Num } from "../autodiff/num.ts"
import { kindOf } from "../values/kinds.ts"
import { leavesOf, mapLeaves, zipLeaves } from "../values/structure.ts"
import {
  Closure,
  isFunction,
  List,
  noNamed,
  Tuple,
  unit,
  VariantConstructor,
  type FunctionValue,
  type Named,
  type Runtime,
  type Value,
} from "../values/values.ts"

/** A parameter as operators see it. */
export interface Parameter {
  readonly name: string | null
  readonly required: boolean
}

/** The parameters of any function value. A variadic built-in has its required ones only. */
export function parametersOf(f: FunctionValue): readonly Parameter[] {
  if (f instanceof Closure) return f.code.code.params
  if (f instanceof VariantConstructor) return f.variant.fields.map((name) => ({ name, required: true }))
  return f.most === Infinity
    ? f.params.slice(0, Math.max(1, f.required)).map((p) => ({ ...p, required: true }))
    : f.params
}

/** Parameters as a built-in declares them, for a function that takes its arguments as `f` does. */
export function mirrored(f: FunctionValue): readonly string[] {
  return parametersOf(f).map((p, i) => (p.name ?? `argument ${String(i + 1)}`) + (p.required ? "" : "?"))
}

export function functionNamed(f: FunctionValue): string {
  if (f instanceof Closure) return f.code.code.name
  return f instanceof VariantConstructor ? f.variant.name : f.name
}

/** The function given to an operator, or the fault. */
export function functionArgument(operator: string, value: Value | undefined): FunctionValue {
  if (!isFunction(value)) raise(faults.wrongArgument(operator, "f", "a function", kindOf(value)))
  return value
}

/** Named arguments of two calls together: those of the later one win. */
export function mergeNamed(earlier: Named, later: Named): Named {
  if (earlier.size === 0) return later
  if (later.size === 0) return earlier
  return new Map([...earlier, ...later])
}

/** Splits named arguments into those an operator knows and those that go to its function. */
export function splitNamed(named: Named, known: readonly string[]): { own: Named; rest: Named } {
  if (named.size === 0) return { own: noNamed, rest: noNamed }
  const own = new Map<string, Value>()
  const rest = new Map<string, Value>()
  for (const [name, value] of named) (known.includes(name) ? own : rest).set(name, value)
  return { own, rest }
}

/** A call whose named arguments that fill parameters of the function stand in their places. */
export interface Call {
  readonly args: readonly Value[]
  readonly named: Named
}

/** Puts named arguments that name leading parameters into their places, so that places and parameters are one. */
export function positional(f: FunctionValue, args: readonly Value[], named: Named): Call {
  if (named.size === 0) return { args, named }
  const parameters = parametersOf(f)
  const placed = [...args]
  const rest = new Map(named)
  for (let i = args.length; i < parameters.length; i++) {
    const name = parameters[i]!.name
    const value = name === null ? undefined : rest.get(name)
    if (value === undefined) break
    placed.push(value)
    rest.delete(name!)
  }
  return { args: placed, named: rest }
}

/** Which arguments a derivative is with respect to. */
export interface Selection {
  readonly places: readonly number[]
  /** One argument: results have its form, not that of a tuple. */
  readonly single: boolean
}

/** The arguments `wrt` selects; without it the required parameters. */
export function select(operator: string, f: FunctionValue, wrt: Value | undefined): Selection {
  const parameters = parametersOf(f)
  if (wrt === undefined) {
    const places = parameters.flatMap((p, i) => (p.required ? [i] : []))
    if (places.length === 0) raise(faults.nothingToDifferentiate(operator, functionNamed(f)))
    return { places, single: places.length === 1 }
  }
  const chosen: Value[] =
    wrt instanceof List || wrt instanceof Tuple ? leavesOf(wrt) : wrt instanceof Tensor ? Array.from(wrt.data) : [wrt]
  const places: number[] = []
  for (const item of chosen) {
    if (typeof item === "string") {
      const at = parameters.findIndex((p) => p.name === item)
      if (at < 0)
        raise(
          faults.unknownWrt(
            item,
            parameters.flatMap((p) => (p.name === null ? [] : [p.name])),
          ),
        )
      places.push(at)
    } else if (typeof item === "number" && Number.isInteger(item) && item >= 0 && item < parameters.length)
      places.push(item)
    else {
      raise(
        faults.wrongArgument(
          operator,
          "wrt",
          "positions or names of parameters",
          typeof item === "number" ? `position ${String(item)}` : kindOf(item),
        ),
      )
    }
  }
  return { places, single: places.length === 1 }
}

/**
 * One differentiated application: the numeric leaves of the selected arguments, and how to call the function with others in their place.
 */
export class Application {
  readonly runtime: Runtime
  readonly f: FunctionValue
  /** The call as made. */
  readonly arguments: Call
  readonly selected: Selection
  /** The selected arguments as one value: the argument itself, or a tuple. */
  readonly point: Value
  /** Its numeric leaves. */
  readonly leaves: readonly Num[]

  constructor(
    runtime: Runtime,
    operator: string,
    f: FunctionValue,
    args: readonly Value[],
    named: Named,
    selection: Selection,
    numbers?: readonly Num[],
  ) {
    this.runtime = runtime
    this.f = f
    this.arguments = positional(f, args, named)
    this.selected = selection
    const chosen = selection.places.map((place) => {
      const name = parametersOf(f)[place]?.name ?? `argument ${String(place + 1)}`
      const { args: placed, named: byName } = this.arguments
      const value = place < placed.length ? placed[place] : byName.get(name)
      if (value === undefined) raise(faults.missingArgument(`${operator} of ${functionNamed(f)}`, name))
      return value
    })
    const point = selection.single ? chosen[0]! : new Tuple(chosen)
    this.point = numbers === undefined ? point : withNumbers(point, numbers)
    this.leaves = numbers ?? numbersIn(point)
  }

  /** Calls the function with other numbers at the selected places. */
  at(numbers: readonly Num[]): Value {
    const point = withNumbers(this.point, numbers)
    const args = [...this.arguments.args]
    let named = this.arguments.named
    const { places, single } = this.selected
    places.forEach((place, i) => {
      const value = single ? point : (point as Tuple).values[i]!
      if (place < args.length) args[place] = value
      else named = new Map(named).set(parametersOf(this.f)[place]!.name!, value)
    })
    return this.runtime.call(this.f, args, named)
  }

  /** The same application at other numbers. */
  moved(numbers: readonly Num[]): Application {
    return new Moved(this, numbers)
  }

  /**
   * The changes of the leaves in the form of the point; `()` at leaves that are no numbers. An absent change is zero, of the leaf's shape unless
   * `shapes` tells another.
   */
  form(changes: readonly Change[], shapes?: readonly Shape[]): Value {
    let next = 0
    return mapLeaves(this.point, (leaf) => {
      if (!isNum(leaf)) return unit
      const k = next++
      return dense(changes[k], shapes?.[k] ?? shapeOf(leaf))
    })
  }

  /** The leaves of a direction that a program gave in the form of the point. Zeros in it perturb nothing. */
  direction(operator: string, v: Value): Change[] {
    return directionOf(operator, this.point, v)
  }
}

/** An application at other numbers, sharing how it is called (a derived application calls more than the function). */
class Moved extends Application {
  private readonly original: Application

  constructor(original: Application, numbers: readonly Num[]) {
    super(
      original.runtime,
      "",
      original.f,
      original.arguments.args,
      original.arguments.named,
      original.selected,
      numbers,
    )
    this.original = original
  }

  override at(numbers: readonly Num[]): Value {
    return this.original.at(numbers)
  }
}

/** The point an operator such as `jvp` is given: one value, a tuple where the function has several required parameters. */
export function applicationAt(
  runtime: Runtime,
  operator: string,
  f: FunctionValue,
  x: Value,
  named: Named,
): Application {
  const selection = select(operator, f, undefined)
  if (selection.single) return new Application(runtime, operator, f, [x], named, { ...selection, places: [0] })
  const n = selection.places.length
  if (!(x instanceof Tuple) || x.values.length !== n) {
    raise(
      faults.wrongArgument(
        operator,
        "x",
        `a tuple of the ${String(n)} arguments of \`${functionNamed(f)}\``,
        kindOf(x),
      ),
    )
  }
  return new Application(runtime, operator, f, x.values, named, selection)
}

/** The numeric leaves of a value, in order. */
export function numbersIn(value: Value): Num[] {
  return leavesOf(value).filter(isNum)
}

/** The value with other numeric leaves. */
export function withNumbers(value: Value, numbers: readonly Num[]): Value {
  let next = 0
  return mapLeaves(value, (leaf) => (isNum(leaf) ? numbers[next++]! : leaf))
}

/** A given tangent or cotangent, leaf by leaf; its zeros are absent. */
export function directionOf(operator: string, point: Value, v: Value): Change[] {
  const changes: Change[] = []
  zipLeaves(
    point,
    v,
    (leaf, dv) => {
      if (!isNum(leaf)) return unit
      if (dv === unit) changes.push(undefined)
      else {
        if (!isNum(dv)) raise(faults.tangentForm(operator, "", kindOf(leaf), kindOf(dv)))
        const shape = shapeOf(leaf)
        if (shapeOf(dv).length !== shape.length || shapeOf(dv).some((n, i) => n !== shape[i])) {
          raise(faults.tangentForm(operator, "", kindOf(leaf), kindOf(dv)))
        }
        changes.push(withoutZeros(dv))
      }
      return unit
    },
    operator,
  )
  return changes
}

/** A plain change with its zeros absent; one that is itself differentiated stays whole. */
function withoutZeros(dv: Num): Change {
  if (dv === 0) return undefined
  if (!(dv instanceof Tensor)) return dv
  if (!dv.data.includes(0)) return dv
  return masked(
    dv,
    Uint8Array.from(dv.data, (x) => (x === 0 ? 1 : 0)),
  )
}

/** The basis change with 1 at element `offset` of a leaf of this shape. */
export function basis(shape: Shape, offset: number): Num | Masked {
  if (shape.length === 0) return 1
  const size = sizeOf(shape)
  const data = new Float64Array(size)
  data[offset] = 1
  const value = new Tensor(shape, data)
  if (size === 1) return value
  const absent = new Uint8Array(size).fill(1)
  absent[offset] = 0
  return new Masked(value, absent)
}

/** Is this the value of a scalar result? */
export function isScalarResult(value: Value): value is Num {
  if (!isNum(value)) return false
  const primal = primalOf(value)
  return typeof primal === "number" || (!(primal instanceof Tensor) && primal.shape === null)
}
