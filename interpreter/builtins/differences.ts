/**
 * Derivatives by finite differences, and the check of both modes against them: `numdiff gradcheck`.
 * Steps are powers of two near the size where truncation and rounding balance; Richardson's extrapolation follows Ridders (Adv. Eng. Software 4, 1982).
 * It must not know how modes work.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { Tensor, type Shape } from "../arrays/tensor.ts"
import { isNum, primalOf, shapeOf, type Num } from "../autodiff/num.ts"
import { element, updateElement } from "../autodiff/structure.ts"
import { add, div, mul, sub } from "../primitives/arithmetic.ts"
import { kindOf } from "../values/kinds.ts"
import { leavesOf, mapLeaves } from "../values/structure.ts"
import { BuiltinFunction, isFunction, recordOf, unit, type Value } from "../values/values.ts"
import { applicationAt, functionArgument, numbersIn, splitNamed, type Application } from "./application.ts"
import { assembleColumns } from "./assemble.ts"
import { jacfwd, jacrev } from "./jacobians.ts"

type Method = "forward" | "center" | "richardson"

/** The step where truncation and rounding of the method balance, for a number of this size. */
function stepFor(method: Method, x: number): number {
  const size = Math.max(Math.abs(x), 2 ** -6)
  const relative =
    method === "forward" ? Number.EPSILON ** (1 / 2) : method === "center" ? Number.EPSILON ** (1 / 3) : 0.0625
  return 2 ** Math.round(Math.log2(relative * size))
}

/** f at the point with one element of one leaf moved. */
function movedBy(application: Application, leaf: number, offset: number, h: number): Num[] {
  const numbers = [...application.leaves]
  const old = numbers[leaf]!
  const shape = shapeOf(old)
  numbers[leaf] = shape.length === 0 ? add(old, h) : updateElement(old, offset, add(element(old, offset), h), false)
  return resultAt(application, numbers)
}

function resultAt(application: Application, numbers: readonly Num[]): Num[] {
  const out = application.at(numbers)
  if (leavesOf(out).some(isFunction)) raise(faults.functionResult("numdiff"))
  return numbersIn(out)
}

/** The derivative of all results along one element. */
function column(
  application: Application,
  at: readonly Num[],
  leaf: number,
  offset: number,
  method: Method,
  h: number,
): Num[] {
  if (method === "forward") {
    return movedBy(application, leaf, offset, h).map((y, i) => div(sub(y, at[i]!), h))
  }
  const central = (step: number): Num[] => {
    const up = movedBy(application, leaf, offset, step)
    const down = movedBy(application, leaf, offset, -step)
    return up.map((y, i) => div(sub(y, down[i]!), 2 * step))
  }
  if (method === "center") return central(h)
  // Ridders: halve the step, extrapolate, keep the entry that agrees best with its neighbours.
  const size = at.length
  let best = central(h)
  const error = new Array<number>(size).fill(Infinity)
  let row = [best]
  let step = h
  for (let i = 1; i < 10; i++) {
    step /= 2
    const next = [central(step)]
    let factor = 4
    for (let j = 1; j <= i; j++) {
      const fine = next[j - 1]!
      const coarse = row[j - 1]!
      next.push(fine.map((y, k) => div(sub(mul(factor, y), coarse[k]!), factor - 1)))
      factor *= 4
      best = best.map((old, k) => {
        const mine = next[j]![k]!
        const estimate = Math.max(distance(mine, fine[k]!), distance(mine, coarse[k]!))
        if (!(estimate <= error[k]!)) return old
        error[k] = estimate
        return mine
      })
    }
    row = next
  }
  return best
}

/** Largest difference of elements. */
function distance(a: Num, b: Num): number {
  const difference = primalOf(sub(a, b))
  if (typeof difference === "number") return Math.abs(difference)
  if (!(difference instanceof Tensor)) return Infinity
  return difference.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
}

