/**
 * A run with its limits: steps, time, depth, memory, interruption, and where printed text goes.
 * Steps are counted down in one register, so that running code makes one comparison a step; everything else is looked at when it runs out. It must
 * not know nodes.
 *
 * A step is a call of a function of the program, a turn of `for` or `while`, or an element of a comprehension; built-in functions count one for each
 * turn of a loop that they stand for.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { FaultError, faultOf, type FaultText } from "../../lang/report/fault.ts"
import type { CompiledTier } from "../values/compiled.ts"
import { noNamed, type Named, type Value } from "../values/values.ts"
import { callValue } from "./call.ts"
import { watched } from "../arrays/work.ts"
import { nativeRoom, registers, type SteppedRuntime } from "./frame.ts"
import { asFault } from "./leaving.ts"

/** What a call may take; what is left out is not bounded. */
export interface Limits {
  /** Calls, turns of loops and elements of comprehensions. */
  readonly steps?: number | undefined
  /** Milliseconds, counted anew by `startClock`. */
  readonly ms?: number | undefined
  readonly depth?: number | undefined
  /** Bytes. */
  readonly memory?: number | undefined
}

export interface RuntimeOptions {
  readonly limits?: Limits
  /** Bytes that compiled code may save for the reverse pass before long loops make their turns again instead. */
  readonly tapeMemory?: number | undefined
  readonly print?: (text: string) => void
  /** Told at every turn of a loop over `progress(xs, label)`: turns begun, of how many, and the label. */
  readonly progress?: (done: number, total: number, label: string) => void
  /** Its element 0 is 1 when the run is to stop; over shared memory. It is 0 again once that was seen. */
  readonly interrupt?: Int32Array | null
  /** Milliseconds from any fixed moment. */
  readonly now?: () => number
  /** The built-in functions and constants by name. */
  readonly library: ReadonlyMap<string, Value>
  /** Bytes really in use, where the host can tell; asked when charges add up to the limit. `first`: for the first time since `restart`, before much was taken. */
  readonly memoryInUse?: ((first: boolean) => number) | null
}

/** Steps between two looks at clock and interruption. */
const stride = 1024
/** Refills of the register of steps between two looks at the memory in use, and looks in a row that must find too much. */
const looksBetween = 64
/** Bytes that a call may take before it is known what was in use when it began. */
const unwatched = 2 ** 20
const mostFullLooks = 4
/** Steps of a run before it is worth while to load the compiler. */
const stepsToLoad = 2000
const defaultDepth = 10_000
const defaultMemory = 2 ** 30
const defaultTape = 2 ** 25

/** What one typed array may take in any engine. */
const largestBuffer = 2 ** 32

export class Evaluation implements SteppedRuntime {
  readonly library: ReadonlyMap<string, Value>
  readonly depthLimit: number
  readonly tapeMemory: number
  /** Set by the engine where calls may be compiled: the tier, or what makes it when it is first wanted. */
  compiled: CompiledTier | null = null
  loadCompiler: (() => CompiledTier | null) | null = null
  compiles = false
  /** Set by the engine where functions have come as data. */
  arrived = false
  private stepLimit: number
  private readonly timeLimit: number
  private readonly memoryLimit: number
  private readonly interruptFlag: Int32Array | null
  private readonly now: () => number
  private readonly write: (text: string) => void
  private readonly tell: (done: number, total: number, label: string) => void
  private readonly memoryInUse: ((first: boolean) => number) | null
  /** Steps handed out to the register. */
  private issued = 0
  private deadline = Infinity
  private taken = 0
  /** Is a call from outside under way? */
  running = false
  /** An interruption ends all of a call from outside, also where a host function looked away. */
  private interrupted = false
  private looks = 0
  private fullLooks = 0
  private watching = false

  constructor(options: RuntimeOptions) {
    this.library = options.library
    this.stepLimit = options.limits?.steps ?? Infinity
    this.timeLimit = options.limits?.ms ?? Infinity
    this.depthLimit = options.limits?.depth ?? defaultDepth
    this.memoryLimit = options.limits?.memory ?? defaultMemory
    this.tapeMemory = options.tapeMemory ?? defaultTape
    this.interruptFlag = options.interrupt ?? null
    this.now = options.now ?? Date.now
    this.write = options.print ?? (() => undefined)
    this.tell = options.progress ?? (() => undefined)
    this.memoryInUse = options.memoryInUse ?? null
  }

  /** Calls that may still be made inside those that are running. */
  get depthLeft(): number {
    return this.depthLimit - (this.running ? registers.depth : 0)
  }

  /** Steps and time count from here, with so many steps made. */
  restart(steps = 0): void {
    this.issued = steps
    this.interrupted = false
    if (this.running) registers.fuel = 0
    this.taken = 0
    this.looks = 0
    this.watching = false
    this.deadline = this.timeLimit === Infinity ? Infinity : this.now() + this.timeLimit
  }

