/**
 * Variables that are assigned in part, in the specialiser.
 * Such a variable has its arrays in buffers that nobody else holds, and is changed in them; whoever else reads it gets a copy of what it is now. It must
 * not know how arrays are indexed.
 */

import type { UpdateCore } from "../lang/core.ts"
import { held, inBuffer, isStructure, countedLoop, num, sameDims, sizeOfDims, unitAbs, type Abs } from "./abstract.ts"
import { indexValue } from "./arrays.ts"
import { unsupported } from "./builder.ts"
import type { Frame } from "./frame.ts"
import { operateOn } from "./operate.ts"
import type { Specialiser } from "./specialise.ts"
import type { Atom } from "./sir.ts"
import { onlyCase } from "./unions.ts"

/** A value as a variable has it that is changed in part: its arrays in buffers that nobody else holds. */
export function owned(s: Specialiser, value: Abs): Abs {
  if (value.kind === "array" && value.fresh) {
    value.buf.mutable = true
    return value
  }
  if (value.kind === "array" || value.kind === "vector" || value.kind === "range") return inBuffer(s.b, value, true)
  if (value.kind === "tuple" || value.kind === "record" || value.kind === "variant") {
    return { ...value, items: value.items.map((item) => owned(s, item)) }
  }
  if (value.kind === "union") return { ...value, cases: value.cases.map((one) => owned(s, one)) }
  return value
}

export function snapshot(s: Specialiser, value: Abs): Abs {
  if (value.kind === "array" && value.buf.mutable) {
    const buf = s.b.copy(value.buf, value.offset, sizeOfDims(s.b, value.dims))
    return { kind: "array", buf, offset: 0, dims: value.dims, fresh: true }
  }
  if (isStructure(value)) {
    return { ...value, items: value.items.map((item) => snapshot(s, item)) }
  }
  if (value.kind === "union") return { ...value, cases: value.cases.map((one) => snapshot(s, one)) }
  return held(value)
}

export function update(s: Specialiser, core: UpdateCore, f: Frame): Abs {
  const target = f.slots[core.slot] ?? unsupported("a variable that may not have a value")
  const steps = core.path.map((step) =>
    step.kind === "field" ? step : { kind: "index" as const, items: step.items.map((item) => s.item(item, f)) },
  )
  const value = s.evaluate(core.value, f)
  if (value.kind === "never") return value
  const change = (whole: Abs, k: number): Abs => {
    const step = steps[k]
    const at =
      step === undefined
        ? whole
        : onlyCase(s, whole, (a) => (step.kind === "field" ? a.kind === "record" : a.kind === "array"))
    if (step === undefined) {
      if (core.op === null) return owned(s, value)
      return owned(s, operateOn(s, core.op, [at, value]))
    }
    if (step.kind === "field") {
      if (at.kind !== "record") return unsupported("an assignment to a field of what may be no record")
      const i = at.layout.index.get(step.name)
      if (i === undefined) return unsupported("an assignment to a field that is not there")
      return { ...at, items: at.items.map((item, j) => (j === i ? change(item, k + 1) : item)) }
    }
    return assignElement(
      s,
      at,
      steps
        .slice(k)
        .flatMap((s) => (s.kind === "index" ? s.items : unsupported("an assignment to a field of an element"))),
      value,
      core.op,
    )
  }
  f.slots[core.slot] = change(target, 0)
  return unitAbs
}

function assignElement(
  s: Specialiser,
  at: Abs,
  items: Parameters<typeof indexValue>[2],
  value: Abs,
  op: string | null,
): Abs {
  if (at.kind !== "array" || !at.fresh) return unsupported(`an assignment to a part of a ${at.kind}`)
  const place = indexValue(s.b, at, items, true)
  if (place.kind === "place") {
    if (value.kind !== "num") return unsupported("an assignment that changes the kind of an array")
    if (op === "add") s.b.accum(at.buf, place.index, value.atom)
    else if (op === "sub") s.b.accum(at.buf, place.index, s.b.sub(0, value.atom) === 0 ? 0 : negate(s, value.atom))
    else {
      const now = op === null ? value : operateOn(s, op, [num(s.b.load(at.buf, place.index)), value])
      s.b.store(at.buf, place.index, (now as { atom: Atom }).atom)
    }
    return at
  }
  if (place.kind !== "array") return unsupported("an assignment to such a part")
  const count = sizeOfDims(s.b, place.dims)
  const scalar = value.kind === "num" ? value.atom : null
  const source = scalar === null ? inBuffer(s.b, value) : null
  if (source !== null) sameDims(s.b, place, source)
  countedLoop(s.b, 0, count, (i) => {
    const to = s.b.add(place.offset, i)
    const x = scalar ?? s.b.load(source!.buf, s.b.add(source!.offset, i))
    const now = op === null ? num(x) : operateOn(s, op, [num(s.b.load(at.buf, to)), num(x)])
    s.b.store(at.buf, to, (now as { atom: Atom }).atom)
  })
  return at
}

function negate(s: Specialiser, x: Atom): Atom {
  return (operateOn(s, "neg", [num(x)]) as { atom: Atom }).atom
}
