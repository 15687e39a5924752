/**
 * Core → SIR, for known arguments.
 * The code is run on values whose structure is known and whose numbers are code: calls of known functions are inlined, structures come apart, loops stay.
 * What cannot be said in SIR is Unsupported, with the reason; it must not know derivatives beyond that some built-ins take them.
 */

import type {
  CallCore,
  Code,
  ComprehendCore,
  Core,
  CoreSlice,
  ForCore,
  IfCore,
  UpdateCore,
  WhileCore,
} from "../lang/core.ts"
import { less, lessEqual } from "../interpreter/primitives/arithmetic.ts"
import { Layout, type Value } from "../interpreter/values/values.ts"
import {
  atomRoles,
  atomsOf,
  bool,
  countedLoop,
  formOf,
  held,
  inBuffer,
  leavesOfForm,
  listItem,
  num,
  sizeOfDims,
  unitAbs,
  withAtoms,
  type Abs,
  type ArrayAbs,
  type ClosureAbs,
  type VectorAbs,
} from "./abstract.ts"
import { isInt, typeOf, unsupported, type Builder } from "./builder.ts"
import { callBuiltin } from "./builtins.ts"
import { concat, indexValue, sliceBounds } from "./arrays.ts"
import { operateOn } from "./operate.ts"
import { isVar, type Atom, type Scope, type Var } from "./sir.ts"

export interface Frame {
  readonly code: Code
  readonly slots: (Abs | undefined)[]
  readonly captures: readonly (Abs | undefined)[]
}

/** Where the specialiser gets what is not in the code. */
export interface World {
  readonly library: ReadonlyMap<string, Value>
  /** The value of a top-level binding or a value met in the code, as inputs of the function or as a constant. */
  abstract(value: Value): Abs
  /** A top-level binding was read: the code holds as long as it has this value. */
  readGlobal(cell: { readonly value: unknown }): void
}

const mostInlined = 48
const mostUnrolled = 8

export class Specialiser {
  readonly b: Builder
  readonly world: World
  private depth = 0
  private readonly running: Code[] = []

  constructor(b: Builder, world: World) {
    this.b = b
    this.world = world
  }

  // ------------------------------------------------------------ calls

  call(fn: Abs, args: readonly Abs[], named: ReadonlyMap<string, Abs>): Abs {
    switch (fn.kind) {
      case "closure":
        return this.inline(fn, args, named)
      case "builtin":
        return callBuiltin(this, fn.fn, args, named)
      case "derived":
        return fn.call(args, named)
      case "constructor": {
        const { fields } = fn.variant
        const items = fields.map((name, k) => args[k] ?? named.get(name) ?? unsupported("a variant without a field"))
        return { kind: "variant", variant: fn.variant, items: items.map(held) }
      }
      default:
        return unsupported("a call of what may be no function")
    }
  }

  private inline(fn: ClosureAbs, args: readonly Abs[], named: ReadonlyMap<string, Abs>): Abs {
    const { code } = fn
    if (code.effects) unsupported(`\`${code.name}\` has effects`)
    if (this.running.includes(code) && this.running.filter((c) => c === code).length > 6)
      unsupported(`\`${code.name}\` is recursive`)
    if (++this.depth > mostInlined) unsupported("calls are nested too deeply")
    this.running.push(code)
    this.b.steps(1)
    const slots: (Abs | undefined)[] = new Array<Abs | undefined>(code.slots).fill(undefined)
    if (args.length > code.params.length) unsupported("a call with too many arguments")
    code.params.forEach((param, k) => {
      const value = args[k] ?? (param.name === null ? undefined : named.get(param.name))
      if (value === undefined && param.required) unsupported("a call with too few arguments")
      slots[param.slot] = value === undefined ? undefined : held(value)
    })
    for (const name of named.keys())
      if (!code.params.some((param) => param.name === name)) unsupported("an unknown named argument")
    const frame: Frame = { code, slots, captures: fn.captures }
    for (const slot of updatedSlots(code)) {
      const value = slots[slot]
      if (value !== undefined) slots[slot] = this.owned(value)
    }
    const out = this.evaluate(code.body, frame)
    this.running.pop()
    this.depth--
    return out
  }

  // ------------------------------------------------------------ nodes

