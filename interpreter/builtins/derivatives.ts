/**
 * The operators of one derivative: `diff grad value_and_grad jvp vjp linearize`.
 * Each runs one mode over the numeric leaves of its point and puts the changes back into the point's form. A function in a result is differentiated
 * point by point, by running again with a fresh tag at each call (Manzyuk et al., arXiv:1211.4892). It must not know how modes work.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { Recording, splitDual, withTangents } from "../autodiff/modes.ts"
import { dense } from "../autodiff/lift.ts"
import { freshTag, isNum, shapeOf, type Change, type Num } from "../autodiff/num.ts"
import { add } from "../primitives/arithmetic.ts"
import { kindOf } from "../values/kinds.ts"
import { leavesOf, mapLeaves, withLeaves } from "../values/structure.ts"
import {
  BuiltinFunction,
  isFunction,
  Tuple,
  unit,
  type FunctionValue,
  type Named,
  type Runtime,
  type Value,
} from "../values/values.ts"
import {
  Application,
  applicationAt,
  directionOf,
  functionArgument,
  functionNamed,
  isScalarResult,
  mergeNamed,
  mirrored,
  numbersIn,
  select,
  splitNamed,
  type Selection,
} from "./application.ts"

// ---------------------------------------------------------------- forward

/** Value and tangent of an application along a direction of its leaves. */
export function pushForward(
  runtime: Runtime,
  application: Application,
  direction: readonly Change[],
): { value: Value; tangent: Value } {
  const tag = freshTag()
  const out = application.at(withTangents(tag, application.leaves, direction))
  const leaves = leavesOf(out)
  const functions = leaves.some(isFunction)
  // A function in the result still carries the tag; the function itself, without derivative, comes from the plain application.
  const plain = functions ? leavesOf(application.at(application.leaves)) : []
  const values: Value[] = []
  const tangents: Value[] = []
  leaves.forEach((leaf, i) => {
    if (isNum(leaf)) {
      const { primal, tangent } = splitDual(tag, leaf)
      values.push(primal)
      // A zero change is 0, not -0, whether it was absent or computed: where it comes from is nothing a program can see.
      tangents.push(add(dense(tangent, shapeOf(primal)), 0))
    } else if (isFunction(leaf)) {
      values.push(plain[i]!)
      tangents.push(pointwise(runtime, application, direction, i, leaf))
    } else {
      values.push(leaf)
      tangents.push(unit)
    }
  })
  return { value: withLeaves(out, values), tangent: withLeaves(out, tangents) }
}

/** The tangent of a function in a result: y ↦ the tangent of (that function at y), from a new application at each call. */
function pointwise(
  runtime: Runtime,
  application: Application,
  direction: readonly Change[],
  place: number,
  like: FunctionValue,
): BuiltinFunction {
  return new BuiltinFunction({
    name: `${functionNamed(like)}'`,
    doc: "The derivative of a function-valued result, point by point.",
    params: mirrored(like),
    anyNamed: true,
    callsBack: true,
    call: (_runtime, args, named) => {
      const applied = new AppliedResult(runtime, application, place, args, named)
      return pushForward(runtime, applied, direction).tangent
    },
  })
}

/** The application of a function-valued result to further arguments, as a function of the first point. */
class AppliedResult extends Application {
  private readonly host: Runtime
  private readonly inner: Application
  private readonly place: number
  private readonly further: readonly Value[]
  private readonly furtherNamed: Named

  constructor(host: Runtime, inner: Application, place: number, further: readonly Value[], furtherNamed: Named) {
    super(host, "jvp", inner.f, inner.arguments.args, inner.arguments.named, inner.selected)
    this.host = host
    this.inner = inner
    this.place = place
    this.further = further
    this.furtherNamed = furtherNamed
  }

  override at(numbers: readonly Num[]): Value {
    const f = leavesOf(this.inner.at(numbers))[this.place]!
    return this.host.call(f, this.further, this.furtherNamed)
  }
}

// ---------------------------------------------------------------- reverse

