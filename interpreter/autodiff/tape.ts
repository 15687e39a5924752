/**
 * The tape of one reverse-mode application, and the sweep over it.
 * Scalar operations are rows of typed arrays (two parents, two partials); everything else is a `Step` object that knows its own way back, and the
 * sweep is one loop from the end to the start, without recursion however long the program. It must not know any primitive.
 */

import { sizeOf, type Shape } from "../arrays/tensor.ts"
import { spend } from "../arrays/work.ts"
import { Node, shapeOf, type Change, type Masked, type Num } from "./num.ts"
import type { Sweep } from "./sweep.ts"

const blockBits = 16
const blockSize = 1 << blockBits
const blockMask = blockSize - 1
const bytesARow = 24

/** In place of the first parent: an input, or a row whose `Step` says more. */
const input = -1
const step = -2
/** In place of the second parent: there is none, or the row reads one element of an array. */
const none = -1
const element = -2

/** How the cotangent of a row stands in a sweep: not at all, as a number, or apart from the numbers. */
export const absent = 0
export const plain = 1
export const boxed = 2

/** A record that is more than partials times numbers. */
export interface Step {
  /** Takes the cotangent of its own result from the sweep and adds to those of its parents. */
  back(sweep: Sweep, self: number): void
}

/** The usual step: `pull` gives the change of parent k. */
export class PullStep implements Step {
  readonly parents: readonly number[]
  readonly pull: (ct: Num | Masked, k: number) => Change

  constructor(parents: readonly number[], pull: (ct: Num | Masked, k: number) => Change) {
    this.parents = parents
    this.pull = pull
  }

  back(sweep: Sweep, self: number): void {
    const ct = sweep.take(self)
    if (ct === undefined) return
    for (let k = 0; k < this.parents.length; k++) {
      const change = this.pull(ct, k)
      if (change !== undefined) sweep.add(this.parents[k]!, change)
    }
  }
}

/**
 * An operation with several results: gathers their cotangents, and goes back once all that reaches any of them has come. Rows are placed so that the sweep
 * meets every result before the operation itself.
 */
class JoinStep implements Step {
  readonly cotangents: Change[]
  private readonly pull: (cts: readonly Change[], sweep: Sweep) => void

  constructor(results: number, pull: (cts: readonly Change[], sweep: Sweep) => void) {
    this.cotangents = new Array<Change>(results).fill(undefined)
    this.pull = pull
  }

  back(sweep: Sweep): void {
    const cts = this.cotangents.slice()
    this.cotangents.fill(undefined)
    this.pull(cts, sweep)
  }
}

interface Block {
  readonly parentA: Int32Array
  readonly parentB: Int32Array
  readonly partialA: Float64Array
  readonly partialB: Float64Array
}

const noBlock: Block = {
  parentA: new Int32Array(0),
  parentB: new Int32Array(0),
  partialA: new Float64Array(0),
  partialB: new Float64Array(0),
}

/** Blocks of finished tapes, to be used again: a fresh allocation costs more than a small gradient. */
const spare: Block[] = []
const mostSpare = 16

/** How elements of an array were read. */
interface Read {
  readonly shape: Shape
  readonly epoch: number
  count: number
  /** The row that reads element 0, with those of the other elements behind it; negative as long as rows are not shared. */
  first: number
}

export class Tape {
  readonly tag: number
  /** Rows so far. */
  length = 0
  /** While above 0, operations compute primals and record nothing (see checkpoint; also after the tape was closed). */
  paused = 0
  private readonly charge: (bytes: number) => void
  private readonly blocks: Block[] = []
  private block: Block = noBlock
  private readonly steps = new Map<number, Step>()
  /** The arrays of which elements were read. */
  private readonly reads = new Map<number, Read>()
  private lastRead: Read | null = null
  private lastArray = -1
  /** Counts how often rows were forgotten or are about to be repeated: rows of elements are not shared beyond that. */
  private epoch = 0

  /** `charge` is told of the bytes of each new block. */
  constructor(tag: number, charge: (bytes: number) => void) {
    this.tag = tag
    this.charge = charge
  }

  input(primal: Num): Node {
    return new Node(this, this.row(input, none, 0, 0), primal)
  }

  row1(parent: number, partial: number): number {
    return this.row(parent, none, partial, 0)
  }

  row2(parentA: number, parentB: number, partialA: number, partialB: number): number {
    return this.row(parentA, parentB, partialA, partialB)
  }

  /** Reading element `offset` of an array. */
  rowElement(array: Node, offset: number): number {
    this.readOf(array)
    return this.row(array.index, element, offset, 0)
  }

  /** The same with one row for all that read the element, once an array has been read about as often as it has elements. */
  sharedElement(array: Node, offset: number): number {
    const read = this.readOf(array)
    if (read.first < 0) {
      const size = sizeOf(read.shape)
      if (4 * ++read.count < size) return this.row(array.index, element, offset, 0)
      read.first = this.length
      for (let at = 0; at < size; at++) this.row(array.index, element, at, 0)
    }
    return read.first + offset
  }

  /** The row that reads element 0 of an array, if all elements have rows to share, in their order; else a negative number. */
  sharedElements(array: Node): number {
    return this.readOf(array).first
  }

