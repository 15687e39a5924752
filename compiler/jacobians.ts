/**
 * Jacobians and Hessians in the specialiser: columns by forward mode, rows by reverse mode.
 * A few directions are written one after the other, any number of them as a loop; steps are counted as tier 0 runs the function, for several directions at a
 * time. It must not know how modes transform code.
 */

import { directionsAtOnce } from "../interpreter/builtins/jacobians.ts"
import { less, lessEqual } from "../interpreter/primitives/arithmetic.ts"
import { ceil } from "../interpreter/primitives/rounding.ts"
import { atomsOf, countedLoop, inBuffer, num, numbersOf, sizeOfDims, withAtoms, type Abs } from "./abstract.ts"
import type { Handler } from "./builtins.ts"
import { unsupported, type Builder } from "./builder.ts"
import { apply, gradientOf, mirrored, placesOf, split, trust, unsigned, type Applied, type Named } from "./derive.ts"
import { pushForward } from "./jvp.ts"
import type { Specialiser } from "./specialise.ts"
import { isVar, walk, type Atom, type Var } from "./sir.ts"
import { reverse } from "./vjp.ts"

/** Directions, or rows, that are written one after the other. */
const mostWritten = 8

/** A number or an array. */
interface Part {
  readonly dims: readonly Atom[]
  readonly size: Atom
}

function partOf(b: Builder, a: Abs): Part {
  if (a.kind === "num") return { dims: [], size: 1 }
  if (a.kind === "vector" || a.kind === "array") return { dims: a.dims, size: sizeOfDims(b, a.dims) }
  return unsupported(`a Jacobian of a ${a.kind}`)
}

/** The Jacobian in the buffer, or element by element. */
function matrix(out: Part, x: Part, buf: Var): Abs {
  return { kind: "array", buf, offset: 0, dims: [...out.dims, ...x.dims], fresh: true }
}

function small(out: Part, x: Part, items: readonly Atom[]): Abs {
  const dims = [...out.dims, ...x.dims] as number[]
  return dims.length === 0 ? num(items[0]!) : { kind: "vector", dims, items }
}

/** How often tier 0 runs the function for n directions. */
function runsFor(b: Builder, n: Atom, more: number): Atom {
  if (typeof n === "number") return Math.ceil(n / directionsAtOnce) + more
  const runs = b.let(ceil.primitive, [b.mul(n, 1 / directionsAtOnce)])
  if (isVar(runs)) runs.int = runs.natural = true
  return b.add(runs, more)
}

/** By forward mode. `more`: runs of tier 0 beside those along directions. */
function byColumns(s: Specialiser, { region, point, inputs, out }: Applied, more: number): Abs {
  const { b } = s
  const x = partOf(b, point[0]!)
  const wanted = atomsOf(out)
  const numbers = numbersOf(out)
  const along = (directions: readonly Atom[], runs: Atom): { value: Abs; tangents: readonly Atom[] } => {
    const pushed = pushForward(b, region.block, inputs, directions, wanted, numbers, runs)
    trust(b, pushed.tangents)
    return { value: withAtoms(out, pushed.primals), tangents: pushed.tangents.map((t) => unsigned(b, t)) }
  }
  if (point[0]!.kind !== "array") {
    if (inputs.length === 0) return unsupported("a Jacobian with respect to nothing")
    const runs = runsFor(b, x.size, more)
    const columns = inputs.map((_, k) =>
      along(
        inputs.map((_, j) => (j === k ? 1 : 0)),
        k === 0 ? runs : 0,
      ),
    )
    const result = partOf(b, columns[0]!.value)
    if (out.kind !== "array")
      return small(
        result,
        x,
        numbers.flatMap((_, o) => columns.map(({ tangents }) => tangents[o]!)),
      )
    const buf = b.alloc(b.mul(result.size, x.size))
    columns.forEach(({ tangents: [column] }, i) => {
      countedLoop(b, 0, result.size, (k) => {
        b.store(buf, b.add(b.mul(k, x.size), i), b.load(column!, k))
      })
    })
    return matrix(result, x, buf)
  }
  if (typeof x.size !== "number") b.guard(b.let(less.primitive, [0, x.size]))
  const primal = pushForward(b, region.block, [], [], wanted, [], runsFor(b, x.size, more))
  const result = partOf(b, withAtoms(out, primal.primals))
  const buf = b.alloc(b.mul(result.size, x.size))
  countedLoop(b, 0, x.size, (i) => {
    const direction = b.alloc(x.size)
    b.store(direction, i, 1)
    const { tangents } = along([direction], 0)
    if (out.kind !== "array") {
      tangents.forEach((t, k) => {
        b.store(buf, b.add(b.mul(k, x.size), i), t)
      })
      return
    }
    countedLoop(b, 0, result.size, (k) => {
      b.store(buf, b.add(b.mul(k, x.size), i), b.load(tangents[0]!, k))
    })
  })
  return matrix(result, x, buf)
}

