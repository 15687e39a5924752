/**
 * Workloads of almost nothing, called from TypeScript: what they take is what a call into the engine costs.
 * Each call has other arguments than the one before, so that nothing can be kept from call to call.
 * It must not know how they are timed.
 */
import { springs, springsGrad, wave, waveGrad, type Ten } from "../hand/boundary.ts"
import type { AdlFunction } from "../adl.ts"
import type { Rows, Workload } from "./workload.ts"

/** Inputs that calls take by turns: a power of two, so that finding the next costs nothing. */
const inputs = 64

function turns<T>(make: (i: number) => T): () => T {
  const all = Array.from({ length: inputs }, (_, i) => make(i))
  let at = 0
  return () => all[at++ & (inputs - 1)] as T
}

function row<T>(
  title: string,
  name: string,
  make: (i: number) => T,
  hand: (x: T) => number,
  handGrad: (x: T) => unknown,
): Workload {
  // Everybody begins at the first input, so that the answers can be compared.
  const over = (call: (x: T) => unknown): (() => unknown) => {
    const next = turns(make)
    return () => call(next())
  }
  return {
    title,
    program: "boundary.adl",
    primal: {
      hand: over(hand),
      adl: (program) => over(program.fn(name) as AdlFunction),
    },
    gradient: {
      hand: over(handGrad),
      adl: (program) => over(program.fn(name).grad()),
      targets: { auto: 10 },
    },
  }
}

const tenOf = (i: number): Ten => {
  const at = (k: number): number => Math.sin(10 * i + k) + 2
  return {
    a: at(0),
    b: at(1),
    c: at(2),
    d: at(3),
    e: at(4),
    f: at(5),
    g: at(6),
    h: at(7),
    i: at(8),
    j: at(9),
  }
}

/** The rows. */
export const boundary: Rows = {
  "call-scalar": () => row("a call with one number, ten operations", "wave", (i) => i / 16, wave, waveGrad),
  "call-record": () => row("a call with a record of ten numbers", "springs", tenOf, springs, springsGrad),
}
