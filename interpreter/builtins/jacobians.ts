/**
 * The operators of many derivatives at once: Jacobians, Hessians, higher derivatives, Taylor coefficients and the operators of vector calculus.
 * All are loops over basis directions of the operators of one derivative; only the Taylor coefficients have a mode of their own. It must not know
 * how modes work.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { apartFaults } from "../../lang/report/catalogue/apart.ts"
import { raise } from "../../lang/report/fault.ts"
import { sizeOf } from "../arrays/tensor.ts"
import { dense } from "../autodiff/lift.ts"
import { Recording, splitBundle, withDirections } from "../autodiff/modes.ts"
import { freshTag, isNum, shapeOf, type Change, type Num } from "../autodiff/num.ts"
import { coefficients, variable } from "../autodiff/series.ts"
import { element, stack } from "../autodiff/structure.ts"
import { add, sub } from "../primitives/arithmetic.ts"
import { kindOf } from "../values/kinds.ts"
import { leavesOf, mapLeaves, withLeaves } from "../values/structure.ts"
import { BuiltinFunction, isFunction, Tuple, unit, type Runtime, type Value } from "../values/values.ts"
import {
  Application,
  applicationAt,
  basis,
  functionArgument,
  functionNamed,
  isScalarResult,
  mergeNamed,
  mirrored,
  numbersIn,
  select,
  splitNamed,
} from "./application.ts"
import { assemble, assembleColumns, countOf } from "./assemble.ts"
import { flag } from "./arguments.ts"
import { record } from "./derivatives.ts"
import { sparseHessian, sparseJacobian } from "./sparse.ts"

/** A basis direction: a change for one leaf and nothing for the others. */
interface Direction {
  readonly leaf: number
  readonly offset: number
  readonly changes: readonly Change[]
}

/** Every basis direction of the leaves. */
function* directions(leaves: readonly Num[]): Generator<Direction> {
  for (let leaf = 0; leaf < leaves.length; leaf++) {
    const shape = shapeOf(leaves[leaf]!)
    const size = sizeOf(shape)
    for (let offset = 0; offset < size; offset++) {
      const changes = new Array<Change>(leaves.length).fill(undefined)
      changes[leaf] = basis(shape, offset)
      yield { leaf, offset, changes }
    }
  }
}

/** Directions that one run carries together: more save little and cost memory. */
export const directionsAtOnce = 16

/** The basis directions, as many at a time as one run carries. */
function* chunks(leaves: readonly Num[]): Generator<readonly Direction[]> {
  let chunk: Direction[] = []
  for (const direction of directions(leaves)) {
    chunk.push(direction)
    if (chunk.length === directionsAtOnce) {
      yield chunk
      chunk = []
    }
  }
  if (chunk.length > 0) yield chunk
}

// ---------------------------------------------------------------- Jacobians

type Mode = "forward" | "reverse" | "either"

/** d out / d in as a structure of the output whose leaves are structures of the input. */
function jacobianOf(runtime: Runtime, operator: string, application: Application, mode: Mode): Value {
  if (mode === "forward") return forwardJacobian(operator, application)
  const { recording, value, outputs } = record(runtime, operator, application)
  try {
    // Rows by reverse mode unless there are clearly fewer columns: a column costs about as much as f, a row a small multiple of it.
    if (mode === "either" && countOf(application.leaves) <= countOf(outputs))
      return forwardJacobian(operator, application)
    const inner = application.leaves.map(shapeOf)
    let place = 0
    return mapLeaves(value, (leaf) => {
      if (!isNum(leaf)) return unit
      const at = place++
      const shape = shapeOf(leaf)
      const rows: Change[][] = []
      for (let offset = 0; offset < sizeOf(shape); offset++) {
        const cts = new Array<Change>(outputs.length).fill(undefined)
        cts[at] = basis(shape, offset)
        rows.push(recording.pull(outputs, cts))
        runtime.poll()
      }
      return application.form(
        inner.map((leafShape, i) =>
          assemble(
            rows.map((row) => dense(row[i], leafShape)),
            shape,
            leafShape,
          ),
        ),
        inner.map((leafShape) => [...shape, ...leafShape]),
      )
    })
  } finally {
    recording.close()
  }
}

