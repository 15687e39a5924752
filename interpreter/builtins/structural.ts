/**
 * Built-ins that look at structures leaf by leaf or field by field: `tree_map ravel unravel keys`.
 * Only numbers are joined; everything else stays where it is. It must not know derivatives.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { BoolArray, sizeOf, Tensor } from "../arrays/tensor.ts"
import { isNum, shapeOf, type Num } from "../autodiff/num.ts"
import { concat, region, reshape, run } from "../autodiff/structure.ts"
import { kindOf } from "../values/kinds.ts"
import { leavesOf, mapLeaves, withLeaves } from "../values/structure.ts"
import {
  BuiltinFunction,
  List,
  RecordValue,
  Tuple,
  VariantValue,
  type BuiltinSteps,
  type Value,
} from "../values/values.ts"
import { functionAt } from "./functional.ts"

// ---------------------------------------------------------------- structures

export const treeMap = new BuiltinFunction({
  name: "tree_map",
  doc: "`tree_map(p, f)`: f of every number and array in a structure, in the same structure; other leaves stay.",
  params: ["p", "f"],
  *steps(runtime, [p, fn]): BuiltinSteps {
    const f = functionAt("tree_map", fn)
    const leaves: Value[] = []
    for (const leaf of leavesOf(p!)) {
      runtime.step(1)
      leaves.push(isNum(leaf) || leaf instanceof BoolArray ? yield { fn: f, args: [leaf] } : leaf)
    }
    return withLeaves(p!, leaves)
  },
})

/** A number or array as a vector. */
function flat(x: Num): Num {
  const shape = shapeOf(x)
  return shape.length === 1 ? x : reshape(x, [sizeOf(shape)])
}

export const ravel = new BuiltinFunction({
  name: "ravel",
  doc: "`ravel(p)`: `(vector, unravel)`: all numbers of a structure in one vector, and the function that puts such a vector back into the structure.",
  params: ["p"],
  makes: true,
  call: (_runtime, [p]) => {
    const leaves = leavesOf(p!).filter(isNum)
    const shapes = leaves.map(shapeOf)
    const vector = joinAll(leaves.map(flat))
    const size = shapes.reduce((sum, shape) => sum + sizeOf(shape), 0)
    const unravel = new BuiltinFunction({
      name: "unravel",
      doc: "Puts a vector back into the structure it was taken from.",
      params: ["vector"],
      call: (_inner, [v]) => {
        if (!isNum(v) || shapeOf(v).length !== 1 || shapeOf(v)[0] !== size) {
          raise(faults.wrongArgument("unravel", "vector", `an array of shape (${String(size)})`, kindOf(v)))
        }
        let at = 0
        let next = 0
        return mapLeaves(p!, (leaf) => {
          if (!isNum(leaf)) return leaf
          const shape = shapes[next++]!
          const n = sizeOf(shape)
          const part = region(v, run(at, n), [n])
          at += n
          return reshape(part, shape)
        })
      },
    })
    return new Tuple([vector, unravel])
  },
})

/** Vectors joined pairwise, so that many cost little more than one. */
function joinAll(vectors: readonly Num[]): Num {
  if (vectors.length === 0) return new Tensor([0], new Float64Array(0))
  let level = [...vectors]
  while (level.length > 1) {
    const next: Num[] = []
    for (let i = 0; i < level.length; i += 2)
      next.push(i + 1 < level.length ? concat(level[i]!, level[i + 1]!) : level[i]!)
    level = next
  }
  return level[0]!
}

export const keys = new BuiltinFunction({
  name: "keys",
  doc: "`keys(r)`: the names of a record's or variant's fields, in order.",
  params: ["r"],
  call: (_runtime, [r]) => {
    if (r instanceof RecordValue) return new List([...r.layout.names])
    if (r instanceof VariantValue) return new List([...r.variant.fields])
    raise(faults.wrongArgument("keys", "r", "a record", kindOf(r)))
  },
})
