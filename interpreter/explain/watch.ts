/**
 * A differentiated call under observation: what was applied to values that depend on its arguments, and where in the program.
 * The call is recorded once with an observer; to find the place of an application the call is made again and stopped there by a fault, which gets its
 * position on the way out like any other. It must not know what is looked for.
 */

import { FaultError, faultOf, type StackFrame } from "../../lang/report/fault.ts"
import type { Span } from "../../lang/report/span.ts"
import { observing, pullChange, scale } from "../autodiff/lift.ts"
import { Recording } from "../autodiff/modes.ts"
import type { Primitive } from "../autodiff/declare.ts"
import { isActive, Node, primalOf, type Change, type Masked, type Num, type Truth } from "../autodiff/num.ts"
import { Closure, type Value } from "../values/values.ts"
import type { Application } from "../builtins/application.ts"

/** One application of a primitive to at least one value that depends on the arguments. */
export interface Applied {
  /** Its number among all applications of the run. */
  readonly index: number
  readonly primitive: Primitive
  readonly args: readonly unknown[]
  readonly out: unknown
  readonly options: unknown
}

export interface Place {
  readonly span: Span | null
  readonly stack: readonly StackFrame[]
}

export class Watched {
  readonly application: Application
  readonly recording: Recording
  readonly applied: readonly Applied[]
  readonly result: Value
  private readonly changes = new Map<number, Change>()
  private readonly sweep: (node: Node) => Change

  constructor(application: Application) {
    this.application = application
    const applied: Applied[] = []
    this.recording = new Recording(application.leaves)
    const watcher = {
      applied: (primitive: Primitive, args: readonly unknown[], out: unknown, options: unknown): void => {
        applied.push({ index: applied.length, primitive, args, out, options })
      },
    }
    this.result = observing(watcher, () => application.at(this.recording.inputs))
    this.applied = applied
    this.sweep = this.recording.adjoints(this.result as Num, 1)
  }

  /** Is this a value of the observed call? */
  isNode(x: unknown): x is Node {
    return x instanceof Node && x.tape === this.recording.tape
  }

  /** The derivative of the result with respect to a value; undefined where nothing flowed back. */
  adjoint(node: Node): Change {
    if (!this.changes.has(node.index)) this.changes.set(node.index, this.sweep(node))
    return this.changes.get(node.index)
  }

  /** A value without the derivatives of this call. */
  primal(x: unknown): unknown {
    return this.isNode(x) ? x.primal : x
  }

  /** What an application gives back to its argument k for the change `ct` of its result; null where that cannot be told for one argument alone. */
  pulled({ primitive: p, args, out, options }: Applied, k: number, ct: Num | Masked): Change | null {
    const primals = args.map((arg) => this.primal(arg))
    const result = this.primal(out) as Num
    const partial = this.partial(p, primals, result, k)
    if (partial !== null) return partial === undefined ? undefined : scale(ct, partial)
    if (p.kind !== "nary") return null
    const rule = p.rule(k)
    return rule === null ? undefined : pullChange(rule, ct, primals as (Num | Truth)[], result, options)
  }

  /** The partial of an elementwise application with respect to argument k, absent where it takes no part; null for what has none. */
  partial(p: Primitive, primals: readonly unknown[], out: Num, k: number): Change | null {
    if (p.kind === "unary") return p.partial === null ? undefined : p.partial(primals[0] as Num, out)
    if (p.kind !== "binary") return null
    const rule = p.partials[k]
    return rule === null || rule === undefined ? undefined : rule(primals[0] as Num, primals[1] as Num, out)
  }

  private body(): Span | null {
    const { f } = this.application
    return f instanceof Closure ? f.code.code.span : null
  }

  /** Where in the program an application was made. */
  place(applied: Applied): Place {
    const stop = new FaultError([faultOf({ code: "", message: "" })], false)
    let count = 0
    const watcher = {
      applied: (): void => {
        if (count++ === applied.index) throw stop
      },
    }
    try {
      const again = new Recording(this.application.leaves)
      observing(watcher, () => this.application.runtime.quietly(() => this.application.at(again.inputs)))
    } catch (error) {
      if (error !== stop) throw error
    }
    const { span, stack } = stop.faults[0]!
    // The outermost frame is the call itself. What has no place of its own stands in the innermost function.
    return { span: span ?? (stack.length > 1 ? stack[0]!.span : this.body()), stack: stack.slice(0, -1) }
  }
}

/** The value of an active argument as a plain number or array; anything else as it is. */
export function plainOf(x: unknown): unknown {
  return isActive(x) ? primalOf(x) : x
}