/** The results of as many directions at a time as one run carries. */
function inChunks<T>(
  along: readonly (readonly Change[])[],
  run: (chunk: readonly (readonly Change[])[]) => readonly T[],
): T[] {
  const results: T[] = []
  for (let i = 0; i < along.length; i += directionsAtOnce) results.push(...run(along.slice(i, i + directionsAtOnce)))
  return results
}

/** A run along several directions: the result, and along each direction the change of each of its numbers. */
function pushAlong(
  application: Application,
  along: readonly (readonly Change[])[],
): { form: Value; columns: readonly (readonly Num[])[] } {
  const tag = freshTag()
  const form = application.at(withDirections(tag, application.leaves, along))
  const outs = numbersIn(form).map((y) => splitBundle(tag, y, along.length))
  const columns = along.map((_, i) => outs.map(({ primal, tangents }) => dense(tangents[i], shapeOf(primal))))
  return { form, columns }
}

function forwardJacobian(operator: string, application: Application): Value {
  const { leaves } = application
  let form: Value = unit
  /** columns[k][i]: output leaf i along basis direction k, in the order of `directions`. */
  const columns: { leaf: number; tangents: readonly Num[] }[] = []
  for (const chunk of chunks(leaves)) {
    const pushed = pushAlong(
      application,
      chunk.map(({ changes }) => changes),
    )
    form = pushed.form
    if (leavesOf(form).some(isFunction)) raise(faults.functionResult(operator))
    chunk.forEach(({ leaf }, i) => columns.push({ leaf, tangents: pushed.columns[i]! }))
  }
  if (columns.length === 0) form = application.at(leaves)
  let place = 0
  return mapLeaves(form, (y) => {
    if (!isNum(y)) return unit
    const at = place++
    const outer = shapeOf(y)
    const blocks = leaves.map((leaf, i) => {
      const inner = shapeOf(leaf)
      const mine = columns.filter((column) => column.leaf === i).map((column) => column.tangents[at]!)
      return assembleColumns(mine, outer, inner)
    })
    return application.form(
      blocks,
      leaves.map((leaf) => [...outer, ...shapeOf(leaf)]),
    )
  })
}

type AtPoint = (runtime: Runtime, application: Application) => Value

/** An operator whose result takes its arguments as f does; where it has one, another way of doing it with `sparse: true`. */
function pointOperator(name: string, doc: string, whole: AtPoint, sparse: AtPoint | null = null): BuiltinFunction {
  const options = sparse === null ? ["wrt"] : ["wrt", "sparse"]
  return new BuiltinFunction({
    name,
    doc,
    params: ["f"],
    makes: true,
    options,
    anyNamed: true,
    callsBack: true,
    call: (_runtime, [fn], named) => {
      const f = functionArgument(name, fn)
      const { own, rest } = splitNamed(named, options)
      const selection = select(name, f, own.get("wrt"))
      const at = sparse !== null && flag(name, own, "sparse") ? sparse : whole
      return new BuiltinFunction({
        name: `${name}(${functionNamed(f)})`,
        doc: `\`${name}\` of \`${functionNamed(f)}\`.`,
        params: mirrored(f),
        anyNamed: true,
        callsBack: true,
        differentiates: true,
        call: (runtime, args, inner) =>
          at(runtime, new Application(runtime, name, f, args, mergeNamed(rest, inner), selection)),
      })
    },
  })
}

