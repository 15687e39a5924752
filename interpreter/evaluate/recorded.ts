/**
 * Small trees of arithmetic recorded on a tape.
 * Which rows they need depends only on which leaves are recorded, so that is planned once: an operation gets a row of its own only where folding its partial
 * into the next one would round or make a third parent. Products with ±1 are exact, so the sweep computes what it would with a row for each operation. It must
 * not know how trees are found, nor any rule.
 */

import { Tensor } from "../arrays/tensor.ts"
import { FIRST, FIXED, RULE, SECOND, type Form } from "../autodiff/forms.ts"
import { observed } from "../autodiff/lift.ts"
import { Node } from "../autodiff/num.ts"
import type { Tape } from "../autodiff/tape.ts"
import type { Frame } from "./frame.ts"
import { compute, CONSTANT, ELEMENT, SLOT, type Leaf } from "./leaves.ts"

/** Operation `op` on the numbers at `left` and `right`, to the place `out`. */
export interface Step {
  readonly op: number
  readonly left: number
  readonly right: number
  readonly out: number
  readonly x: Form
  readonly y: Form
}

/** A tree in the order of evaluation: its leaves at the places 1, 2, …, and then its operations; the last of all is the result. */
export interface Tree {
  readonly leaves: readonly Leaf[]
  readonly steps: readonly Step[]
  /** The plans by set of recorded leaves, made when first needed. */
  readonly plans: (Plan | undefined)[]
}

/** A parent of a number, with the partial: ±1 times the number at a place. */
interface Share {
  readonly row: number
  readonly sign: number
  readonly factor: number
}

/** A row to be written: its own place, and one parent or two (`rowB` is 0 where there is one). */
interface Row {
  readonly to: number
  readonly rowA: number
  readonly signA: number
  readonly factorA: number
  readonly rowB: number
  readonly signB: number
  readonly factorB: number
}

/** A partial to be computed by its rule. */
interface Computed {
  readonly to: number
  readonly form: Form
  readonly step: Step
}

interface Plan {
  readonly computed: readonly Computed[]
  readonly rows: readonly Row[]
  /** The place of the result's row; 0 where the result does not depend on what is recorded. */
  readonly result: number
}

// What is imported is read through cells that hosts do not take for constants; these they do.
const slotKind = SLOT
const constantKind = CONSTANT
const elementKind = ELEMENT
const PlainArray = Tensor
const Recorded = Node
const calculate = compute
const isObserved = observed

/** At place 0 stands 1. */
const one = 0
const places = 64
const values = new Float64Array(places).fill(1)
const rows = new Int32Array(places)

/** The tape of the tree under way. */
let tape: Tape | null = null

