/**
 * What a workload of the benchmark table is: a program, its hand-written counterpart, and the ratios it must reach.
 * A row has up to two measures, the primal and the gradient, each with a yardstick and a way to call ADL.
 * It must not know any one workload.
 */
import type { AdlModule } from "../adl.ts"

/** The most that ADL may take over the yardstick, where a figure is set: interpreted, and by the engine's own choice. */
export interface Targets {
  readonly tier0?: number
  readonly auto?: number
}

/** One thing to time. */
export interface Measure {
  /** The hand-written yardstick. */
  readonly hand: () => unknown
  /** The same by ADL: prepares the call once. */
  readonly adl: (program: AdlModule) => () => unknown
  readonly targets?: Targets
  /** Brings a hand-written answer into the order of ADL's, where they differ. */
  readonly arrange?: (answer: unknown) => unknown
  /** How far answers may be apart, relative to the largest number. */
  readonly tolerance?: number
}

/** A row of the table. */
export interface Workload {
  readonly title: string
  readonly program: string
  readonly primal?: Measure
  readonly gradient?: Measure
  /** What the second column measures, if it is no gradient. */
  readonly second?: string
}

/** Rows by name, each made when it is asked for. */
export type Rows = Readonly<Record<string, () => Workload>>