export const jacobian = pointOperator(
  "jacobian",
  "`jacobian(f)`: all first derivatives; for arrays of shape output ++ input, for structures the output's form outside and the input's inside. Chooses the mode by the two sizes. With `sparse: true` a record of the nonzeros, `{ rows, columns, values, shape, colors }`, at the cost of as many directions as `colors` says; elements of inputs and outputs count in their order, whatever their form.",
  (runtime, application) => jacobianOf(runtime, "jacobian", application, "either"),
  (runtime, application) =>
    sparseJacobian(runtime, application, {
      outputs: (inputs) => numbersIn(application.at(inputs)),
      push: (along) => inChunks(along, (chunk) => pushAlong(application, chunk).columns),
      pull: (cts) => {
        const { recording, outputs } = record(runtime, "jacobian", application)
        try {
          return cts(outputs).map((ct) => recording.pull(outputs, ct))
        } finally {
          recording.close()
        }
      },
    }),
)
export const jacfwd = pointOperator(
  "jacfwd",
  "`jacfwd(f)`: the Jacobian by forward mode, one run of f for each input.",
  (runtime, application) => jacobianOf(runtime, "jacfwd", application, "forward"),
)
export const jacrev = pointOperator(
  "jacrev",
  "`jacrev(f)`: the Jacobian by reverse mode, one run of f and one sweep for each output.",
  (runtime, application) => jacobianOf(runtime, "jacrev", application, "reverse"),
)

// ---------------------------------------------------------------- second order

/** The gradient of a scalar application as changes of its leaves. */
function gradientChanges(
  runtime: Runtime,
  operator: string,
  application: Application,
  leaves: readonly Num[],
): { value: Num; changes: Change[] } {
  const recording = new Recording(leaves, (bytes) => {
    runtime.charge(bytes)
  })
  try {
    const result = application.at(recording.inputs)
    if (isFunction(result)) raise(faults.functionResult(operator))
    if (!isScalarResult(result)) raise(faults.notScalar(operator, kindOf(result)))
    return { value: recording.primal(result), changes: recording.pull([result], [1]) }
  } finally {
    recording.close()
  }
}

/** Hessian times each of several directions by forward over reverse, as Nums of the leaves' shapes. */
function hessianTimes(
  runtime: Runtime,
  operator: string,
  application: Application,
  along: readonly (readonly Change[])[],
): Num[][] {
  const tag = freshTag()
  const { leaves } = application
  const { changes } = gradientChanges(runtime, operator, application, withDirections(tag, leaves, along))
  const parts = leaves.map((leaf, i) => splitBundle(tag, dense(changes[i], shapeOf(leaf)), along.length))
  return along.map((_, k) => leaves.map((leaf, i) => dense(parts[i]!.tangents[k], shapeOf(leaf))))
}

export const hvp = new BuiltinFunction({
  name: "hvp",
  doc: "`hvp(f, x, v)`: the Hessian of a scalar function times v, by forward over reverse mode, without the Hessian; in the form of x.",
  params: ["f", "x", "v"],
  anyNamed: true,
  callsBack: true,
  differentiates: true,
  call: (runtime, [fn, x, v], named) => {
    const application = applicationAt(runtime, "hvp", functionArgument("hvp", fn), x!, named)
    const [product] = hessianTimes(runtime, "hvp", application, [application.direction("hvp", v!)])
    return application.form(product!)
  },
})

export const hessian = pointOperator(
  "hessian",
  "`hessian(f)`: all second derivatives. For an array argument of shape s, an array of shape s ++ s; for structures the point's form twice. The result of f may be any structure, which then stands outside. With `sparse: true`, for a scalar function, a record of the nonzeros as `jacobian` gives it.",
  (runtime, application) => {
    const { leaves } = application
    const columns: { leaf: number; rows: Num[] }[] = []
    const probe = application.at(leaves)
    if (!isScalarResult(probe)) return hessianOfStructure(runtime, application)
    for (const chunk of chunks(leaves)) {
      const along = chunk.map(({ changes }) => changes)
      const products = hessianTimes(runtime, "hessian", application, along)
      chunk.forEach(({ leaf }, i) => columns.push({ leaf, rows: products[i]! }))
      runtime.poll()
    }
    // Symmetric: the derivatives of gradient leaf i along leaf j are block (i, j).
    let outer = 0
    return mapLeaves(application.point, (leaf) => {
      if (!isNum(leaf)) return unit
      const i = outer++
      const shape = shapeOf(leaf)
      return application.form(
        leaves.map((other, j) =>
          assembleColumns(
            columns.filter((column) => column.leaf === j).map((column) => column.rows[i]!),
            shape,
            shapeOf(other),
          ),
        ),
        leaves.map((other) => [...shape, ...shapeOf(other)]),
      )
    })
  },
  (runtime, application) =>
    sparseHessian(
      runtime,
      application,
      (inputs) => {
        const { changes } = gradientChanges(runtime, "hessian", application, inputs)
        return inputs.map((input, i) => dense(changes[i], shapeOf(input)))
      },
      (along) => inChunks(along, (chunk) => hessianTimes(runtime, "hessian", application, chunk)),
    ),
)