  evaluate(core: Core, f: Frame): Abs {
    switch (core.kind) {
      case "const": {
        const { value } = core
        if (typeof value === "number") return num(value)
        if (typeof value === "boolean") return bool(value)
        return value === null ? unitAbs : { kind: "string", value }
      }
      case "local": {
        const value = f.slots[core.slot] ?? unsupported("a variable that may not have a value")
        if (value.kind === "mixed") unsupported("a variable that is of two kinds")
        // Another holder of a variable that is changed in part sees it as it is now.
        return core.holds ? this.snapshot(value) : held(value)
      }
      case "capture": {
        return f.captures[core.index] ?? unsupported("a captured variable that may not have a value")
      }
      case "global": {
        const { cell } = core
        if (cell.value === undefined) unsupported(`\`${cell.name}\` is not there yet`)
        this.world.readGlobal(cell)
        return this.world.abstract(cell.value as Value)
      }
      case "builtin": {
        const value = this.world.library.get(core.name) ?? unsupported(`no built-in ${core.name}`)
        return this.world.abstract(value)
      }
      case "constructor":
        return core.variant.fields.length === 0
          ? { kind: "variant", variant: core.variant, items: [] }
          : { kind: "constructor", variant: core.variant }
      case "operate":
        return operateOn(
          this,
          core.op,
          core.args.map((arg) => this.evaluate(arg, f)),
        )
      case "call":
        return this.evaluateCall(core, f)
      case "index":
        return indexValue(
          this.b,
          this.evaluate(core.target, f),
          core.items.map((item) => this.item(item, f)),
        )
      case "field":
        return this.field(this.evaluate(core.target, f), core.name)
      case "range": {
        const from = this.integer(this.evaluate(core.from, f))
        const to = this.integer(this.evaluate(core.to, f))
        return { kind: "range", from, to: core.inclusive ? this.b.add(to, 1) : to }
      }
      case "logic":
        return this.logic(core.op, core.left, core.right, f)
      case "array":
        return this.array(core.items, f)
      case "tuple":
        return { kind: "tuple", items: core.items.map((item) => this.evaluate(item, f)) }
      case "record": {
        const fields = new Map<string, Abs>()
        for (const field of core.fields) {
          const value = this.evaluate(field.value, f)
          if (field.kind === "field") fields.set(field.name, value)
          else if (value.kind === "record")
            value.layout.names.forEach((name, k) => fields.set(name, held(value.items[k]!)))
          else unsupported("a spread of what may be no record")
        }
        return { kind: "record", layout: Layout.of([...fields.keys()]), items: [...fields.values()] }
      }
      case "string": {
        const parts = core.parts.map((part) => (typeof part === "string" ? part : this.evaluate(part, f)))
        return { kind: "string", value: parts.every((part) => typeof part === "string") ? parts.join("") : null }
      }
      case "lambda":
        return {
          kind: "closure",
          code: core.code,
          captures: core.captures.map((capture) => (capture === null ? undefined : this.evaluate(capture, f))),
          value: null,
        }
      case "if":
        return this.if(core, f)
      case "seq": {
        let out: Abs = unitAbs
        for (const item of core.items) {
          out = this.evaluate(item, f)
          if (out.kind === "never") return out
        }
        return out
      }
      case "set": {
        const value = this.evaluate(core.value, f)
        if (value.kind === "never") return value
        f.slots[core.slot] = updatedSlots(f.code).has(core.slot) ? this.owned(value) : value
        return unitAbs
      }
      case "setGlobal":
        return unsupported("a top-level statement")
      case "patch": {
        const closure = f.slots[core.slot]
        if (closure?.kind !== "closure") unsupported("a function that is defined twice")
        closure.captures[core.index] = this.evaluate(core.value, f)
        return unitAbs
      }
      case "default":
        if (f.slots[core.slot] === undefined) f.slots[core.slot] = this.evaluate(core.value, f)
        return unitAbs
      case "update":
        return this.update(core, f)
      case "for":
        return this.for(core, f)
      case "while":
        return this.while(core, f)
      case "comprehend":
        return this.comprehend(core, f)
      case "test":
        return this.test(this.evaluate(core.target, f), core.form)
      case "part":
        return this.part(this.evaluate(core.target, f), core.part)
      case "fail":
        this.b.guard(false)
        return { kind: "never" }
    }
  }

  private evaluateCall(core: CallCore, f: Frame): Abs {
    const fn = this.evaluate(core.callee, f)
    const args = core.args.map((arg) => this.argument(arg, f))
    const named = new Map(core.named.map(({ name, value }) => [name, this.argument(value, f)]))
    return this.call(fn, args, named)
  }

  private argument(core: Core, f: Frame): Abs {
    return this.evaluate(core, f)
  }

  private item(item: Core | CoreSlice, f: Frame): Parameters<typeof indexValue>[2][number] {
    if (item.kind !== "slice") return this.evaluate(item, f)
    const bound = (core: Core | null): Atom | null => (core === null ? null : this.integer(this.evaluate(core, f)))
    return { kind: "slice", from: bound(item.from), to: bound(item.to), inclusive: item.inclusive }
  }