/** A recorded application with its value free of the recording. */
export interface Reversed {
  readonly recording: Recording
  /** The result as recorded. */
  readonly result: Value
  readonly value: Value
  /** The numeric leaves of the recorded result. */
  readonly outputs: readonly Num[]
}

export function record(runtime: Runtime, operator: string, application: Application): Reversed {
  const recording = new Recording(application.leaves, (bytes) => {
    runtime.charge(bytes)
  })
  const result = application.at(recording.inputs)
  if (leavesOf(result).some(isFunction)) raise(faults.functionResult(operator))
  const value = withoutRecording(recording, result)
  return { recording, result, value, outputs: numbersIn(result) }
}

function withoutRecording(recording: Recording, value: Value): Value {
  return mapLeaves(value, (leaf) => (isNum(leaf) ? recording.primal(leaf) : leaf))
}

/** Value and gradient of a scalar application; with `aux` the function returns `(value, aux)`. */
function gradient(
  runtime: Runtime,
  operator: string,
  application: Application,
  aux: boolean,
): { value: Value; aux: Value; gradient: Value } {
  const recording = new Recording(application.leaves, (bytes) => {
    runtime.charge(bytes)
  })
  try {
    const result = application.at(recording.inputs)
    let scalar = result
    let extra: Value = unit
    if (aux) {
      if (!(result instanceof Tuple) || result.values.length !== 2) {
        raise(faults.wrongResult(operator, "a pair (value, aux)", kindOf(result)))
      }
      scalar = result.values[0]!
      extra = withoutRecording(recording, result.values[1]!)
    }
    if (isFunction(scalar)) raise(faults.functionResult(operator))
    if (!isScalarResult(scalar)) raise(faults.notScalar(operator, kindOf(scalar)))
    const changes = recording.pull([scalar], [1])
    return { value: recording.primal(scalar), aux: extra, gradient: application.form(changes) }
  } finally {
    recording.close()
  }
}

// ---------------------------------------------------------------- the operators

const known = ["wrt", "aux"]

/** The n-th derivative of a function of one number. */
function differentiate(runtime: Runtime, f: FunctionValue, n: number, named: Named): Value {
  if (n === 0) return f
  let current: FunctionValue = f
  for (let i = 0; i < n; i++) current = diffOnce(runtime, current, i === 0 ? named : new Map())
  return current
}

function diffOnce(_runtime: Runtime, f: FunctionValue, outer: Named): BuiltinFunction {
  return new BuiltinFunction({
    name: `${functionNamed(f)}'`,
    doc: `The derivative of \`${functionNamed(f)}\`.`,
    params: mirrored(f),
    anyNamed: true,
    callsBack: true,
    differentiates: true,
    call: (runtime, args, inner) => {
      const selection = select("diff", f, undefined)
      if (!selection.single) raise(faults.notOneNumber(functionNamed(f), selection.places.length))
      const application = new Application(runtime, "diff", f, args, mergeNamed(outer, inner), selection)
      if (!isScalarResult(application.point)) raise(faults.notNumberInput("diff", kindOf(application.point)))
      return pushForward(runtime, application, [1]).tangent
    },
  })
}

export const diff = new BuiltinFunction({
  name: "diff",
  doc: "`diff(f, n = 1)`, also written `f'`: the n-th derivative of a function of one number, by forward mode. The result may be any structure, also a function.",
  params: ["f", "n?"],
  makes: true,
  anyNamed: true,
  callsBack: true,
  call: (runtime, [fn, n], named) => {
    const f = functionArgument("diff", fn)
    const times = n === undefined ? 1 : n
    if (typeof times !== "number" || !Number.isInteger(times) || times < 0) {
      raise(
        faults.wrongArgument(
          "diff",
          "n",
          "a count of 0 or more",
          typeof times === "number" ? String(times) : kindOf(times),
        ),
      )
    }
    return differentiate(runtime, f, times, named)
  },
})

