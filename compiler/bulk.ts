/**
 * The reverse of statements on whole buffers: rows, products of matrices, and functions of tier 0.
 * Each adds to the cotangents of what it was given, element by element where that is an array. It must not know what is around it.
 */

import { div } from "../interpreter/primitives/arithmetic.ts"
import { exp } from "../interpreter/primitives/elementary.ts"
import {
  atomsOf,
  countedLoop,
  foldingLoop,
  num,
  numbersOf,
  sizeOfDims,
  withAtoms,
  type Abs,
  type TupleAbs,
} from "./abstract.ts"
import { Unsupported } from "./builder.ts"
import { leafForms, nativeStmt, pulled } from "./native.ts"
import { factorCotangent } from "./products.ts"
import type { Recall } from "./recall.ts"
import { logsumexpRow, normRow, placeRow, sumRow } from "./rows.ts"
import type { Atom, NativeStmt, ProductStmt, RowStmt, Var } from "./sir.ts"

const DIV = div.primitive

export function reverseRow(r: Recall, stmt: RowStmt, buf: Var): void {
  const ct = r.cotangent(stmt.out)
  if (ct === undefined) return
  const { b } = r
  const adjoint = r.adjoint(buf)
  const offset = r.use(stmt.offset)
  const n = r.use(stmt.length)
  if (stmt.row === sumRow) {
    countedLoop(b, 0, n, (i) => {
      b.accum(adjoint, b.add(offset, i), ct)
    })
    return
  }
  if (stmt.row !== logsumexpRow && stmt.row !== normRow) throw new Unsupported(`the reverse of ${stmt.row.name}`)
  if (buf.mutable) throw new Unsupported("an array that is changed in a loop and needed backwards")
  const from = r.use(buf) as Var
  if (stmt.row === normRow) {
    const length = r.use(stmt.out)
    countedLoop(b, 0, n, (i) => {
      const place = b.add(offset, i)
      b.accum(adjoint, place, b.mul(ct, b.let("unit", [b.load(from, place), length])))
    })
    return
  }
  reverseLogsumexp(r, from, offset, n, adjoint, ct)
}

/**
 * The weights are exp(x - greatest) over their sum. The weight of the greatest is the constant 1 before division, and the others follow its derivative:
 * so 1 minus its share never is a difference, and derivatives of this code cancel nowhere, as those of tier 0 (see softmax.ts).
 */
function reverseLogsumexp({ b }: Recall, from: Var, offset: Atom, n: Atom, adjoint: Var, ct: Atom): void {
  const place = b.row(placeRow, from, offset, n)
  const top = b.load(from, b.add(offset, place))
  const weights = b.alloc(n)
  const added = (begin: Atom, end: Atom, init: Atom): Var =>
    foldingLoop(b, begin, end, [init], (i, [sum]) => {
      const weight = b.let(exp.primitive, [b.sub(b.load(from, b.add(offset, i)), top)])
      b.store(weights, i, weight)
      return [b.add(sum!, weight)]
    })[0]!
  const before = added(0, place, 0)
  const tail = added(b.add(place, 1), n, before)
  // That of an infinite one is no number.
  b.store(weights, place, b.let("select", [b.let("same", [b.sub(top, top), 0]), 1, NaN]))
  const share = b.let(DIV, [ct, b.add(1, tail)])
  countedLoop(b, 0, n, (i) => {
    b.accum(adjoint, b.add(offset, i), b.mul(share, b.load(weights, i)))
  })
}

export function reverseProduct(r: Recall, { out, left, right, extents }: ProductStmt): void {
  const { b } = r
  const ct = r.settled(out)
  const [m, k, n] = [extents.m, extents.k, extents.n].map((size) => r.use(size)) as [Atom, Atom, Atom]
  for (const place of [0, 1] as const) {
    const [factor, other] = place === 0 ? [left, right] : [right, left]
    if (!r.isActive(factor)) continue
    const change = factorCotangent(b, place, r.use(other) as Var, ct, { ...extents, m, k, n })
    b.addbuf(r.adjoint(factor), change)
  }
}

export function reverseNative(r: Recall, stmt: NativeStmt): void {
  const { b } = r
  const { call } = stmt
  const mask = stmt.numbers.map((atom) => r.isActive(atom))
  const carries = (atom: Atom): boolean => r.isActive(atom) && (atom.type === "buf" || r.cotangent(atom) !== undefined)
  if (!mask.includes(true) || !stmt.results.some(carries)) return
  const used = (form: Abs): Abs =>
    withAtoms(
      form,
      atomsOf(form).map((atom) => r.use(atom)),
      true,
    )
  const operands = used(call.operands) as TupleAbs
  const cts = leafForms(call.result).map((leaf): Abs => {
    if (leaf.kind !== "array") return num(r.cotangent(numberOf(leaf)) ?? 0)
    return { ...leaf, dims: leaf.dims.map((n) => r.use(n)), buf: r.settled(leaf.buf) }
  })
  const leaves = leafForms(call.operands).filter((_, k) => mask[k] === true)
  const forms = leafForms(operands).filter((_, k) => mask[k] === true)
  const outs = forms.map((form): Abs => {
    if (form.kind !== "array") return num(b.fresh("num", "c"))
    const buf = b.fresh("buf", "c")
    buf.length = sizeOfDims(b, form.dims)
    return { ...form, buf, offset: 0 }
  })
  b.write(nativeStmt(pulled(call, operands, mask, cts, { kind: "tuple", items: outs })))
  outs.forEach((out, k) => {
    const leaf = leaves[k]!
    if (out.kind !== "array" || leaf.kind !== "array") {
      r.contribute(numberOf(leaf), numberOf(out))
      return
    }
    const adjoint = r.adjoint(leaf.buf)
    const form = forms[k]!
    const offset = form.kind === "array" ? form.offset : 0
    countedLoop(b, 0, out.buf.length!, (i) => {
      b.accum(adjoint, b.add(offset, i), b.load(out.buf, i))
    })
  })
}

/** The atom of a form that is a number. */
function numberOf(form: Abs): Atom {
  return numbersOf(form)[0]!
}
