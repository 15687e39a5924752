/**
 * What a peer in the benchmark table is: another system, and the rows it can run, each in its documentation's best form.
 * A row that it cannot run carries the reason, which the table prints.
 * It must not know any one peer.
 */

/** A call that computes the row's primal or gradient, forced to the end, or why there is none. */
export type Entry = (() => unknown) | string

/** What a peer does for one row. */
export interface PeerRow {
  readonly primal?: Entry
  readonly gradient?: Entry
  /** How far its answers may be from the hand-written ones; wide for single precision. */
  readonly tolerance: number
}

/** Another system. */
export interface Peer {
  readonly name: string
  /** How its numbers are stored. */
  readonly precision: "float32" | "float64"
  /** Why it has no entry for a row that is not in `rows`. */
  readonly missing: string
  readonly rows: Readonly<Record<string, () => PeerRow>>
}