  /** Steps taken since `restart`. */
  get steps(): number {
    return this.running ? this.issued - Math.max(0, registers.fuel) : this.issued
  }

  /** Steps that may still be taken. */
  get stepsLeft(): number {
    return this.stepLimit - this.steps
  }

  /** Runs `f` with this run's registers; a run inside a run has the native stack that the outer one left. */
  within<T>(f: () => T): T {
    if (this.running && registers.runtime === this) return f()
    const outer = { ...registers }
    const outermost = (registers.runtime as SteppedRuntime | null) === null
    if (this.deadline === Infinity && this.timeLimit !== Infinity) this.deadline = this.now() + this.timeLimit
    const before = watched(this)
    registers.runtime = this
    registers.fuel = 0
    registers.depth = 0
    registers.depthLimit = this.depthLimit
    if (outermost) registers.room = nativeRoom
    const wasRunning = this.running
    this.running = true
    try {
      return f()
    } catch (error) {
      throw asFault(error, registers.depthLimit)
    } finally {
      this.issued -= Math.max(0, registers.fuel)
      this.running = wasRunning
      watched(before)
      Object.assign(registers, outer)
    }
  }

  call(fn: Value, args: readonly Value[], named: Named = noNamed): Value {
    return registers.runtime === this
      ? callValue(fn, args, named, null)
      : this.within(() => callValue(fn, args, named, null))
  }

  compiler(coming = 0): CompiledTier | null {
    if (this.compiled === null && this.loadCompiler !== null && this.steps + coming >= stepsToLoad) {
      const load = this.loadCompiler
      this.loadCompiler = null
      this.compiled = load()
    }
    return this.compiled
  }

  refuel(): void {
    const wanted = -registers.fuel
    const left = this.stepLimit - this.issued
    if (left < wanted) {
      registers.fuel = 0
      this.stop(faults.steps(this.stepLimit))
    }
    this.poll()
    if (this.memoryInUse !== null && ++this.looks > 1) {
      this.watch(this.memoryInUse)
      if (this.looks % looksBetween === 0) this.lookAtMemory(this.memoryInUse)
    }
    const grant = Math.min(Math.max(stride, wanted), left)
    this.issued += grant
    registers.fuel = grant - wanted
  }

  /** Counts steps that were made outside of the evaluator. */
  took(count: number): void {
    if (this.running) this.step(count)
    else this.issued += count
  }

  step(count: number): void {
    registers.fuel -= count
    if (registers.fuel < 0) this.refuel()
  }

  poll(): void {
    if (this.interruptFlag !== null && Atomics.exchange(this.interruptFlag, 0, 0) !== 0) this.interrupted = true
    if (this.interrupted) this.stop(faults.interrupted())
    if (this.deadline !== Infinity && this.now() > this.deadline) this.stop(faults.time(this.timeLimit))
  }

  /** May one value take so much? */
  holds(bytes: number): boolean {
    return bytes <= Math.min(this.memoryLimit, largestBuffer)
  }

  charge(bytes: number): void {
    if (this.memoryInUse !== null && this.taken + bytes > unwatched) this.watch(this.memoryInUse)
    this.taken += bytes
    if (this.taken <= this.memoryLimit) return
    // Much of what was taken may be free again: ask the host, or count from this charge on.
    if (bytes <= this.memoryLimit) {
      this.taken = this.memoryInUse === null ? bytes : this.memoryInUse(false) + bytes
      if (this.taken <= this.memoryLimit) return
    }
    this.taken = 0
    this.stop(faults.memory(this.memoryLimit))
  }

  /** The host may want to know what was in use at the beginning of a call; most are over before that matters. */
  private watch(memoryInUse: (first: boolean) => number): void {
    if (this.watching) return
    this.watching = true
    memoryInUse(true)
  }

  /** Small values are not charged one by one: the host says now and then how much there is. Garbage counts too, so one look is not enough. */
  private lookAtMemory(memoryInUse: (first: boolean) => number): void {
    this.fullLooks = memoryInUse(false) > this.memoryLimit ? this.fullLooks + 1 : 0
    if (this.fullLooks < mostFullLooks) return
    this.fullLooks = 0
    this.stop(faults.memory(this.memoryLimit))
  }

  release(bytes: number): void {
    this.taken = Math.max(0, this.taken - bytes)
  }

  print(text: string): void {
    if (!this.quiet) this.write(text)
  }

  progress(done: number, total: number, label: string): void {
    if (!this.quiet) this.tell(done, total, label)
  }

  quiet = false

  quietly<T>(f: () => T): T {
    const before = this.quiet
    this.quiet = true
    try {
      return f()
    } finally {
      this.quiet = before
    }
  }

  again<T>(f: () => T): T {
    const { steps, stepLimit } = this
    this.stepLimit = Infinity
    try {
      return this.quietly(f)
    } finally {
      this.stepLimit = stepLimit
      this.issued = steps
      if (this.running) registers.fuel = 0
    }
  }

  private stop(text: FaultText): never {
    throw new FaultError([faultOf(text)], false)
  }
}
