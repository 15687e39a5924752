/**
 * Reverse mode of routines: each becomes a pair, one that goes forward and saves, and one that goes backward and takes back.
 * Both use one stack, as calls lie inside each other; the backward one is given what the forward one was, so that only what is computed inside is saved. How a body is
 * reversed it must not know.
 */

import { typeOf, type Builder } from "./builder.ts"
import { copyRoutine, Saving } from "./jvp.ts"
import { scopeOf, type Atom, type Block, type Routine, type Scope, type Var } from "./sir.ts"
import { Stacks } from "./stacks.ts"

export interface Pair {
  readonly forward: Routine
  /**
   * Given what the forward one is, an active buffer followed by that of its cotangents, and cotangents of the results that have some; gives those of the active
   * numbers. Of a buffer that the forward one adds to, it is given the cotangents alone: what stands in it nobody reads there.
   */
  readonly backward: Routine
}

/** A body that is reversed where another is written. */
export interface Within {
  readonly b: Builder
  readonly pairs: Pairs
  readonly block: Block
  readonly forward: Scope
  /** It saves what another routine takes back, or takes back what one saved: whatever is saved counts as active, so that both agree about what has cotangents. */
  readonly saves: boolean
  /** What is active, and what is known of it there. */
  readonly inputs: readonly Var[]
  readonly given: ReadonlyMap<Var, Var>
  readonly adjoints: ReadonlyMap<Var, Var>
  readonly results: readonly Atom[]
  readonly cotangents: readonly (Atom | undefined)[]
}

/** The pairs that one reversal needs. */
export class Pairs {
  readonly stack: number
  /** For a stack of the code, that of the cotangents of what is saved on it; and for a place where something is saved and taken back, that of its cotangent. */
  readonly stacks = new Stacks()
  readonly sites = new Map<number, number>()
  private readonly saving = new Saving()
  private readonly b: Builder
  private readonly reverse: (within: Within) => Atom[]
  private readonly known = new Map<Routine, Map<string, Pair>>()

  constructor(b: Builder, reverse: (within: Within) => Atom[]) {
    this.b = b
    this.stack = b.freshStack()
    this.reverse = reverse
  }

  /** The pair for these active parameters and results with cotangents. */
  of(routine: Routine, active: readonly boolean[], wanted: readonly boolean[]): Pair {
    let pairs = this.known.get(routine)
    if (pairs === undefined) this.known.set(routine, (pairs = new Map<string, Pair>()))
    const key = `${active.map(Number).join("")} ${wanted.map(Number).join("")}`
    let pair = pairs.get(key)
    if (pair === undefined) {
      const forward = copyRoutine(this.b, routine, this.saving)
      const backward = this.b.freshRoutine()
      pair = { forward, backward }
      // It may call itself.
      pairs.set(key, pair)
      backward.stacks = [...forward.stacks.map((stack) => this.stacks.of(this.b, stack)), this.stack]
      forward.stacks = [...forward.stacks, this.stack]
      this.write(pair, active, wanted, routine.stacks.length > 0)
    }
    return pair
  }

  private write(
    { forward, backward }: Pair,
    active: readonly boolean[],
    wanted: readonly boolean[],
    saves: boolean,
  ): void {
    const { b } = this
    const { params, body } = forward
    backward.body = b.apart((scope) => {
      const given = new Map<Var, Var>()
      const adjoints = new Map<Var, Var>()
      backward.params = params.flatMap((param, k) => {
        const again = b.fresh(param.type, param.name)
        again.int = param.int
        again.natural = param.natural
        given.set(param, again)
        if (active[k] !== true || param.type !== "buf") return [again]
        const adjoint = b.fresh("buf", "d")
        adjoint.mutable = true
        adjoints.set(param, adjoint)
        return param.mutable ? [adjoint] : [again, adjoint]
      })
      for (const [param, again] of given) again.length = knownLength(param, given)
      for (const [param, adjoint] of adjoints) adjoint.length = knownLength(param, given)
      const cotangents = body.results.map((result, k) =>
        wanted[k] === true ? b.fresh(typeOf(result), "c") : undefined,
      )
      backward.params.push(...cotangents.filter((ct) => ct !== undefined))
      scope.block.results = this.reverse({
        b,
        pairs: this,
        block: body,
        forward: scopeOf(body),
        saves,
        inputs: params.filter((_, k) => active[k]),
        given,
        adjoints,
        results: body.results,
        cotangents,
      })
    }).block
  }
}

function knownLength({ length }: Var, given: ReadonlyMap<Var, Var>): Atom | null {
  return typeof length === "object" && length !== null ? (given.get(length) ?? null) : length
}