/** `grad` and `value_and_grad` differ in what they give back. */
function gradientOperator(
  name: string,
  doc: string,
  give: (result: { value: Value; aux: Value; gradient: Value }, aux: boolean) => Value,
): BuiltinFunction {
  return new BuiltinFunction({
    name,
    doc,
    params: ["f"],
    makes: true,
    options: known,
    anyNamed: true,
    callsBack: true,
    call: (_runtime, [fn], named) => {
      const f = functionArgument(name, fn)
      const { own, rest } = splitNamed(named, known)
      const selection = select(name, f, own.get("wrt"))
      const aux = own.get("aux") ?? false
      if (typeof aux !== "boolean") raise(faults.wrongArgument(name, "aux", "true or false", kindOf(aux)))
      return new BuiltinFunction({
        name: `${name}(${functionNamed(f)})`,
        doc: `The gradient of \`${functionNamed(f)}\`.`,
        params: mirrored(f),
        anyNamed: true,
        callsBack: true,
        differentiates: true,
        call: (runtime, args, inner) => {
          const application = new Application(runtime, name, f, args, mergeNamed(rest, inner), selection)
          return give(gradient(runtime, name, application, aux), aux)
        },
      })
    },
  })
}

export const grad = gradientOperator(
  "grad",
  "`grad(f, wrt: …)`: the gradient of a function with a scalar result, by reverse mode, in the form of its required parameters or of those that `wrt` picks by position, name or list. With `aux: true`, f returns `(value, aux)` and the result is `(gradient, aux)`.",
  (result, aux) => (aux ? new Tuple([result.gradient, result.aux]) : result.gradient),
)

export const valueAndGrad = gradientOperator(
  "value_and_grad",
  "`value_and_grad(f, wrt: …)`: gives `(value, gradient)`; with `aux: true` f returns `(value, aux)` and this gives `((value, aux), gradient)`.",
  (result, aux) => new Tuple([aux ? new Tuple([result.value, result.aux]) : result.value, result.gradient]),
)

export const jvp = new BuiltinFunction({
  name: "jvp",
  doc: "`jvp(f, x, v)`: `(f(x), J v)` by forward mode. x is the argument, or a tuple where f has several required parameters; v has the form of x. Zeros in v perturb nothing.",
  params: ["f", "x", "v"],
  anyNamed: true,
  callsBack: true,
  differentiates: true,
  call: (runtime, [fn, x, v], named) => {
    const application = applicationAt(runtime, "jvp", functionArgument("jvp", fn), x!, named)
    const { value, tangent } = pushForward(runtime, application, application.direction("jvp", v!))
    return new Tuple([value, tangent])
  },
})

export const vjp = new BuiltinFunction({
  name: "vjp",
  doc: "`vjp(f, x)`: `(f(x), pullback)` by reverse mode; `pullback(u)`, u of the form of f(x), is uᵀJ in the form of x, and may be called many times. Zeros in u contribute nothing.",
  params: ["f", "x"],
  makes: true,
  anyNamed: true,
  callsBack: true,
  call: (runtime, [fn, x], named) => {
    const f = functionArgument("vjp", fn)
    const application = applicationAt(runtime, "vjp", f, x!, named)
    const reversed = record(runtime, "vjp", application)
    const pullback = new BuiltinFunction({
      name: "pullback",
      doc: `The cotangent of the point of \`${functionNamed(f)}\` for a cotangent of its result.`,
      params: ["u"],
      callsBack: true,
      call: (_runtime, [u]) =>
        application.form(reversed.recording.pull(reversed.outputs, directionOf("pullback", reversed.value, u!))),
    })
    return new Tuple([reversed.value, pullback])
  },
})

/** f as a function of the selected arguments, the others held at their values; and the point those arguments make. */
export function restrict(
  runtime: Runtime,
  f: FunctionValue,
  args: readonly Value[],
  selection: Selection,
): { fn: BuiltinFunction; point: Value } {
  const application = new Application(runtime, "vjp", f, args, new Map(), selection)
  const fn = new BuiltinFunction({
    name: functionNamed(f),
    doc: `\`${functionNamed(f)}\` of the selected arguments.`,
    params: selection.places.map((place) => `argument ${String(place + 1)}`),
    callsBack: true,
    call: (inner, chosen) => {
      const all = [...args]
      selection.places.forEach((place, i) => {
        all[place] = chosen[i] as Value
      })
      return inner.call(f, all)
    },
  })
  return { fn, point: application.point }
}