/** The value of a tree some of whose leaves are recorded by one tape; undefined where it takes more to find it. */
export function record(f: Frame, { leaves, steps, plans }: Tree): number | Node | undefined {
  let recorded = 0
  for (let k = 1; k <= leaves.length; k++) {
    const leaf = leaves[k - 1]!
    const { kind } = leaf
    if (kind === constantKind) {
      values[k] = leaf.value
      continue
    }
    const value = f[leaf.at]
    if (kind === slotKind) {
      if (typeof value === "number") {
        values[k] = value
        continue
      }
      if (!(value instanceof Recorded) || typeof value.primal !== "number") return undefined
      values[k] = value.primal
    } else {
      const isPlain = value instanceof PlainArray
      if (!isPlain && !(value instanceof Recorded)) return undefined
      const array = isPlain ? value : value.primal
      if (!(array instanceof PlainArray)) return undefined
      const { shape, data } = array
      const i = leaf.iSlot ? f[leaf.i] : leaf.i
      if (typeof i !== "number") return undefined
      let offset = i | 0
      if (offset !== i || offset < 0) return undefined
      if (kind === elementKind) {
        if (shape.length !== 1) return undefined
      } else {
        const j = leaf.jSlot ? f[leaf.j] : leaf.j
        if (shape.length !== 2 || typeof j !== "number") return undefined
        const column = j | 0
        const columns = shape[1]!
        if (column !== j || column < 0 || column >= columns) return undefined
        offset = (Math.imul(offset, columns) + column) | 0
      }
      const x = data[offset]
      if (x === undefined) return undefined
      values[k] = x
      if (isPlain) continue
      rows[k] = offset
    }
    const node = value as Node
    if (recorded === 0 ? !opens(node.tape) : node.tape !== tape) return undefined
    rows[k] = kind === slotKind ? node.index : node.tape.sharedElement(node, rows[k]!)
    recorded |= 1 << k
  }
  let last = 0
  for (let k = 0; k < steps.length; k++) {
    const { op, left, right, out } = steps[k]!
    values[out] = calculate(op, values[left]!, values[right]!)
    last = out
  }
  if (recorded === 0) return values[last]!
  const plan = (plans[recorded] ??= planFor(leaves.length, steps, recorded))
  if (plan.computed.length > 0 && !computePartials(plan.computed)) return undefined
  const written = plan.rows
  for (let k = 0; k < written.length; k++) {
    const { to, rowA, signA, factorA, rowB, signB, factorB } = written[k]!
    const partial = signA * values[factorA]!
    rows[to] =
      rowB === 0
        ? tape!.row1(rows[rowA]!, partial)
        : tape!.row2(rows[rowA]!, rows[rowB]!, partial, signB * values[factorB]!)
  }
  return plan.result === 0 ? values[last]! : new Recorded(tape!, rows[plan.result]!, values[last]!)
}

/** Begins a tree on a tape, if it records. */
function opens(other: Tape): boolean {
  if (other !== tape) tape = other
  return other.paused === 0 && !isObserved()
}

function computePartials(computed: readonly Computed[]): boolean {
  for (const { to, form, step } of computed) {
    const partial = form.rule(values[step.left]!, values[step.right]!, values[step.out]!)
    if (typeof partial !== "number") return false
    values[to] = partial
  }
  return true
}

/** The rows for the leaves that are recorded. */
function planFor(count: number, steps: readonly Step[], recorded: number): Plan {
  const computed: Computed[] = []
  const written: Row[] = []
  let free = count + steps.length + 1
  const shares: (readonly Share[])[] = []
  for (let k = 1; k <= count; k++) shares[k] = (recorded & (1 << k)) === 0 ? [] : [{ row: k, sign: 1, factor: one }]
  const settled = ([a, b]: readonly Share[]): readonly Share[] => {
    const to = free++
    const { row: rowA, sign: signA, factor: factorA } = a!
    const { row: rowB, sign: signB, factor: factorB } = b ?? { row: 0, sign: 1, factor: one }
    written.push({ to, rowA, signA, factorA, rowB, signB, factorB })
    return [{ row: to, sign: 1, factor: one }]
  }
  const scaled = (operand: readonly Share[], form: Form, step: Step): readonly Share[] => {
    const { how, constant } = form
    if (operand.length === 0 || how === FIXED)
      return operand.map((share) => ({ ...share, sign: share.sign * constant }))
    let factor = how === FIRST ? step.left : how === SECOND ? step.right : step.out
    if (how === RULE) {
      factor = free++
      computed.push({ to: factor, form, step })
    }
    return (operand.every((share) => share.factor === one) ? operand : settled(operand)).map((share) => ({
      ...share,
      factor,
    }))
  }
  for (const step of steps) {
    const x = scaled(shares[step.left]!, step.x, step)
    const y = scaled(shares[step.right]!, step.y, step)
    const fits = x.length + y.length <= 2
    shares[step.out] = [...(fits || x.length < 2 ? x : settled(x)), ...(fits || y.length < 2 ? y : settled(y))]
  }
  const result = shares[steps.at(-1)!.out]!
  const [only] = result
  if (only === undefined) return { computed: [], rows: [], result: 0 }
  const isRow = result.length === 1 && only.sign === 1 && only.factor === one
  return { computed, rows: written, result: (isRow ? only : settled(result)[0]!).row }
}
