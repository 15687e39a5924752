/**
 * Rotations of the rows of a matrix that wait to be applied together.
 * The shifts of QR and QL steps do not depend on the vectors, so the steps run ahead and their rotations are applied many sweeps at a time
 * (Van Zee, van de Geijn and Quintana-Ortí 2014), each row up to a scale of its own, which saves a third of the work (Gentleman 1973).
 * It must not know where the rotations come from.
 */
import type { Space } from "../lanes.ts"

/** Runs that wait at most. */
const RUNS = 64
/** Where the cosine is smaller, the rotation crosses: the scales then follow the sine. */
const CROSSING = 2 ** -10
/** Rows are brought to scale before a scale gets smaller. */
const LEAST = 2 ** -400

/** Rotations that wait at most: a few long sweeps, or many short ones. */
function capacity(rows: number): number {
  return 24 * rows
}

/** Doubles of room for the rotations of so many rows. */
export function sweepRoom(rows: number): number {
  return 4 * RUNS + 2 * capacity(rows) + rows
}

/** The sweeps over one matrix: `begin` one, add its rotations with `turn`, and `flush` before the matrix is read. */
export class Sweeps {
  private readonly s: Space
  private readonly runs: number
  private readonly pairs: number
  private readonly scales: number
  private readonly matrix: number
  private readonly columns: number
  private readonly rows: number
  private count = 0
  private turns = 0
  private row = 0
  private step: 1 | -1 = 1
  private low = Infinity
  private high = -1

  /** Over the `rows` by `columns` matrix at `matrix`; what waits lies in the room at `room`. */
  constructor(s: Space, room: number, matrix: number, rows: number, columns: number) {
    this.s = s
    this.runs = room
    this.pairs = room + 4 * RUNS
    this.scales = this.pairs + 2 * capacity(rows)
    this.matrix = matrix
    this.columns = columns
    this.rows = rows
    s.data.fill(1, this.scales, this.scales + rows)
  }

  /** A sweep starts from this row and goes to the next (1) or the one before (-1). */
  begin(row: number, step: 1 | -1): void {
    this.row = row
    this.step = step
    this.open(false)
  }

  /** The next rotation of the sweep: the row x it stands on and its neighbour y become c x + s y and c y − s x; it goes on from y. */
  turn(c: number, s: number): void {
    const d = this.s.data
    const crossing = Math.abs(c) < CROSSING
    if (this.turns === capacity(this.rows)) this.reopen(crossing)
    else if ((d[this.runs + 4 * this.count - 1] !== 0) !== crossing) this.open(crossing)
    const next = this.row + this.step
    let near = d[this.scales + this.row]!
    let far = d[this.scales + next]!
    if (Math.abs(near) < LEAST || Math.abs(far) < LEAST) {
      this.reopen(crossing)
      near = far = 1
    }
    const at = this.pairs + 2 * this.turns++
    // With x = near X and y = far Y: c x + s y = c near (X + a Y), or s far (Y + a X) where it crosses; c y − s x likewise.
    d[at] = crossing ? (c * near) / (s * far) : (s * far) / (c * near)
    d[at + 1] = crossing ? (c * far) / (s * near) : (s * near) / (c * far)
    d[this.scales + this.row] = crossing ? s * far : c * near
    d[this.scales + next] = crossing ? -s * near : c * far
    const length = this.runs + 4 * (this.count - 1) + 2
    d[length] = d[length]! + 1
    this.low = Math.min(this.low, this.row, next)
    this.high = Math.max(this.high, this.row, next)
    this.row = next
  }

  /** Applies what waits. */
  flush(): void {
    const { s, low, high } = this
    if (this.turns > 0) {
      s.rotations(this.matrix, this.columns, this.columns, this.runs, this.count, this.pairs, this.scales, low, high)
      s.data.fill(1, this.scales + low, this.scales + high + 1)
    }
    this.count = 0
    this.turns = 0
    this.low = Infinity
    this.high = -1
  }

  private reopen(crossing: boolean): void {
    this.flush()
    this.open(crossing)
  }

  private open(crossing: boolean): void {
    if (this.count === RUNS) this.flush()
    this.s.data.set([this.row, this.step, 0, crossing ? 1 : 0], this.runs + 4 * this.count++)
  }
}
