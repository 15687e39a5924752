/**
 * Recursive functions in the specialiser.
 * A function that is called inside itself with values of the same forms becomes a routine: its body is written once, on parameters for the atoms of what it is given, and is
 * called wherever it is needed. What form a routine gives is found by trying: first as if its calls of itself never gave anything, then as if they gave what was
 * found, until that holds. It must not know what bodies do.
 */

import {
  atomRoles,
  atomsOf,
  formOf,
  isStructure,
  sizeOfDims,
  withAtoms,
  type Abs,
  type ClosureAbs,
} from "./abstract.ts"
import { boxesIn, mayBox } from "./boxes.ts"
import { typeOf, unsupported, type Builder } from "./builder.ts"
import { runBody } from "./calls.ts"
import {
  argsOf,
  blocksOf,
  isVar,
  outsOf,
  walk,
  type Atom,
  type Block,
  type CallStmt,
  type Routine,
  type Var,
} from "./sir.ts"
import type { Specialiser } from "./specialise.ts"

/** How many routines a function may become, for arguments of different forms, and how often a guess of what one gives may be wrong. */
const mostRoutines = 24
const mostGuesses = 6

interface Made {
  readonly routine: Routine
  /** What it gives, as far as is known; null where nothing is. */
  result: Abs | null
  /** Its body is being written. */
  open: boolean
  /** It was called while it was. */
  recursive: boolean
  /** What it gives are boxes. */
  boxes: boolean
  /** What it reads of the functions around it, which become further parameters; null until all routines that it calls are written. */
  free: readonly Var[] | null
}

export class Routines {
  private readonly made = new Map<string, Made>()
  /** How many functions were running where the routine that is being written began, and how many at most since. */
  private base = 0
  private deepest = 0

  /** Another function is being inlined. */
  entered(running: number): void {
    this.deepest = Math.max(this.deepest, running)
  }

  /** A call of a function with values of such forms. */
  call(s: Specialiser, fn: ClosureAbs, bound: readonly (Abs | undefined)[], key: string): Abs {
    const name = s.b.counts ? key : `${key} uncounted`
    const made = this.made.get(name) ?? this.write(s, fn, bound, key, name)
    made.recursive ||= made.open
    if (made.result === null) return { kind: "never" }
    const form = made.result
    const roles = atomRoles(form)
    const outs = atomsOf(form).map((atom, k) => {
      const out = s.b.fresh(typeOf(atom), "r")
      out.int = out.natural = roles[k] === "shape"
      return out
    })
    const lengths = outs
      .filter(({ type }) => type === "buf")
      .map((buf) => {
        const length = s.b.fresh("num", "n")
        length.int = length.natural = true
        return (buf.length = length)
      })
    const values = [fn, ...bound].filter((value) => value !== undefined)
    const args = [...values.flatMap(atomsOf), ...values.flatMap((value) => lengthsIn(s.b, value))]
    const depth = s.running.length - this.base + 1
    s.b.write({
      kind: "call",
      routine: made.routine,
      args: [...args, ...(made.free ?? [])],
      outs: [...outs, ...lengths],
      depth,
    })
    return withAtoms(form, outs, true)
  }

  /** `key` is that of the call, `as` that of the routine. */
  private write(s: Specialiser, fn: ClosureAbs, bound: readonly (Abs | undefined)[], key: string, as: string): Made {
    const { name } = fn.code
    if (this.made.size >= mostRoutines) unsupported(`\`${name}\` is recursive, with arguments of too many forms`)
    const made: Made = {
      routine: s.b.freshRoutine(),
      result: null,
      open: true,
      recursive: false,
      boxes: false,
      free: null,
    }
    const before = new Set(this.made.keys())
    try {
      for (let guess = 0; guess < mostGuesses; guess++) {
        this.made.set(as, made)
        const result = this.body(s, made, fn, bound, key)
        // It may be one around it that does not give anything yet; then this is written again.
        if (result.kind === "never" && this.openBeside(made)) return made
        if (result.kind === "never") unsupported(`\`${name}\` calls itself without end`)
        const settled = made.result !== null && formOf(made.result) === formOf(result)
        // Variants of which one may be in another have no form that fits all.
        const grows = made.result === null ? !isSimple(result) : !settled
        if (grows && made.recursive && !made.boxes && mayBox(result)) {
          made.boxes = true
          this.forget(before)
          continue
        }
        made.result = simple(name, result)
        if (settled || !made.recursive) {
          made.open = false
          if (![...this.made.values()].some(({ open }) => open)) this.close()
          return made
        }
        // What was written on the way relied on the wrong guess.
        this.forget(before)
      }
      return unsupported(`\`${name}\` is recursive and gives values of different forms`)
    } finally {
      if (made.open) this.forget(before)
    }
  }

  /** Is another routine being written of which nothing is known yet? */
  private openBeside(made: Made): boolean {
    return [...this.made.values()].some((other) => other !== made && other.open && other.result === null)
  }

  private forget(before: ReadonlySet<string>): void {
    for (const key of this.made.keys()) if (!before.has(key)) this.made.delete(key)
  }

