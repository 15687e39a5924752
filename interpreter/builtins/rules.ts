/**
 * Functions whose derivative the program says itself, and cuts: `custom_jvp custom_vjp stop_gradient checkpoint`.
 * A rule given in one direction serves the other too, for a linear map is transposed by reverse mode over its own argument. It must not know any
 * program.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { apartFaults } from "../../lang/report/catalogue/apart.ts"
import { raise } from "../../lang/report/fault.ts"
import { checkpoint as checkpointed } from "../autodiff/checkpoint.ts"
import { ends, stopping } from "../autodiff/cuts.ts"
import { structureObserved } from "../autodiff/lift.ts"
import { isActive, isNum, Node, primalOf, tagOf, type Change, type Num } from "../autodiff/num.ts"
import { kindOf } from "../values/kinds.ts"
import { leavesOf, mapLeaves } from "../values/structure.ts"
import {
  BuiltinFunction,
  Closure,
  isFunction,
  Tuple,
  unit,
  type FunctionValue,
  type Named,
  type Runtime,
  type Value,
} from "../values/values.ts"
import {
  functionArgument,
  functionNamed,
  mirrored,
  numbersIn,
  parametersOf,
  positional,
  select,
  withNumbers,
} from "./application.ts"
import { applyRuled, changesLike, formOf, transpose, type Rule } from "./ruled.ts"
import { activeCapture } from "./captures.ts"

function refuseCaptures(operator: string, ...functions: readonly Value[]): void {
  for (const f of functions) {
    const name = activeCapture(f)
    if (name !== null) raise(faults.capturedActive(operator, name))
  }
}

// ---------------------------------------------------------------- custom rules

function forwardRule(operator: string, rule: Value): Rule {
  const apply = (runtime: Runtime, x: Value, y: Value, dx: readonly Change[]): Num[] =>
    changesLike(operator, y, runtime.call(rule, [x, y, formOf(x, dx)]))
  return {
    given: "push",
    push: apply,
    pull: (runtime, x, y, cts) => transpose(numbersIn(x), (dx) => apply(runtime, x, y, dx), cts),
  }
}

function reverseRule(operator: string, rule: Value): Rule {
  const apply = (runtime: Runtime, x: Value, y: Value, cts: readonly Change[]): Num[] => {
    const pullback = runtime.call(rule, [x, y])
    if (!isFunction(pullback))
      raise(apartFaults.ruleForm(operator, "a function of the result's cotangent", kindOf(pullback)))
    return changesLike(operator, x, runtime.call(pullback, [formOf(y, cts)]))
  }
  return {
    given: "pull",
    push: (runtime, x, y, dx) => transpose(numbersIn(y), (cts) => apply(runtime, x, y, cts), dx),
    pull: apply,
  }
}

function ruledFunction(operator: string, f: FunctionValue, given: Value, rule: Rule): BuiltinFunction {
  const { places, single } = select(operator, f, undefined)
  return new BuiltinFunction({
    name: functionNamed(f),
    doc: `\`${functionNamed(f)}\` with a derivative rule of its own.`,
    params: mirrored(f),
    anyNamed: true,
    callsBack: true,
    call: (runtime, args, named) => {
      refuseCaptures(operator, f, given)
      const placed = positional(f, args, named)
      placed.args.forEach((arg, i) => {
        if (!places.includes(i)) refuseActive(operator, parametersOf(f)[i]?.name ?? "argument", arg)
      })
      for (const [name, value] of placed.named) refuseActive(operator, name, value)
      const chosen = places.map((place) => {
        const value = placed.args[place]
        if (value === undefined)
          raise(faults.missingArgument(functionNamed(f), parametersOf(f)[place]?.name ?? "argument"))
        return value
      })
      const x = single ? chosen[0]! : new Tuple(chosen)
      const callAt = (point: Value): Value => {
        const values = [...placed.args]
        places.forEach((place, i) => {
          values[place] = single ? point : (point as Tuple).values[i]!
        })
        return runtime.call(f, values, placed.named)
      }
      return applyRuled(runtime, callAt, rule, x)
    },
  })
}

/** An optional argument is no part of a rule's point: its derivative would be lost. */
function refuseActive(operator: string, name: string, value: Value): void {
  if (leavesOf(value).some(isActive)) raise(faults.capturedActive(operator, name))
}

