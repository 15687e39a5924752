/**
 * Times several ways of computing one thing, interleaved in one process, and reports medians and paired ratios.
 * Every round runs a batch of each contestant in turn, so that a noisy machine disturbs all alike.
 * It must not know what is computed.
 */

/** One way of computing: a name and a call that gives the answer. */
export interface Contestant {
  readonly name: string
  readonly run: () => unknown
}

/** What was measured of one contestant. */
export interface Timing {
  readonly name: string
  /** Median time of one call, in milliseconds. */
  readonly ms: number
  /** Median over the rounds of this contestant's time over the first contestant's. */
  readonly ratio: number
  readonly rounds: number
}

/** How long to measure. */
export interface Effort {
  /** Milliseconds of one batch. */
  readonly batch: number
  /** Milliseconds of all rounds together. */
  readonly budget: number
  /** The most rounds. */
  readonly rounds: number
}

/** What `npm run bench` uses. */
export const thorough: Effort = { batch: 10, budget: 4000, rounds: 21 }
/** A glance. */
export const quick: Effort = { batch: 3, budget: 600, rounds: 7 }

let sink: unknown

/** The answer of the last timed call: reading it keeps a compiler from dropping the calls. */
export function lastAnswer(): unknown {
  return sink
}

function timed(run: () => unknown, times: number): number {
  const start = performance.now()
  for (let i = 0; i < times; i++) sink = run()
  return performance.now() - start
}

/** Warms a contestant up and finds how many calls fill a batch. */
function calibrate(run: () => unknown, effort: Effort): number {
  let times = 1
  let spent = 0
  const warm = Math.max(300, 30 * effort.batch)
  for (;;) {
    const ms = timed(run, times)
    spent += ms
    if (ms >= effort.batch) {
      if (spent >= warm || ms >= warm) return Math.max(1, Math.round((times * effort.batch) / ms))
    } else {
      times = Math.min(Math.ceil((times * effort.batch * 1.2) / Math.max(ms, 0.01)), times * 10)
    }
  }
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? NaN) + high) / 2
}

/** Times all contestants; the first is the yardstick. */
export function race(contestants: readonly Contestant[], effort: Effort): Timing[] {
  const runners = contestants.map((c) => ({ ...c, times: calibrate(c.run, effort), samples: [] as number[] }))
  let round = 0
  const start = performance.now()
  while (round < 3 || (round < effort.rounds && performance.now() - start < effort.budget)) {
    for (const r of runners) r.samples.push(timed(r.run, r.times) / r.times)
    round++
    if (performance.now() - start > 10 * effort.budget) break
  }
  const first = runners[0]?.samples ?? []
  return runners.map((r) => ({
    name: r.name,
    ms: median(r.samples),
    ratio: median(r.samples.map((ms, i) => ms / (first[i] ?? NaN))),
    rounds: round,
  }))
}
