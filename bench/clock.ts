/**
 * Processor time of this thread, exact to some microseconds.
 * The system brings a thread's time up to date when it sleeps, and otherwise only every few milliseconds; so it sleeps for a moment first. It must not know
 * what is measured.
 */

const cell = new Int32Array(new SharedArrayBuffer(4))

/** Processor time so far, in ms. */
export function clock(): number {
  Atomics.wait(cell, 0, 0, 0.01)
  const used = process.threadCpuUsage()
  return (used.user + used.system) / 1000
}
