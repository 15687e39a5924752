/**
 * Checkpointing: a call whose operations are not kept but done again when the sweep comes to it.
 * Forwards the tape is paused, so only values are computed; backwards the call is repeated onto the end of the same tape, swept, and cut off again,
 * so that what it captured is reached as ever (Griewank and Walther, ch. 12). It must not know what is called.
 */

import { Node, type Num } from "./num.ts"
import { Sweep } from "./sweep.ts"
import type { Tape } from "./tape.ts"

/**
 * Runs `f` without recording it on `tape`. `first` is the call as the program makes it, `again` its repetition, without effects; both give the numeric
 * leaves of the result, in the same order.
 */
export function checkpoint(tape: Tape, first: () => readonly Num[], again: () => readonly Num[]): Num[] {
  tape.paused++
  let values: readonly Num[]
  try {
    values = first()
  } finally {
    tape.paused--
  }
  if (tape.paused > 0) return [...values]
  // What it gives back as it was given is no value of this tape's until it is one of its results.
  const plain = values.map((y) => (y instanceof Node && y.tape === tape ? y.primal : y))
  return tape.results(plain, (cts, sweep) => {
    const base = tape.begin()
    const paused = tape.paused
    tape.paused = 0
    try {
      const ys = again()
      // Adding up cotangents is no part of the run.
      tape.paused = paused
      const inner = new Sweep(tape.length, base, sweep)
      ys.forEach((y, i) => {
        const ct = cts[i]
        if (ct !== undefined && y instanceof Node && y.tape === tape) inner.add(y.index, ct)
      })
      tape.sweep(inner, base)
      inner.close()
    } finally {
      tape.paused = paused
      tape.truncate(base)
    }
  })
}