  integer(a: Abs): Atom {
    if (a.kind !== "num") return unsupported("an integer that may be something else")
    return this.b.let("integer", [a.atom])
  }

  condition(a: Abs): Atom {
    if (a.kind !== "bool") return unsupported("a condition that may be no boolean")
    return a.atom
  }

  field(target: Abs, name: string): Abs {
    if (target.kind === "record") {
      const k = target.layout.index.get(name)
      return k === undefined ? unsupported(`a record without field \`${name}\``) : held(target.items[k]!)
    }
    if (target.kind === "variant") {
      const k = target.variant.fields.indexOf(name)
      return k < 0 ? unsupported(`a variant without field \`${name}\``) : held(target.items[k]!)
    }
    return unsupported(`the field \`${name}\` of a ${target.kind}`)
  }

  // ------------------------------------------------------------ choices

  private logic(op: "and" | "or", left: Core, right: Core, f: Frame): Abs {
    const a = this.condition(this.evaluate(left, f))
    if (a === (op === "or")) return bool(a)
    if (typeof a === "boolean") return this.evaluate(right, f)
    const arm = this.b.within("arm", (scope) => {
      scope.block.results = [this.condition(this.evaluate(right, f))]
    })
    const b = arm.block.results[0]!
    if (arm.block.stmts.length === 0) return bool(this.b.let(op, [a, b]))
    const other = this.b.within("arm", (scope) => {
      scope.block.results = [op === "or"]
    })
    return bool(this.b.if(a, op === "and" ? arm : other, op === "and" ? other : arm)[0]!)
  }

  private if(core: IfCore, f: Frame): Abs {
    const condition = this.condition(this.evaluate(core.condition, f))
    if (typeof condition === "boolean") return this.evaluate(condition ? core.then : core.else, f)
    const before = [...f.slots]
    let a: Abs = unitAbs
    let b: Abs = unitAbs
    const then = this.b.within("arm", () => {
      a = this.evaluate(core.then, f)
    })
    const afterThen = [...f.slots]
    this.restore(f, before)
    if (isNever(a)) {
      this.b.guard(this.b.let("not", [condition]))
      return this.evaluate(core.else, f)
    }
    const otherwise = this.b.within("arm", () => {
      b = this.evaluate(core.else, f)
    })
    if (isNever(b)) {
      this.b.guard(condition)
      this.restore(f, afterThen)
      this.b.merge(then)
      return a
    }
    const pairs: [Abs | undefined, Abs | undefined][] = afterThen.map((value, k) => [value, f.slots[k]])
    pairs.push([a, b])
    const joined = this.join(condition, then, otherwise, pairs)
    joined.slice(0, -1).forEach((value, k) => (f.slots[k] = value))
    return joined.at(-1)!
  }

  private restore(f: Frame, slots: readonly (Abs | undefined)[]): void {
    for (let k = 0; k < slots.length; k++) f.slots[k] = slots[k]
  }

  /** The values after a choice, from those after each arm. */
  private join(
    condition: Atom,
    then: Scope,
    otherwise: Scope,
    pairs: readonly [Abs | undefined, Abs | undefined][],
  ): (Abs | undefined)[] {
    const left: Atom[] = []
    const right: Atom[] = []
    const plans = pairs.map(([x, y]): { form: Abs | undefined; atoms: (Atom | number)[]; fixed: boolean[] } => {
      if (x === y) return { form: x, atoms: x === undefined ? [] : atomsOf(x), fixed: [] }
      // What only one arm sets is not read after the other: any value will do there.
      const whole = x ?? y!
      const blank = x === undefined || y === undefined ? blankLike(whole) : null
      if ((x === undefined || y === undefined) && blank === null) return { form: undefined, atoms: [], fixed: [] }
      const [a, b] = this.alike(x ?? blank!, y ?? blank!, then, otherwise)
      if (a === null || b === null) return { form: { kind: "mixed" }, atoms: [], fixed: [] }
      const xs = atomsOf(a)
      const ys = atomsOf(b)
      const fixed: boolean[] = []
      const atoms = xs.map((atom, k) => {
        const other = ys[k]!
        fixed.push(atom === other)
        if (atom === other) return atom
        left.push(atom)
        right.push(other)
        return left.length - 1
      })
      return { form: a.kind === "array" && b.kind === "array" ? { ...a, fresh: a.fresh && b.fresh } : a, atoms, fixed }
    })
    then.block.results = left
    otherwise.block.results = right
    const cheap =
      then.block.stmts.length === 0 &&
      otherwise.block.stmts.length === 0 &&
      left.every((atom) => typeOf(atom) === "num")
    const outs: Atom[] = cheap
      ? left.map((x, k) => this.b.let("select", [condition, x, right[k]!]))
      : this.b.if(condition, then, otherwise)
    return plans.map(({ form, atoms, fixed }) => {
      if (form === undefined || fixed.length === 0) return form
      return withAtoms(
        form,
        atoms.map((atom, k) => (fixed[k] === true ? atom : outs[atom as number]!)),
        true,
      )
    })
  }

