/**
 * Sparse Jacobians and Hessians: structure by propagation, columns compressed by coloring, nonzeros read back.
 * The cost is one recorded run for the structure and one direction a color, however many columns there are. It must not know how dependence is found nor
 * how columns are colored.
 */

import { sizeOf, Tensor } from "../arrays/tensor.ts"
import { Dependence, elementsOf, type Inputs } from "../autodiff/dependence.ts"
import { dense, masked, observing } from "../autodiff/lift.ts"
import { Recording } from "../autodiff/modes.ts"
import { shapeOf, type Change, type Node, type Num } from "../autodiff/num.ts"
import { element, stack } from "../autodiff/structure.ts"
import { colorColumns, colorStars, transposed, type Coloring, type Pattern } from "../kernels/coloring.ts"
import { recordOf, type Runtime, type Value } from "../values/values.ts"
import { type Application } from "./application.ts"
import { countOf } from "./assemble.ts"

/** The pattern of the Jacobian of what `run` gives of the recorded leaves, elements in order. */
function patternOf(
  runtime: Runtime,
  leaves: readonly Num[],
  run: (inputs: readonly Node[]) => readonly Num[],
): Int32Array[] {
  const recording = new Recording(leaves, (bytes) => {
    runtime.charge(bytes)
  })
  try {
    const dependence = new Dependence(recording.tape, recording.inputs)
    const outputs = observing(dependence, () => run(recording.inputs))
    const known = new Map<Inputs, Int32Array>()
    return outputs.flatMap((output) =>
      dependence.of(output).map((set) => {
        let row = known.get(set)
        if (row === undefined) {
          row = elementsOf(set)
          known.set(set, row)
          runtime.charge(4 * row.length)
          runtime.poll()
        }
        return row
      }),
    )
  } finally {
    recording.close()
  }
}

/** For each color the changes of the leaves along the sum of its columns; what has another color is absent. */
function seeds(leaves: readonly Num[], { colors, count }: Coloring): Change[][] {
  return Array.from({ length: count }, (_, color) => {
    let next = 0
    return leaves.map((leaf) => {
      const shape = shapeOf(leaf)
      const size = sizeOf(shape)
      const mine = colors.subarray(next, next + size)
      next += size
      if (!mine.includes(color)) return undefined
      if (shape.length === 0) return 1
      const ones = Float64Array.from(mine, (c) => (c === color ? 1 : 0))
      return masked(
        new Tensor(shape, ones),
        Uint8Array.from(mine, (c) => (c === color ? 0 : 1)),
      )
    })
  })
}

/** The element at a place counted through all leaves. */
function reader(leaves: readonly Num[]): (place: number) => Num {
  const starts: number[] = []
  let next = 0
  for (const leaf of leaves) {
    starts.push(next)
    next += sizeOf(shapeOf(leaf))
  }
  return (place) => {
    let k = starts.length - 1
    while (starts[k]! > place) k--
    const leaf = leaves[k]!
    return shapeOf(leaf).length === 0 ? leaf : element(leaf, place - starts[k]!)
  }
}

/** The nonzeros of a pattern, row by row, as the record that operators give. */
function sparse(
  pattern: Pattern,
  shape: readonly [number, number],
  colors: number,
  value: (row: number, column: number) => Num,
): Value {
  const rows: number[] = []
  const columns: number[] = []
  const values: Num[] = []
  pattern.forEach((row, i) => {
    for (const j of row) {
      rows.push(i)
      columns.push(j)
      values.push(value(i, j))
    }
  })
  const vector = (numbers: readonly number[]): Tensor => new Tensor([numbers.length], Float64Array.from(numbers))
  return recordOf([
    ["rows", vector(rows)],
    ["columns", vector(columns)],
    ["values", values.length === 0 ? vector([]) : stack(values)],
    ["shape", vector(shape)],
    ["colors", colors],
  ])
}

/** What the operators lend: runs along directions, and cotangents of a recorded run. */
export interface Differentiation {
  /** The numbers of the result, for other numbers at the point. */
  readonly outputs: (inputs: readonly Num[]) => readonly Num[]
  /** Along each direction the changes of all numbers of the result. */
  readonly push: (along: readonly (readonly Change[])[]) => readonly (readonly Num[])[]
  /** For each combination of the results' numbers the changes of the leaves. */
  readonly pull: (cts: (outputs: readonly Num[]) => readonly (readonly Change[])[]) => readonly (readonly Change[])[]
}

/** The Jacobian by its nonzeros: columns compressed, or rows where those take fewer colors. */
export function sparseJacobian(runtime: Runtime, application: Application, by: Differentiation): Value {
  const { leaves } = application
  const columns = countOf(leaves)
  const pattern = patternOf(runtime, leaves, by.outputs)
  const shape: [number, number] = [pattern.length, columns]
  const tick = (): void => {
    runtime.poll()
  }
  const forward = colorColumns(pattern, columns, tick)
  const across = transposed(pattern, columns)
  const reverse = colorColumns(across, pattern.length, tick)
  if (forward.count <= reverse.count) {
    const products = by.push(seeds(leaves, forward)).map(reader)
    return sparse(pattern, shape, forward.count, (row, column) => products[forward.colors[column]!]!(row))
  }
  const products = by
    .pull((outputs) => seeds(outputs, reverse))
    .map((changes) => reader(changes.map((change, k) => dense(change, shapeOf(leaves[k]!)))))
  return sparse(pattern, shape, reverse.count, (row, column) => products[reverse.colors[row]!]!(column))
}

/** The Hessian by its nonzeros, from its products with the sum of each color's directions. */
export function sparseHessian(
  runtime: Runtime,
  application: Application,
  gradientAt: (inputs: readonly Num[]) => readonly Num[],
  times: (along: readonly (readonly Change[])[]) => readonly (readonly Num[])[],
): Value {
  const { leaves } = application
  const n = countOf(leaves)
  const pattern = symmetric(patternOf(runtime, leaves, gradientAt))
  const coloring = colorStars(pattern, () => {
    runtime.poll()
  })
  const { colors } = coloring
  const products = times(seeds(leaves, coloring)).map(reader)
  const alone = (i: number, j: number): boolean => pattern[i]!.every((k) => k === j || colors[k] !== colors[j])
  return sparse(pattern, [n, n], coloring.count, (i, j) =>
    alone(i, j) ? products[colors[j]!]!(i) : products[colors[i]!]!(j),
  )
}

/** With (j, i) for every (i, j): a Hessian is symmetric also where its structure was found by halves. */
function symmetric(pattern: Pattern): Int32Array[] {
  const other = transposed(pattern, pattern.length)
  return pattern.map((row, i) => Int32Array.from(new Set([...row, ...other[i]!])).sort())
}