  /** Writes the body of a routine; gives its result. */
  private body(s: Specialiser, made: Made, fn: ClosureAbs, bound: readonly (Abs | undefined)[], key: string): Abs {
    const { base, deepest } = this
    const { routine } = made
    const params: Var[] = []
    const lengths: Var[] = []
    const parameters = (value: Abs): Abs => {
      const roles = atomRoles(value)
      const atoms = atomsOf(value).map((atom, k) => {
        if (isVar(atom) && atom.mutable) unsupported("a recursive function of an array that is changed")
        const param = s.b.fresh(typeOf(atom), "p")
        param.int = roles[k] === "shape"
        s.samples.set(param, s.samples.of(atom))
        params.push(param)
        if (param.type === "buf") {
          const length = s.b.fresh("num", "n")
          length.int = length.natural = true
          param.length = length
          lengths.push(length)
        }
        return param
      })
      return withAtoms(value, atoms)
    }
    let out: Abs = { kind: "never" }
    try {
      routine.body = s.b.apart((scope) => {
        const self = parameters(fn) as ClosureAbs
        const given = bound.map((value) => (value === undefined ? undefined : parameters(value)))
        this.deepest = this.base = s.running.length + 1
        out = runBody(s, self, given, key)
        if (made.boxes) out = boxesIn(s.b, out)
        out = forCaller(s.b, out)
        scope.block.results = [...atomsOf(out), ...lengthsIn(s.b, out)]
      }).block
      routine.params = [...params, ...lengths]
      routine.reach = this.deepest - this.base
    } finally {
      this.base = base
      this.deepest = deepest
    }
    return out
  }

  /** Gives the routines that call each other what they read of the functions around them, as further parameters. */
  private close(): void {
    const group = new Map<Routine, Set<Var>>()
    const calls: { readonly mine: Set<Var>; readonly own: ReadonlySet<Var>; readonly call: CallStmt }[] = []
    const written = [...this.made.values()].filter(({ free }) => free === null)
    for (const { routine } of written) {
      const own = definedIn(routine)
      const mine = readFromOutside(routine, own)
      group.set(routine, mine)
      for (const call of walk(routine.body)) if (call.kind === "call") calls.push({ mine, own, call })
    }
    for (let changed = true; changed;) {
      changed = false
      for (const { mine, own, call } of calls) {
        const before = mine.size
        for (const v of group.get(call.routine) ?? []) if (!own.has(v)) mine.add(v)
        changed ||= mine.size > before
      }
    }
    for (const made of written) {
      made.free = [...group.get(made.routine)!]
      made.routine.params.push(...made.free)
    }
    for (const { call } of calls) call.args.push(...(group.get(call.routine) ?? []))
  }
}

/** How long the buffers of a value are, in the order of its atoms: a part of an array stands in a longer one. */
function lengthsIn(b: Builder, a: Abs): Atom[] {
  if (isStructure(a)) return a.items.flatMap((item) => lengthsIn(b, item))
  if (a.kind === "array") return [a.buf.length ?? b.add(a.offset, sizeOfDims(b, a.dims))]
  return atomsOf(a)
    .filter((atom): atom is Var => typeOf(atom) === "buf")
    .map(({ length }) => length ?? unsupported("a recursive function of an array of unknown length"))
}

/** A value with its arrays in buffers that nobody else holds, as whole as those are: so the caller has them for itself. */
function forCaller(b: Builder, a: Abs): Abs {
  if (a.kind === "array" && (!a.fresh || a.offset !== 0))
    return { ...a, buf: b.copy(a.buf, a.offset, sizeOfDims(b, a.dims)), offset: 0, fresh: true }
  if (isStructure(a)) return { ...a, items: a.items.map((item) => forCaller(b, item)) }
  return a.kind === "union" ? { ...a, cases: a.cases.map((one) => forCaller(b, one)) } : a
}

/** What a routine may give: numbers, truths, arrays and structures of them. */
function simple(name: string, result: Abs): Abs {
  return mayBeGiven(result) ? result : unsupported(`\`${name}\` is recursive and gives more than numbers and arrays`)
}

function mayBeGiven(a: Abs): boolean {
  if (isStructure(a)) return a.items.every(mayBeGiven)
  if (a.kind === "union") return a.cases.every(mayBeGiven)
  return a.kind === "array" || isSimple(a)
}

function isSimple(result: Abs): boolean {
  const roles = atomRoles(result)
  return !atomsOf(result).some((atom, k) => typeOf(atom) === "buf" || roles[k] === "shape")
}

/** Every variable that a routine itself makes. */
function definedIn({ params, body }: Routine): Set<Var> {
  const own = new Set(params)
  for (const stmt of walk(body)) {
    for (const out of outsOf(stmt)) own.add(out)
    if (stmt.kind === "for") own.add(stmt.index)
    if (stmt.kind === "for" || stmt.kind === "while") for (const param of stmt.params) own.add(param)
  }
  return own
}

function readFromOutside(routine: Routine, own: ReadonlySet<Var>): Set<Var> {
  const free = new Set<Var>()
  const see = (atoms: readonly Atom[]): void => {
    for (const atom of atoms) if (isVar(atom) && !own.has(atom)) free.add(atom)
  }
  const results = (block: Block): void => {
    see(block.results)
    for (const stmt of block.stmts) {
      see(argsOf(stmt))
      blocksOf(stmt).forEach(results)
    }
  }
  results(routine.body)
  return free
}