  /** Two values in one form, where that can be; what has to be made for it is made in its arm. */
  private alike(x: Abs, y: Abs, then: Scope, otherwise: Scope): [Abs, Abs] | [null, null] {
    if (formOf(x) === formOf(y)) return [x, y]
    const arrays = (a: Abs): boolean => a.kind === "array" || a.kind === "vector" || a.kind === "range"
    if (arrays(x) && arrays(y)) {
      let a = x
      let b = y
      this.b.within("arm", () => (a = inBuffer(this.b, x)), then)
      this.b.within("arm", () => (b = inBuffer(this.b, y)), otherwise)
      if (formOf(a) === formOf(b)) return [a, b]
    }
    return [null, null]
  }

  // ------------------------------------------------------------ variables that are changed in part

  /** A value as a variable has it that is changed in part: its arrays in buffers that nobody else holds. */
  owned(value: Abs): Abs {
    if (value.kind === "array" && value.fresh) {
      value.buf.mutable = true
      return value
    }
    if (value.kind === "array" || value.kind === "vector" || value.kind === "range")
      return inBuffer(this.b, value, true)
    if (value.kind === "tuple" || value.kind === "record" || value.kind === "variant") {
      return { ...value, items: value.items.map((item) => this.owned(item)) }
    }
    return value
  }

  private snapshot(value: Abs): Abs {
    if (value.kind === "array" && value.buf.mutable) {
      const buf = this.b.copy(value.buf, value.offset, sizeOfDims(this.b, value.dims))
      return { kind: "array", buf, offset: 0, dims: value.dims, fresh: true }
    }
    if (value.kind === "tuple" || value.kind === "record" || value.kind === "variant") {
      return { ...value, items: value.items.map((item) => this.snapshot(item)) }
    }
    return held(value)
  }

