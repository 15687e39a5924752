/**
 * Stacks of code that is written again.
 * What saves and what takes back are given one new stack for each that they use, so that the two go on fitting each other. It must not know what is saved.
 */

import type { Builder } from "./builder.ts"

export class Stacks {
  private readonly known = new Map<number, number>()

  /** The new stack in the place of this one. */
  of(b: Builder, stack: number): number {
    let out = this.known.get(stack)
    if (out === undefined) this.known.set(stack, (out = b.freshStack()))
    return out
  }
}
