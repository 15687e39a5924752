/**
 * The SIMD module as an object, made when first asked for; null where its text has not been offered yet, or the host has no WebAssembly or forbids it.
 * Compilation is synchronous (a few milliseconds, once) so that no kernel needs a promise; the memory grows and is dropped when large.
 * It must not know which algorithm uses it.
 */
/** A function of the module on byte addresses and numbers. */
export type Kernel = (...args: number[]) => number

interface Memory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** The part of the host's WebAssembly used here; not every host has it. */
interface Host {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object) => { readonly exports: Record<string, unknown> }
}

export interface Kernels {
  readonly vexp: Kernel
  readonly vexpm1: Kernel
  readonly vlog: Kernel
  readonly vlog1p: Kernel
  readonly vsigmoid: Kernel
  readonly vtanh: Kernel
  readonly vsin: Kernel
  readonly vcos: Kernel
  readonly sum: Kernel
  readonly dot: Kernel
  readonly axpy: Kernel
  readonly rowdots: Kernel
  readonly rowsum: Kernel
  readonly rankone: Kernel
  readonly ranktwo: Kernel
  readonly symmetric: Kernel
  readonly rotations: Kernel
  readonly updaterowdots: Kernel
  readonly updaterowsum: Kernel
  readonly product: Kernel
  readonly triangular: Kernel
  readonly work_space: Kernel
}

/** The instance: its functions, its memory and where the free part of that begins. */
export interface Instance {
  readonly kernels: Kernels
  readonly memory: Memory
  readonly base: number
  /** Of all memory; empty once that has grown. */
  view: Float64Array
}

let offered: (() => string) | null = null
let compiled: object | null = null
let instance: Instance | null = null
let refused = false

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text)
  const bytes = new Uint8Array(raw.length)
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i)
  return bytes
}

/** Says where the module's text is, which need not be there before it is asked for. */
export function offerSimd(text: () => string): void {
  offered ??= text
}

/** The instance, or null where there can be none; the JavaScript twins answer the same bits. */
export function simd(): Instance | null {
  if (instance !== null || refused || offered === null) return instance
  const host = (globalThis as { WebAssembly?: Host }).WebAssembly
  try {
    if (host === undefined) throw new Error("no WebAssembly")
    compiled ??= new host.Module(bytesOf(offered()))
    const { exports } = new host.Instance(compiled)
    const base = (exports["__heap_base"] as { readonly value: number }).value + 15
    const memory = exports["memory"] as Memory
    const view = new Float64Array(memory.buffer)
    instance = { kernels: exports as unknown as Kernels, memory, base: base - (base % 16), view }
  } catch {
    refused = true
  }
  return instance
}

/** Uses the twins from now on (true) or the module again (false): for tests and for hosts without it. */
export function refuseSimd(refuse: boolean): void {
  refused = refuse
  instance = null
}

/** Doubles after the base that are the window of elementwise functions; other memory begins behind. */
export const WINDOW = 2048

/** Makes room for so many doubles past the base; returns a view of all memory, which the next growth makes stale. */
export function room(target: Instance, doubles: number): Float64Array {
  const needed = target.base + 8 * doubles
  const have = 8 * target.view.length
  if (needed > have) {
    target.memory.grow(Math.ceil((needed - have) / 65536))
    target.view = new Float64Array(target.memory.buffer)
  }
  return target.view
}

/** Gives large memory back: the next use starts with a fresh one. */
export function release(target: Instance): void {
  if (target === instance && 8 * target.view.length > 64 * 1048576) instance = null
}