/** All derivatives by differences: for a scalar result in the form of the point, else the result's form outside and the point's inside. */
function byDifferences(application: Application, method: Method, h: number | null): Value {
  const result = application.at(application.leaves)
  if (leavesOf(result).some(isFunction)) raise(faults.functionResult("numdiff"))
  const at = numbersIn(result)
  const columns = application.leaves.map((leaf, k) => {
    const primal = primalOf(leaf)
    const data = typeof primal === "number" ? [primal] : primal instanceof Tensor ? primal.data : []
    return Array.from(data, (x, offset) => column(application, at, k, offset, method, h ?? stepFor(method, x)))
  })
  let place = 0
  return mapLeaves(result, (y) => {
    if (!isNum(y)) return unit
    const i = place++
    const outer = shapeOf(y)
    const shapes = application.leaves.map((leaf): Shape => [...outer, ...shapeOf(leaf)])
    return application.form(
      application.leaves.map((leaf, k) => {
        const mine = columns[k]!.map((results) => results[i]!)
        return assembleColumns(mine, outer, shapeOf(leaf))
      }),
      shapes,
    )
  })
}

function methodOf(value: Value | undefined): Method {
  if (value === undefined) return "center"
  if (value === "forward" || value === "center" || value === "richardson") return value
  raise(
    faults.wrongArgument(
      "numdiff",
      "method",
      '"forward", "center" or "richardson"',
      typeof value === "string" ? `"${value}"` : kindOf(value),
    ),
  )
}

export const numdiff = new BuiltinFunction({
  name: "numdiff",
  doc: '`numdiff(f, x, h: …, method: "forward" | "center" | "richardson")`: the derivative by finite differences, in the form of x (for a scalar result; else as a Jacobian). Central differences and a step suited to them unless told.',
  params: ["f", "x"],
  options: ["h", "method"],
  anyNamed: true,
  callsBack: true,
  call: (runtime, [fn, x], named) => {
    const { own, rest } = splitNamed(named, ["h", "method"])
    const application = applicationAt(runtime, "numdiff", functionArgument("numdiff", fn), x as Value, rest)
    const h = own.get("h")
    if (h !== undefined && !(typeof h === "number" && h > 0)) {
      raise(faults.wrongArgument("numdiff", "h", "a step above 0", typeof h === "number" ? String(h) : kindOf(h)))
    }
    return byDifferences(application, methodOf(own.get("method")), h ?? null)
  },
})

/** Largest difference of two derivatives relative to their size, at least 1. */
function disagreement(a: Value, b: Value): number {
  const xs = numbersIn(a)
  const ys = numbersIn(b)
  let most = 0
  xs.forEach((x, i) => {
    const p = primalOf(x)
    const q = primalOf(ys[i]!)
    const u = p instanceof Tensor ? p.data : [p as number]
    const v = q instanceof Tensor ? q.data : [q as number]
    for (let k = 0; k < u.length; k++) {
      if (Object.is(u[k], v[k])) continue
      const error = Math.abs(u[k]! - v[k]!) / Math.max(1, Math.abs(u[k]!), Math.abs(v[k]!))
      most = Number.isNaN(error) ? Infinity : Math.max(most, error)
    }
  })
  return most
}

const tolerance = 1e-6

export const gradcheck = new BuiltinFunction({
  name: "gradcheck",
  doc: "`gradcheck(f, x)`: the derivative at x by forward mode, by reverse mode and by finite differences (Richardson), as a record `{ ok, error, forward, reverse, numeric }`; error is the largest disagreement relative to max(1, size), ok that it is below 1e-6.",
  params: ["f", "x"],
  anyNamed: true,
  callsBack: true,
  call: (runtime, [fn, x], named) => {
    const f = functionArgument("gradcheck", fn)
    const application = applicationAt(runtime, "gradcheck", f, x as Value, named)
    const { args, named: rest } = application.arguments
    const of = (operator: BuiltinFunction): Value => runtime.call(runtime.call(operator, [f]), args, rest)
    const forward = of(jacfwd)
    const reverse = of(jacrev)
    const numeric = byDifferences(application, "richardson", null)
    const error = Math.max(disagreement(forward, reverse), disagreement(forward, numeric))
    return recordOf([
      ["ok", error < tolerance],
      ["error", error],
      ["forward", forward],
      ["reverse", reverse],
      ["numeric", numeric],
    ])
  },
})
