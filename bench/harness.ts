/**
 * Times several ways of computing one thing, interleaved in one process, and reports medians and paired ratios.
 * Every round takes each contestant in turn, the quickest of a few short batches, so that what else a machine does counts little.
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
  /** Milliseconds of computing before anything counts. */
  readonly warm: number
  /** Milliseconds of one batch of quick calls: short beside the time slices of a busy machine. */
  readonly batch: number
  /** Milliseconds of one batch of slow calls: long enough for the thread's own clock. */
  readonly long: number
  /** The most batches of a contestant in one round; fewer where a batch takes long. */
  readonly repeats: number
  /** Milliseconds of all rounds together. */
  readonly budget: number
  /** The most rounds. */
  readonly rounds: number
}

/** What `npm run bench` uses. */
export const thorough: Effort = { warm: 700, batch: 1, long: 60, repeats: 15, budget: 5000, rounds: 21 }
/** A glance. */
export const quick: Effort = { warm: 400, batch: 1, long: 40, repeats: 8, budget: 800, rounds: 7 }

let sink: unknown

/** The answer of the last timed call: reading it keeps a compiler from dropping the calls. */
export function lastAnswer(): unknown {
  return sink
}

/** Below this a thread's own clock is too coarse. */
const coarse = 15

/** Milliseconds of some calls: of a long batch what the thread computed, not what it waited for others. */
function timed(run: () => unknown, times: number): number {
  const before = process.threadCpuUsage()
  const start = performance.now()
  for (let i = 0; i < times; i++) sink = run()
  const wall = performance.now() - start
  const after = process.threadCpuUsage()
  const own = (after.user + after.system - before.user - before.system) / 1000
  return own >= coarse ? Math.min(own, wall) : wall
}

/** The quickest of a few batches: what a call takes when nothing comes between. */
function quickest(run: () => unknown, times: number, effort: Effort): number {
  let best = Infinity
  let spent = 0
  for (let i = 0; i < effort.repeats && (i === 0 || spent < 30 * effort.batch); i++) {
    const ms = timed(run, times)
    spent += ms
    best = Math.min(best, ms)
  }
  return best / times
}

/** Warms a contestant up and finds how many calls fill a batch. */
function calibrate(run: () => unknown, effort: Effort): number {
  let times = 1
  let best = Infinity
  // by the processor's time: a compiler thread that waits for a busy machine is waited for
  const start = process.cpuUsage()
  for (;;) {
    best = Math.min(best, timed(run, times) / times)
    const batch = best > effort.batch ? effort.long : effort.batch
    times = Math.max(1, Math.min(Math.round(batch / Math.max(best, 1e-6)), times * 10))
    const { user, system } = process.cpuUsage(start)
    if (user + system > 1000 * effort.warm) return times
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
    for (const r of runners) {
      // brings its code and data back into the caches
      sink = r.run()
      r.samples.push(quickest(r.run, r.times, effort))
    }
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