  private readOf(array: Node): Read {
    if (array.index === this.lastArray) return this.lastRead!
    let read = this.reads.get(array.index)
    if (read === undefined || read.epoch !== this.epoch) {
      read = { shape: shapeOf(array), epoch: this.epoch, count: 0, first: none }
      this.reads.set(array.index, read)
    }
    this.lastArray = array.index
    this.lastRead = read
    return read
  }

  rowStep(record: Step): number {
    const index = this.row(step, none, 0, 0)
    this.steps.set(index, record)
    return index
  }

  /**
   * The results of an operation with several, as nodes. `pull` is given their cotangents, absent where none came, and adds to the sweep what they mean for
   * the operation's arguments.
   */
  results(values: readonly Num[], pull: (cts: readonly Change[], sweep: Sweep) => void): Node[] {
    const join = new JoinStep(values.length, pull)
    const root = this.rowStep(join)
    return values.map((value, k) => {
      const back = (sweep: Sweep, self: number): void => {
        const ct = sweep.take(self)
        if (ct === undefined) return
        join.cotangents[k] = ct
        // Marks the operation as reached.
        sweep.add(root, 0)
      }
      return new Node(this, this.rowStep({ back }), value)
    })
  }

  /** Where rows begin that will be swept by themselves and then forgotten (see checkpoint): they share nothing with those before. */
  begin(): number {
    this.nextEpoch()
    return this.length
  }

  private nextEpoch(): void {
    this.epoch++
    this.lastArray = -1
  }

  /** Forgets all rows from `length` on. */
  truncate(length: number): void {
    if (this.steps.size > 0) for (let i = this.length - 1; i >= length; i--) this.steps.delete(i)
    this.length = length
    this.nextEpoch()
    this.block = this.blocks[length >> blockBits] ?? noBlock
  }

  /** Ends the tape: its memory is used again, and what still refers to it is constant from now on. */
  close(): void {
    this.paused = Number.MAX_SAFE_INTEGER
    for (const block of this.blocks) if (spare.length < mostSpare) spare.push(block)
    this.blocks.length = 0
    this.block = noBlock
    this.steps.clear()
    this.reads.clear()
    this.nextEpoch()
    this.length = 0
  }

  private row(parentA: number, parentB: number, partialA: number, partialB: number): number {
    const index = this.length++
    const at = index & blockMask
    if (at === 0) this.enter(index >> blockBits)
    const block = this.block
    block.parentA[at] = parentA
    block.parentB[at] = parentB
    block.partialA[at] = partialA
    block.partialB[at] = partialB
    return index
  }

  private enter(number: number): void {
    let block = this.blocks[number]
    if (block === undefined) {
      block = spare.pop() ?? {
        parentA: new Int32Array(blockSize),
        parentB: new Int32Array(blockSize),
        partialA: new Float64Array(blockSize),
        partialB: new Float64Array(blockSize),
      }
      if (number > 0) this.charge(blockSize * bytesARow)
      this.blocks[number] = block
    }
    this.block = block
  }

  /** Runs rows `length - 1 … base` backwards over a seeded sweep. */
  sweep(sweep: Sweep, base: number): void {
    let i = this.length - 1
    while (i >= base) {
      const block = this.blocks[i >> blockBits]!
      const end = Math.max(base, i & ~blockMask)
      const from = i
      i = numbersBack(block, sweep, from, end)
      spend(from - i)
      if (i >= end) this.back(sweep, block, i--)
    }
  }

  /** Takes the cotangent of row i back. */
  private back(sweep: Sweep, block: Block, i: number): void {
    const at = i & blockMask
    const a = block.parentA[at]!
    if (a === input) return
    if (a === step) {
      this.steps.get(i)!.back(sweep, i)
      return
    }
    const b = block.parentB[at]!
    if (b === element) sweep.addElement(a, this.reads.get(a)!.shape, block.partialA[at]!, i)
    else sweep.propagate(i, a, b, block.partialA[at]!, block.partialB[at]!)
  }
}

/**
 * Takes the cotangents of rows `from … end` of a block back as long as all are numbers, which is what nearly every row of scalar code is; gives the first row
 * that needs more, or the one before `end`.
 */
function numbersBack(block: Block, { base, numbers, state }: Sweep, from: number, end: number): number {
  const { parentA, parentB, partialA, partialB } = block
  let i = from
  for (; i >= end; i--) {
    const kind = state[i - base]
    if (kind === absent) continue
    const at = i & blockMask
    const a = parentA[at]! - base
    const b = parentB[at]!
    if (kind !== plain || a < 0 || b === element || state[a] === boxed) return i
    const ct = numbers[i - base]!
    if (b === none) {
      numbers[a] = state[a] === absent ? ct * partialA[at]! : numbers[a]! + ct * partialA[at]!
      state[a] = plain
      continue
    }
    const c = b - base
    if (c < 0 || state[c] === boxed) return i
    numbers[a] = state[a] === absent ? ct * partialA[at]! : numbers[a]! + ct * partialA[at]!
    state[a] = plain
    numbers[c] = state[c] === absent ? ct * partialB[at]! : numbers[c]! + ct * partialB[at]!
    state[c] = plain
  }
  return i
}