/** By reverse mode. `again` applies the function once more, for a row. */
function byRows(s: Specialiser, applied: Applied, again: () => Applied): Abs {
  const { b } = s
  const { region, point, out } = applied
  const x = partOf(b, point[0]!)
  const loops = [...walk(region.block)].some(({ kind }) => kind === "for" || kind === "while" || kind === "call")
  b.merge(region)
  const result = partOf(b, out)
  const row = ({ region, inputs }: Applied, output: Atom, ct: Atom): readonly Atom[] => {
    const gradient = reverse(b, region.block, inputs, [output], [ct])
    trust(b, gradient)
    return gradient
  }
  /** Where something is saved for the reverse pass, each row has its own. */
  const once = (): Applied => {
    const more = b.uncounted(again)
    b.merge(more.region)
    return more
  }
  if (out.kind !== "array" && numbersOf(out).length <= (loops ? mostWritten : Infinity)) {
    const rows = numbersOf(out).map((output, k) => {
      if (!loops) return row(applied, output, 1)
      const own = k === 0 ? applied : once()
      return row(own, numbersOf(own.out)[k]!, 1)
    })
    if (point[0]!.kind !== "array") return small(result, x, rows.flat())
    const buf = b.alloc(b.mul(result.size, x.size))
    rows.forEach(([gradient], k) => {
      fillRow(b, buf, k, x.size, gradient!)
    })
    return matrix(result, x, buf)
  }
  if (out.kind !== "array") return unsupported("a Jacobian of many numbers out of a loop")
  const buf = b.alloc(b.mul(result.size, x.size))
  countedLoop(b, 0, result.size, (k) => {
    const own = once()
    const ct = b.alloc(result.size)
    b.store(ct, k, 1)
    const gradient = row(own, numbersOf(own.out)[0]!, ct)
    if (point[0]!.kind === "array") fillRow(b, buf, k, x.size, gradient[0]!)
    else
      gradient.forEach((g, i) => {
        b.store(buf, b.add(b.mul(k, x.size), i), g)
      })
  })
  return matrix(result, x, buf)
}

function fillRow(b: Builder, buf: Var, k: Atom, n: Atom, row: Atom): void {
  countedLoop(b, 0, n, (i) => {
    b.store(buf, b.add(b.mul(k, n), i), b.load(row, i))
  })
}

/** Are there no more inputs than outputs? Where that is not known it is as now, and checked. */
function fewerInputs(s: Specialiser, inputs: Atom, outputs: Atom): boolean {
  const fewer = s.b.let(lessEqual.primitive, [inputs, outputs])
  if (typeof fewer === "boolean") return fewer
  const now = s.samples.of(fewer)
  if (typeof now !== "boolean") return unsupported("a Jacobian whose size is not known before")
  s.b.guard(now ? fewer : s.b.let("not", [fewer]))
  return now
}

type Mode = "forward" | "reverse" | "either"

function jacobian(
  s: Specialiser,
  f: Abs,
  args: readonly Abs[],
  named: Named,
  wrt: Abs | undefined,
  mode: Mode,
  more = 0,
): Abs {
  const { places, single } = placesOf(f, wrt)
  if (!single) return unsupported("a Jacobian with respect to several arguments")
  const given = args.map((arg, k) =>
    mode === "forward" && k === places[0] && arg.kind === "vector" && arg.items.length > mostWritten
      ? inBuffer(s.b, arg)
      : arg,
  )
  const applied = apply(s, f, given, named, places)
  if (mode === "forward") return byColumns(s, applied, more)
  const again = (): Applied => apply(s, f, given, named, places)
  if (mode === "reverse") return byRows(s, applied, again)
  // The sizes of what the function gives are known behind it.
  const { b } = s
  const x = partOf(b, applied.point[0]!)
  const shape = numbersOf(applied.out).length
  if (applied.out.kind !== "array") {
    return fewerInputs(s, x.size, shape) ? byColumns(s, applied, 1) : byRows(s, applied, again)
  }
  return byUnknown(s, applied, x, applied.out.dims, again)
}

/** By either mode, where how much the function gives is known behind it only: as now, and checked. */
function byUnknown(s: Specialiser, applied: Applied, x: Part, dims: readonly Atom[], again: () => Applied): Abs {
  const { b } = s
  const inputs = s.samples.of(x.size)
  const outputs = dims.reduce<unknown>((size, dim) => {
    const n = s.samples.of(dim)
    return typeof size === "number" && typeof n === "number" ? size * n : undefined
  }, 1)
  if (typeof inputs !== "number" || typeof outputs !== "number")
    return unsupported("a Jacobian whose size is not known before")
  const fewer = inputs <= outputs
  const out = fewer ? byColumns(s, applied, 1) : byRows(s, applied, again)
  if (out.kind === "array") {
    const size = sizeOfDims(b, out.dims.slice(0, dims.length))
    const asNow = b.let(lessEqual.primitive, [x.size, size])
    b.guard(fewer ? asNow : b.let("not", [asNow]))
  }
  return out
}

const pointOperator =
  (name: string, options: readonly string[], at: (...given: Parameters<typeof jacobian>) => Abs, mode: Mode): Handler =>
  (s, [f], named) => {
    const [own, rest] = split(named, options)
    if (own.has("sparse")) return unsupported("sparse derivatives")
    return mirrored(name, f!, (args, inner) => at(s, f!, args, new Map([...rest, ...inner]), own.get("wrt"), mode))
  }

/** The Jacobian of the gradient, by forward mode. Tier 0 also runs the function once to see what it gives. */
function hessian(s: Specialiser, f: Abs, args: readonly Abs[], named: Named, wrt: Abs | undefined): Abs {
  const selected = placesOf(f, wrt)
  const gradient = mirrored(
    "grad",
    f,
    (inner, more) => gradientOf(s, f, inner, new Map([...named, ...more]), selected, false).gradient,
  )
  return jacobian(s, gradient, args, new Map(), wrt, "forward", 1)
}

/** The operators of many derivatives. */
export const jacobians: ReadonlyMap<string, Handler> = new Map([
  ["jacobian", pointOperator("jacobian", ["wrt", "sparse"], jacobian, "either")],
  ["jacfwd", pointOperator("jacfwd", ["wrt"], jacobian, "forward")],
  ["jacrev", pointOperator("jacrev", ["wrt"], jacobian, "reverse")],
  ["hessian", pointOperator("hessian", ["wrt", "sparse"], hessian, "forward")],
])