export const customJvp = new BuiltinFunction({
  name: "custom_jvp",
  doc: "`custom_jvp(f, (x, y, v) => dy)`: f with this derivative rule: y is f's result at x, dy its tangent for the tangent v; linear in v. It serves both modes, to every order.",
  params: ["f", "rule"],
  makes: true,
  call: (_runtime, [fn, given]) => {
    const f = functionArgument("custom_jvp", fn)
    return ruledFunction("custom_jvp", f, given!, forwardRule("custom_jvp", functionArgument("custom_jvp", given)))
  },
})

export const customVjp = new BuiltinFunction({
  name: "custom_vjp",
  doc: "`custom_vjp(f, (x, y) => ybar => xbar)`: f with this derivative rule: y is f's result at x, xbar the cotangent of x for the cotangent ybar of y; linear in ybar. It serves both modes, to every order.",
  params: ["f", "rule"],
  makes: true,
  call: (_runtime, [fn, given]) => {
    const f = functionArgument("custom_vjp", fn)
    return ruledFunction("custom_vjp", f, given!, reverseRule("custom_vjp", functionArgument("custom_vjp", given)))
  },
})

// ---------------------------------------------------------------- cuts

function stopped(value: Value): Value {
  return mapLeaves(value, (leaf) => {
    if (isNum(leaf)) {
      const primal = primalOf(leaf)
      ends(stopping, leaf, primal)
      return primal
    }
    if (!isFunction(leaf)) return leaf
    return new BuiltinFunction({
      name: functionNamed(leaf),
      doc: `\`${functionNamed(leaf)}\`, whose results have no derivative.`,
      params: mirrored(leaf),
      anyNamed: true,
      callsBack: true,
      call: (runtime, args, named) => stopped(runtime.call(leaf, args, named)),
    })
  })
}

export const stopGradient = new BuiltinFunction({
  name: "stop_gradient",
  doc: "`stop_gradient(x)`: x, with zero derivative in every enclosing differentiation; of a structure, all of it; of a function, its results.",
  params: ["x"],
  makes: true,
  call: (_runtime, [x]) => stopped(x!),
})

// ---------------------------------------------------------------- checkpoint

/** The newest active number in a value, also in what its functions captured. */
function newestActive(values: readonly Value[]): Num | null {
  let newest: Num | null = null
  const seen = new Set<Value>()
  const pending: Value[] = [...values]
  while (pending.length > 0) {
    for (const leaf of leavesOf(pending.pop()!)) {
      if (isActive(leaf)) {
        if (newest === null || tagOf(leaf) > tagOf(newest)) newest = leaf
      } else if (leaf instanceof Closure && !seen.has(leaf)) {
        seen.add(leaf)
        for (const captured of leaf.captures) if (captured !== undefined) pending.push(captured)
      }
    }
  }
  return newest
}

export const checkpoint = new BuiltinFunction({
  name: "checkpoint",
  doc: "`checkpoint(f)`: f, whose operations are not stored for the reverse pass but done again when it needs them; printing and other effects are not repeated.",
  params: ["f"],
  makes: true,
  call: (_runtime, [fn]) => {
    const f = functionArgument("checkpoint", fn)
    return new BuiltinFunction({
      name: functionNamed(f),
      doc: `\`${functionNamed(f)}\`, recomputed in the reverse pass.`,
      params: mirrored(f),
      anyNamed: true,
      callsBack: true,
      call: (runtime, args, named) => {
        const newest = newestActive([f, ...args, ...named.values()])
        if (!(newest instanceof Node) || structureObserved()) return runtime.call(f, args, named)
        return checkpointedCall(runtime, newest, f, args, named)
      },
    })
  },
})

function checkpointedCall(
  runtime: Runtime,
  newest: Node,
  f: FunctionValue,
  args: readonly Value[],
  named: Named,
): Value {
  let result: Value = unit
  const run = (): Num[] => {
    const value = runtime.call(f, args, named)
    if (leavesOf(value).some(isFunction)) raise(faults.functionResult("checkpoint"))
    result = value
    return numbersIn(value)
  }
  const values = checkpointed(newest.tape, run, () => runtime.again(run))
  return withNumbers(result, values)
}
