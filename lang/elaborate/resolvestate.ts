/**
 * The state of resolving: which names are visible, in which function the walk stands, what was found.
 * Reading a variable is noted here, with everything that follows from it: captures, functions mentioned before their definition, stale closures. It must not
 * know expressions or statements.
 */

import { faults, warnings } from "../report/catalogue.ts"
import { faultOf, type Fault, type FaultText } from "../report/fault.ts"
import type { Span } from "../report/span.ts"
import type { FunctionFacts, Facts, LoopFacts, Meaning, Realm, Variable } from "../scope.ts"
import type { Names } from "./names.ts"

/** Where the walk stands inside a function. */
export interface Place {
  readonly fn: FunctionFacts
  readonly realm: Realm
  readonly canReturn: boolean
  /** Inside the element of a comprehension, which nothing may leave. */
  readonly element: boolean
  /** The loops around, innermost last. */
  readonly loops: readonly LoopFacts[]
  /** How many of them a `break` may mean. */
  readonly breakable: boolean
}

/** Suggestions are worked out for the first faults only. */
const SUGGESTIONS = 50

/** What the walks over expressions, patterns and statements share. */
export class ResolverState {
  readonly facts: Facts = {
    meanings: new Map(),
    variables: new Map(),
    variants: new Map(),
    functions: new Map(),
    loops: new Map(),
    blocks: new Map(),
    abilities: new Map(),
  }
  readonly faults: Fault[] = []
  readonly session: boolean
  names: Names
  place: Place

  constructor(names: Names, fn: FunctionFacts, session: boolean) {
    this.names = names
    this.place = atTop(fn)
    this.session = session
  }

  fault(text: FaultText, span: Span): void {
    this.faults.push(faultOf(text, span))
  }

  warn(text: FaultText, span: Span): void {
    this.faults.push({ ...faultOf(text, span), severity: "warning" })
  }

  candidates(): Iterable<string> {
    return this.faults.length < SUGGESTIONS ? new Set(this.names.visible()) : []
  }

  protected lookUp(name: string, span: Span): Meaning | undefined {
    const meaning = this.names.find(name)
    if (meaning === undefined) {
      if (this.names.isBelow(name)) this.fault(faults.definedBelow(name), span)
      else this.fault(faults.unknownName(name, this.candidates()), span)
    } else if (meaning.kind === "variable") this.refer(meaning, span)
    return meaning
  }

  /** A variable is read at this place. */
  private refer(variable: Variable, span: Span): void {
    const { fn } = this.place
    variable.used = true
    if (variable.stale !== null) {
      for (const stale of variable.stale) this.warn(warnings.staleCapture(stale.name), stale.span)
      variable.stale = null
    }
    variable.block?.mention(variable)
    const outer = variable.cell === null ? variable.home !== fn : variable.binder === "var" && fn.parent !== null
    if (!outer || !fn.capture(variable) || variable.binder !== "var") return
    let captor = fn
    while (captor.parent !== null && captor.parent !== variable.home && captor.parent.parent !== null)
      captor = captor.parent
    if (captor.bound !== null) (variable.captors ??= []).push({ span, bound: captor.bound })
  }

  inNames(names: Names, walk: () => void): void {
    const { names: outer } = this
    this.names = names
    walk()
    this.names = outer
  }
}

/** The place at the beginning of a function's body. */
export function atTop(fn: FunctionFacts): Place {
  return { fn, realm: fn, canReturn: false, element: false, loops: [], breakable: false }
}