/** The Hessian of each output: the Jacobian of the Jacobian. */
function hessianOfStructure(runtime: Runtime, application: Application): Value {
  const inner = derived(application, (inside) => jacobianOf(runtime, "hessian", inside, "reverse"))
  return jacobianOf(runtime, "hessian", inner, "forward")
}

/** The application whose result is an operator's result of the given one, at the same point. */
function derived(application: Application, at: (inside: Application) => Value): Application {
  return new Derived(application, at)
}

class Derived extends Application {
  private readonly inside: Application
  private readonly result: (inside: Application) => Value

  constructor(inside: Application, result: (inside: Application) => Value) {
    super(inside.runtime, "jacobian", inside.f, inside.arguments.args, inside.arguments.named, inside.selected)
    this.inside = inside
    this.result = result
  }

  override at(numbers: readonly Num[]): Value {
    return this.result(this.inside.moved(numbers))
  }
}

// ---------------------------------------------------------------- higher order

function orderArgument(operator: string, n: Value | undefined): number {
  if (typeof n === "number" && Number.isInteger(n) && n >= 0) return n
  raise(faults.wrongArgument(operator, "n", "a count of 0 or more", typeof n === "number" ? String(n) : kindOf(n)))
}

export const gradn = new BuiltinFunction({
  name: "gradn",
  doc: "`gradn(f, n)`: the n-th derivatives of a scalar function: `gradn(f, 0)` is f, `gradn(f, 1)` the gradient, `gradn(f, 2)` the Hessian; each order appends the shape of the point.",
  params: ["f", "n"],
  makes: true,
  options: ["wrt"],
  anyNamed: true,
  callsBack: true,
  call: (_runtime, [fn, order], named) => {
    const f = functionArgument("gradn", fn)
    const n = orderArgument("gradn", order)
    if (n === 0) return f
    const { own, rest } = splitNamed(named, ["wrt"])
    const selection = select("gradn", f, own.get("wrt"))
    return new BuiltinFunction({
      name: `gradn(${functionNamed(f)}, ${String(n)})`,
      doc: `The derivatives of order ${String(n)} of \`${functionNamed(f)}\`.`,
      params: mirrored(f),
      anyNamed: true,
      callsBack: true,
      differentiates: true,
      call: (runtime, args, inner) => {
        let application = new Application(runtime, "gradn", f, args, mergeNamed(rest, inner), selection)
        const first = application
        application = derived(first, (inside) => {
          const { changes } = gradientChanges(runtime, "gradn", inside, inside.leaves)
          return inside.form(changes)
        })
        for (let i = 1; i < n; i++) {
          const below = application
          application = derived(below, (inside) => jacobianOf(runtime, "gradn", inside, "forward"))
        }
        return application.at(application.leaves)
      },
    })
  },
})

export const taylor = new BuiltinFunction({
  name: "taylor",
  doc: "`taylor(f, x, n)`: the n + 1 coefficients f⁽ᵏ⁾(x)/k! of a function of one number, by Taylor mode at a cost that grows as n². A result with structure has its coefficients at each leaf, along a new first axis.",
  params: ["f", "x", "n"],
  anyNamed: true,
  callsBack: true,
  call: (runtime, [fn, x, order], named) => {
    const n = orderArgument("taylor", order)
    const application = applicationAt(runtime, "taylor", functionArgument("taylor", fn), x!, named)
    if (!isScalarResult(application.point)) raise(faults.notNumberInput("taylor", kindOf(application.point)))
    const tag = freshTag()
    const out = application.at([variable(tag, n, application.leaves[0]!, 1)])
    const leaves = leavesOf(out)
    if (leaves.some(isFunction)) raise(faults.functionResult("taylor"))
    return withLeaves(
      out,
      leaves.map((leaf) => (isNum(leaf) ? stack(coefficients(leaf, tag, n)) : unit)),
    )
  },
})