  private update(core: UpdateCore, f: Frame): Abs {
    const target = f.slots[core.slot] ?? unsupported("a variable that may not have a value")
    const steps = core.path.map((step) =>
      step.kind === "field" ? step : { kind: "index" as const, items: step.items.map((item) => this.item(item, f)) },
    )
    const value = this.evaluate(core.value, f)
    if (value.kind === "never") return value
    const change = (at: Abs, k: number): Abs => {
      const step = steps[k]
      if (step === undefined) {
        if (core.op === null) return this.owned(value)
        return this.owned(core.op === "concat" ? concat(this.b, at, value) : operateOn(this, core.op, [at, value]))
      }
      if (step.kind === "field") {
        if (at.kind !== "record") return unsupported("an assignment to a field of what may be no record")
        const i = at.layout.index.get(step.name)
        if (i === undefined) return unsupported("an assignment to a field that is not there")
        return { ...at, items: at.items.map((item, j) => (j === i ? change(item, k + 1) : item)) }
      }
      return this.assignElement(
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

  private assignElement(at: Abs, items: Parameters<typeof indexValue>[2], value: Abs, op: string | null): Abs {
    if (at.kind !== "array" || !at.fresh) return unsupported(`an assignment to a part of a ${at.kind}`)
    const place = indexValue(this.b, at, items, true)
    if (place.kind === "place") {
      if (value.kind !== "num") return unsupported("an assignment that changes the kind of an array")
      if (op === "add") this.b.accum(at.buf, place.index, value.atom)
      else if (op === "sub")
        this.b.accum(at.buf, place.index, this.b.sub(0, value.atom) === 0 ? 0 : negate(this, value.atom))
      else {
        const now = op === null ? value : operateOn(this, op, [num(this.b.load(at.buf, place.index)), value])
        this.b.store(at.buf, place.index, (now as { atom: Atom }).atom)
      }
      return at
    }
    if (place.kind !== "array") return unsupported("an assignment to such a part")
    const count = sizeOfDims(this.b, place.dims)
    const scalar = value.kind === "num" ? value.atom : null
    const source = scalar === null ? inBuffer(this.b, value) : null
    if (source !== null) this.sameDims(place, source)
    countedLoop(this.b, 0, count, (i) => {
      const to = this.b.add(place.offset, i)
      const x = scalar ?? this.b.load(source!.buf, this.b.add(source!.offset, i))
      const now = op === null ? num(x) : operateOn(this, op, [num(this.b.load(at.buf, to)), num(x)])
      this.b.store(at.buf, to, (now as { atom: Atom }).atom)
    })
    return at
  }

  /** Bails unless two arrays have one shape. */
  sameDims(x: { dims: readonly Atom[] }, y: { dims: readonly Atom[] }): void {
    if (x.dims.length !== y.dims.length) unsupported("arrays of different ranks")
    x.dims.forEach((n, k) => {
      if (n !== y.dims[k]) this.b.guard(this.b.let("same", [n, y.dims[k]!]))
    })
  }

  // ------------------------------------------------------------ loops

  /** What a loop runs over: how many, and the element at a place known to be there. */
  source(core: Core, f: Frame): { from: Atom; to: Atom; at: (i: Atom) => Abs } {
    return this.sourceOf(this.evaluate(core, f))
  }

  sourceOf(value: Abs): { from: Atom; to: Atom; at: (i: Atom) => Abs } {
    switch (value.kind) {
      case "range":
        return { from: value.from, to: value.to, at: num }
      case "array":
        if (value.buf.mutable) {
          const still = this.snapshot(value) as ArrayAbs
          return { from: 0, to: still.dims[0]!, at: (i) => indexValue(this.b, still, [num(i)]) as Abs }
        }
        return { from: 0, to: value.dims[0]!, at: (i) => indexValue(this.b, value, [num(i)]) as Abs }
      case "vector": {
        return { from: 0, to: value.dims[0]!, at: (i) => indexValue(this.b, value, [num(i)]) as Abs }
      }
      case "list":
        return { from: 0, to: value.length, at: (i) => listItem(this.b, value, i) }
      default:
        return unsupported(`a loop over a ${value.kind}`)
    }
  }

  private for(core: ForCore, f: Frame): Abs {
    const { from, to, at } = this.source(core.source, f)
    const exits = core.exit !== null
    this.carry(f, core.carried, (scope, turn) => {
      const index = this.b.fresh("num", "i", scope)
      index.int = true
      index.range = { from, to }
      scope.counted = exits ? null : { from, to, index }
      const { params, inits } = turn(() => {
        this.b.steps(1)
        f.slots[core.slot] = at(index)
        this.evaluate(core.body, f)
        return core.exit === null ? null : this.exit(f.slots[core.exit])
      })
      const outs = params.map((p) => this.b.after(p))
      const count = exits ? this.b.fresh("num", "n") : null
      if (count !== null) count.int = count.natural = true
      this.b.writeFor({
        kind: "for",
        index,
        from,
        to,
        down: false,
        params,
        inits,
        body: scope.block,
        outs,
        exits,
        count,
      })
      return outs
    })
    return unitAbs
  }

  private exit(value: Abs | undefined): Atom {
    return value === undefined || value.kind === "unit" ? false : this.condition(value)
  }

  private while(core: WhileCore, f: Frame): Abs {
    const exits = core.exit !== null
    this.carry(f, core.carried, (scope, turn) => {
      let condition = scope
      const { params, inits } = turn(() => {
        condition = this.b.within("arm", (arm) => {
          arm.block.results = [this.condition(this.evaluate(core.condition, f))]
        })
        this.b.steps(1)
        this.evaluate(core.body, f)
        return core.exit === null ? null : this.exit(f.slots[core.exit])
      })
      const outs = params.map((p) => this.b.after(p))
      const count = this.b.fresh("num", "n")
      count.int = count.natural = true
      this.b.writeWhile({
        kind: "while",
        params,
        inits,
        condition: condition.block,
        body: scope.block,
        outs,
        exits,
        count,
      })
      return outs
    })
    return unitAbs
  }

  /**
   * The part of a loop that carries values from turn to turn: finds out which atoms of the carried variables change, by writing the body and looking, and
   * writes it again where an assumption was wrong.
   */
  private carry(
    f: Frame,
    carried: readonly number[],
    write: (scope: Scope, turn: (body: () => Atom | null) => { params: Var[]; inits: Atom[] }) => Var[],
  ): void {
    const before = [...f.slots]
    let slots = carried.filter((slot) => before[slot] !== undefined)
    const varying = new Map<number, boolean[]>()
    for (const slot of slots) {
      const value = before[slot]!
      const roles = atomRoles(value)
      varying.set(
        slot,
        atomsOf(value).map((atom, k) => roles[k] === "value" && typeOf(atom) !== "buf"),
      )
    }
    for (let attempt = 0; attempt < 12; attempt++) {
      let again = false
      /** Small arrays that have to be in buffers, since the loop makes them so. */
      const wanted = new Set<number>()
      /** What the loop gives a first value, though it lives on after it. */
      const begun = new Map<number, Abs>()
      const forms: { slot: number; form: Abs; atoms: (Atom | number)[] }[] = []
      const result = this.b.attempt(() => {
        const scope = this.b.prepare("loop")
        const outs = write(scope, (body) => {
          const params: Var[] = []
          const inits: Atom[] = []
          for (const slot of slots) {
            const value = before[slot]!
            const roles = atomRoles(value)
            const atoms = atomsOf(value).map((atom, k): Atom => {
              if (varying.get(slot)![k] !== true) return atom
              const param = this.b.fresh(typeOf(atom), "p", scope)
              param.int = roles[k] === "shape"
              if (isVar(atom) && atom.type === "buf") param.mutable = atom.mutable
              params.push(param)
              inits.push(atom)
              return param
            })
            f.slots[slot] = withAtoms(value, atoms, true)
          }
          this.b.within(
            "loop",
            () => {
              const exit = body()
              const nexts: Atom[] = []
              for (const slot of carried) {
                const made = f.slots[slot]
                const blank = before[slot] === undefined && made !== undefined ? blankLike(made) : null
                if (blank !== null) begun.set(slot, blank)
              }
              for (const slot of slots) {
                const value = before[slot]!
                let after = f.slots[slot] ?? unsupported("a variable that a loop leaves without a value")
                if (formOf(after) !== formOf(value)) {
                  if (isArray(after) && isArray(value) && value.kind !== "array") {
                    wanted.add(slot)
                    continue
                  }
                  if (isArray(after) && value.kind === "array") after = inBuffer(this.b, after)
                  if (formOf(after) !== formOf(value)) unsupported("a variable that changes its kind in a loop")
                }
                const old = atomsOf(value)
                const atoms = atomsOf(after).map((atom, k): Atom | number => {
                  if (varying.get(slot)![k] === true) {
                    nexts.push(atom)
                    return nexts.length - 1
                  }
                  if (atom !== old[k]) {
                    varying.get(slot)![k] = true
                    again = true
                  }
                  return atom
                })
                forms.push({ slot, form: after, atoms })
              }
              params.forEach((param, k) => {
                const [from, next] = [inits[k]!, nexts[k]!]
                if (param.type === "buf" && isVar(from) && isVar(next)) this.sameLength(param, from, next)
              })
              scope.block.results = exit === null ? nexts : [...nexts, exit]
            },
            scope,
          )
          return { params, inits }
        })
        return again || wanted.size > 0 || begun.size > 0 ? null : outs
      })
      if (result === null) {
        for (const slot of wanted) {
          before[slot] = inBuffer(this.b, before[slot]!, updatedSlots(f.code).has(slot))
          varying.set(
            slot,
            atomsOf(before[slot]).map(() => false),
          )
        }
        for (const [slot, blank] of begun) {
          before[slot] = blank
          const roles = atomRoles(blank)
          varying.set(
            slot,
            atomsOf(blank).map((_, k) => roles[k] === "value"),
          )
        }
        slots = carried.filter((slot) => before[slot] !== undefined)
        this.restore(f, before)
        continue
      }
      this.restore(f, before)
      for (const { slot, form, atoms } of forms) {
        f.slots[slot] = withAtoms(
          form,
          atoms.map((atom, k) => (varying.get(slot)![k] === true ? result[atom as number]! : atom)),
          true,
        )
      }
      return
    }
    unsupported("a loop whose variables do not settle")
  }

  /** A buffer carried through a loop has a known length where it begins with one and every turn gives one as long. */
  private sameLength(param: Var, from: Var, next: Var): void {
    if (from.length === null || next.length === null) return
    if (from.length !== next.length) this.b.guard(this.b.let("same", [from.length, next.length]))
    param.length = from.length
  }

  // ------------------------------------------------------------ arrays

  private array(items: readonly (Core | { readonly kind: "spread"; readonly value: Core })[], f: Frame): Abs {
    const values: Abs[] = []
    for (const item of items) {
      if (item.kind !== "spread") {
        values.push(this.evaluate(item, f))
        continue
      }
      const spread = this.evaluate(item.value, f)
      if (spread.kind !== "vector") return unsupported("a spread of an array of unknown length")
      for (let k = 0; k < spread.dims[0]!; k++) values.push(indexValue(this.b, spread, [num(k)]) as Abs)
    }
    return this.stack(values)
  }

  /** An array or list of values. */
  stack(values: readonly Abs[]): Abs {
    const first = values[0]
    if (first === undefined) return { kind: "vector", dims: [0], items: [] }
    if (values.every((value) => value.kind === "num"))
      return { kind: "vector", dims: [values.length], items: values.map((value) => (value as { atom: Atom }).atom) }
    if (values.every((value) => formOf(value) === formOf(first))) {
      if (first.kind === "vector")
        return {
          kind: "vector",
          dims: [values.length, ...first.dims],
          items: values.flatMap((value) => (value as VectorAbs).items),
        }
      if (first.kind === "array") return this.stackBuffers(values as ArrayAbs[])
      if (first.kind === "record" || first.kind === "tuple" || first.kind === "variant") return this.listOf(values)
    }
    return unsupported("an array of values of different kinds")
  }

  private stackBuffers(arrays: readonly ArrayAbs[]): Abs {
    const first = arrays[0]!
    for (const array of arrays) this.sameDims(first, array)
    const size = sizeOfDims(this.b, first.dims)
    const buf = this.b.alloc(this.b.mul(size, arrays.length))
    arrays.forEach((array, k) => {
      countedLoop(this.b, 0, size, (i) => {
        this.b.store(buf, this.b.add(this.b.mul(size, k), i), this.b.load(array.buf, this.b.add(array.offset, i)))
      })
    })
    return { kind: "array", buf, offset: 0, dims: [arrays.length, ...first.dims], fresh: true }
  }

  private listOf(values: readonly Abs[]): Abs {
    const form = values[0]!
    const sizes = leavesOfForm(form)
    const columns = sizes.map((size) => this.b.alloc(size * values.length))
    values.forEach((value, i) => {
      this.intoColumns(columns, sizes, value, i)
    })
    return { kind: "list", length: values.length, form, columns }
  }

  private intoColumns(columns: readonly Var[], sizes: readonly number[], value: Abs, place: Atom): void {
    const atoms = atomsOf(value)
    let next = 0
    sizes.forEach((size, k) => {
      for (let j = 0; j < size; j++) {
        this.b.store(columns[k]!, size === 1 ? place : this.b.add(this.b.mul(place, size), j), atoms[next++]!)
      }
    })
  }

  private comprehend(core: ComprehendCore, f: Frame): Abs {
    if (core.condition !== null || core.clauses.length !== 1) return unsupported("a comprehension with a condition")
    const clause = core.clauses[0]!
    const { from, to, at } = this.source(clause.source, f)
    const element = (i: Atom): Abs => {
      this.b.steps(1)
      f.slots[clause.slot] = at(i)
      if (clause.prologue !== null) this.evaluate(clause.prologue, f)
      return this.evaluate(core.element, f)
    }
    return this.collect(from, to, element)
  }

  /** The array or list of `element(i)` for from ≤ i < to. */
  collect(from: Atom, to: Atom, element: (i: Atom) => Abs): Abs {
    if (typeof from === "number" && typeof to === "number" && to - from <= mostUnrolled) {
      const values: Abs[] = []
      for (let i = from; i < to; i++) values.push(element(i))
      return this.stack(values)
    }
    return this.tabulate(from, to, element)
  }

  private tabulate(from: Atom, to: Atom, element: (i: Atom) => Abs): Abs {
    const n = this.b.trips(from, to)
    const outer = this.b.scope
    let out: Abs = unitAbs
    countedLoop(this.b, from, to, (index) => {
      const value = element(index)
      const place = this.b.sub(index, from)
      const outside = (write: () => Var): Var => {
        const here = this.b.scope
        this.b.scope = outer
        const buf = write()
        this.b.scope = here
        return buf
      }
      const fill = (dims: readonly Atom[], size: Atom, item: (k: Atom) => Atom, count: number | null): void => {
        const buf = outside(() => this.b.alloc(this.b.mul(n, size)))
        const base = this.b.mul(place, size)
        if (count !== null) for (let k = 0; k < count; k++) this.b.store(buf, this.b.add(base, k), item(k))
        else {
          countedLoop(this.b, 0, size, (k) => {
            this.b.store(buf, this.b.add(base, k), item(k))
          })
        }
        out = { kind: "array", buf, offset: 0, dims: [n, ...dims], fresh: true }
      }
      switch (value.kind) {
        case "num":
          fill([], 1, () => value.atom, 1)
          return
        case "vector":
          this.some(n, outer)
          fill(value.dims, value.items.length, (k) => value.items[k as number]!, value.items.length)
          return
        case "range":
        case "array": {
          const array = inBuffer(this.b, value)
          for (const dim of array.dims)
            if (isVar(dim) && dim.home.self === index.home.self) unsupported("rows of different lengths")
          this.some(n, outer)
          fill(
            array.dims,
            sizeOfDims(this.b, array.dims),
            (k) => this.b.load(array.buf, this.b.add(array.offset, k)),
            null,
          )
          return
        }
        case "record":
        case "tuple":
        case "variant": {
          this.some(n, outer)
          const sizes = leavesOfForm(value)
          const columns = sizes.map((size) => outside(() => this.b.alloc(this.b.mul(n, size))))
          this.intoColumns(columns, sizes, value, place)
          out = { kind: "list", length: n, form: value, columns }
          return
        }
        default:
          unsupported(`a comprehension of ${value.kind}s`)
      }
    })
    return out
  }

  /** Bails where there is no element: an empty array has no form. */
  private some(n: Atom, at: Scope): void {
    const here = this.b.scope
    this.b.scope = at
    this.b.guard(this.b.let(less.primitive, [0, n]))
    this.b.scope = here
  }

  // ------------------------------------------------------------ patterns

  private test(target: Abs, form: Extract<Core, { kind: "test" }>["form"]): Abs {
    switch (form.kind) {
      case "variant":
        return bool(target.kind === "variant" && target.variant === form.variant)
      case "tuple":
        return bool(target.kind === "tuple" && target.items.length === form.size)
      case "record":
        return bool(target.kind === "record" && form.names.every((name) => target.layout.index.has(name)))
      case "literal":
        if (target.kind === "num" && typeof form.value === "number")
          return operateOn(this, "equals", [target, num(form.value)])
        if (target.kind === "bool" && typeof form.value === "boolean")
          return bool(this.b.let("same", [target.atom, form.value]))
        if (target.kind === "string" && target.value === null) return unsupported("a comparison of strings")
        return bool(
          target.kind === "string" ? target.value === form.value : target.kind === "unit" && form.value === null,
        )
      case "array": {
        const n =
          target.kind === "array" || target.kind === "vector"
            ? target.dims[0]!
            : target.kind === "list"
              ? target.length
              : null
        if (n === null) return target.kind === "range" ? unsupported("a pattern on a range") : bool(false)
        return bool(form.exact ? this.b.let("same", [n, form.min]) : this.b.let(lessEqual.primitive, [form.min, n]))
      }
    }
  }

  private part(target: Abs, part: Extract<Core, { kind: "part" }>["part"]): Abs {
    switch (part.kind) {
      case "variantField":
        if (target.kind === "variant") return held(target.items[part.index]!)
        break
      case "tupleItem":
        if (target.kind === "tuple") return held(target.items[part.index]!)
        break
      case "recordField":
        return this.field(target, part.name)
      case "arrayItem":
        return indexValue(this.b, target, [num(part.index)]) as Abs
      case "arrayRest": {
        const n =
          target.kind === "array" || target.kind === "vector"
            ? target.dims[0]!
            : unsupported("the rest of such a value")
        return indexValue(this.b, target, [sliceBounds(part.from, this.b.sub(n, part.drop))]) as Abs
      }
    }
    return unsupported("a part of such a value")
  }
}

function isArray(a: Abs): boolean {
  return a.kind === "array" || a.kind === "vector" || a.kind === "range"
}

/** Any value of a form without buffers; null where it has some. */
function blankLike(a: Abs): Abs | null {
  if (a.kind === "never" || a.kind === "mixed") return null
  const atoms = atomsOf(a)
  if (atoms.some((atom) => typeOf(atom) === "buf")) return null
  return withAtoms(
    a,
    atoms.map((atom) => (typeOf(atom) === "bool" ? false : 0)),
  )
}

function isNever(a: Abs): boolean {
  return a.kind === "never"
}

function negate(s: Specialiser, x: Atom): Atom {
  return (operateOn(s, "neg", [num(x)]) as { atom: Atom }).atom
}

const updated = new WeakMap<Code, ReadonlySet<number>>()

/** The slots of a function that it assigns in part. */
export function updatedSlots(code: Code): ReadonlySet<number> {
  let slots = updated.get(code)
  if (slots === undefined) {
    const found = new Set<number>()
    const visit = (node: unknown): void => {
      if (Array.isArray(node)) node.forEach(visit)
      else if (typeof node === "object" && node !== null) {
        const kind = (node as { kind?: unknown }).kind
        if (kind === "update") found.add((node as UpdateCore).slot)
        if (kind === "lambda") {
          visit((node as { captures: unknown }).captures)
          return
        }
        if (kind === "global" || kind === "constructor" || kind === "test") return
        for (const [name, value] of Object.entries(node)) if (name !== "span") visit(value)
      }
    }
    visit(code.body)
    slots = found
    updated.set(code, slots)
  }
  return slots
}

export { isInt }