// ---------------------------------------------------------------- vector calculus

function scalarPoint(operator: string, application: Application): readonly Num[] {
  const { point, leaves } = application
  const several = point instanceof Tuple && leaves.every((leaf) => shapeOf(leaf).length === 0)
  const one = leaves.length === 1 && isNum(point) && shapeOf(leaves[0]!).length <= 1
  if (!several && !one) raise(faults.wrongArgument(operator, "x", "one array or several numbers", kindOf(point)))
  return leaves
}

export const laplacian = pointOperator(
  "laplacian",
  "`laplacian(f)`: the sum of the unmixed second derivatives of a scalar function of one array or several numbers.",
  (runtime, application) => {
    let sum: Num = 0
    const leaves = application.leaves
    for (const chunk of chunks(leaves)) {
      const along = chunk.map(({ changes }) => changes)
      const products = hessianTimes(runtime, "laplacian", application, along)
      chunk.forEach(({ leaf, offset }, i) => {
        const column = products[i]![leaf]!
        sum = add(sum, shapeOf(leaves[leaf]!).length === 0 ? column : element(column, offset))
      })
      runtime.poll()
    }
    return sum
  },
)

/** Goes through the square matrix of first derivatives of a vector field by columns, and gives each with its number: output i of column j is `at(i)`. */
function eachColumn(
  runtime: Runtime,
  operator: string,
  application: Application,
  visit: (at: (i: number) => Num, j: number) => void,
): void {
  const leaves = scalarPoint(operator, application)
  const n = countOf(leaves)
  let j = 0
  for (const chunk of chunks(leaves)) {
    const along = chunk.map(({ changes }) => changes)
    for (const outs of pushAlong(application, along).columns) {
      const outputs = countOf(outs)
      if (outputs !== n) raise(apartFaults.notAField(operator, n, outputs))
      visit((i) => scalarAt(outs, i), j++)
    }
    runtime.poll()
  }
}

/** Number i of several numbers and arrays in a row. */
function scalarAt(leaves: readonly Num[], i: number): Num {
  let before = 0
  for (const leaf of leaves) {
    const shape = shapeOf(leaf)
    const size = sizeOf(shape)
    if (i < before + size) return shape.length === 0 ? leaf : element(leaf, i - before)
    before += size
  }
  throw new RangeError(`there is no number ${String(i)}`)
}

export const divergence = pointOperator(
  "divergence",
  "`divergence(f)`: the trace of the Jacobian of a vector field of one array or several numbers.",
  (runtime, application) => {
    let sum: Num = 0
    eachColumn(runtime, "divergence", application, (at, j) => {
      sum = add(sum, at(j))
    })
    return sum
  },
)

export const curl = pointOperator(
  "curl",
  "`curl(f)`: of a field in three dimensions the vector, in two the number ∂f₁/∂x − ∂f₀/∂y.",
  (runtime, application) => {
    const n = countOf(scalarPoint("curl", application))
    const columns: ((i: number) => Num)[] = []
    eachColumn(runtime, "curl", application, (at) => columns.push(at))
    const at = (i: number, j: number): Num => columns[j]!(i)
    if (n === 2) return sub(at(1, 0), at(0, 1))
    if (n !== 3) raise(faults.wrongArgument("curl", "x", "two or three numbers", `${String(n)} numbers`))
    const parts = [sub(at(2, 1), at(1, 2)), sub(at(0, 2), at(2, 0)), sub(at(1, 0), at(0, 1))]
    return application.point instanceof Tuple ? new Tuple(parts) : stack(parts)
  },
)
