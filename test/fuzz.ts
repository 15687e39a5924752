/**
 * Inputs for fuzzing: random bytes, random tokens, mutated valid programs and random well-typed programs, all from a seed, and what becomes of one.
 * An input is parsed, checked, laid out, run and differentiated with small limits; what may come of it is a value or an `AdlError` of the catalogue, in
 * bounded time, never an exception of JavaScript.
 */

import { readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { AdlError, createEngine } from "../engine/index.ts"
import { freshTag } from "../interpreter/autodiff/num.ts"
import { format } from "../lang/format.ts"
import { randomProgram } from "./random-program.ts"
import { randomProgram as differentialProgram } from "./differential-generator.ts"

const root = resolve(import.meta.dirname, "..")

/** What of an input was reached. */
export interface Outcome {
  /** Its statements ran, at least the first of them. */
  readonly evaluated: boolean
  /** A derivative was taken. */
  readonly derived: boolean
  /** What no input may bring about, or null. */
  readonly problem: string | null
}

/** A generator of numbers in [0, 1) (mulberry32). */
function random(seed: number): () => number {
  let state = (Math.imul(seed, 2654435761) + 1) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Valid programs to begin with: the examples and the blocks of the documentation. */
const seeds: readonly string[] = [
  ...readdirSync(join(root, "examples"))
    .filter((file) => file.endsWith(".adl"))
    .map((file) => readFileSync(join(root, "examples", file), "utf8")),
  ...["docs/language.md", "README.md"].flatMap((page) =>
    [...readFileSync(join(root, page), "utf8").matchAll(/^```adl\n([^]*?)^```$/gm)].map((found) => found[1]!),
  ),
]

const words =
  'let var fn match if else for in while break continue return do true false and or not type import test bench ( ) [ ] { } , : ; \' ... . .. ..= => = == != < <= > >= + - * / % ^ @ ++ |> | _ x y f 0 1 2.5 1e3 1_000 "a" "{x}" pi inf nan grad jvp vjp diff hessian sum map zeros [1,2] {a:1} x=>x^2 sin exp where \n // /* */ /// é __proto__ constructor'.split(
    " ",
  )

/** The kinds of inputs, by turns. */
const kinds = ["bytes", "tokens", "mutated", "mutated", "typed", "differential"] as const

/** The text of input number `seed`. */
export function inputOf(seed: number): { kind: (typeof kinds)[number]; text: string } {
  const next = random(seed)
  const below = (n: number): number => Math.floor(next() * n)
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!
  const kind = kinds[seed % kinds.length]!
  switch (kind) {
    case "bytes": {
      const bytes = Uint8Array.from({ length: below(200) }, () => (next() < 0.8 ? 32 + below(95) : below(256)))
      return { kind, text: new TextDecoder().decode(bytes) }
    }
    case "tokens":
      return { kind, text: Array.from({ length: 1 + below(60) }, () => pick(words)).join(next() < 0.5 ? " " : "") }
    case "mutated":
      return { kind, text: mutated(pick(seeds), below, pick) }
    case "typed":
      return { kind, text: `${randomProgram(seed)}\ngrad(main)(0.5)` }
    case "differential":
      return { kind, text: `${differentialProgram(seed)}\ngrad(f, wrt: 0)(inputs[0], inputs[1])` }
  }
}

/** A program with a few words or numbers replaced, doubled, moved or left out. */
function mutated(text: string, below: (n: number) => number, pick: <T>(items: readonly T[]) => T): string {
  const parts = text.match(/\s+|\w+|[^\s\w]/g) ?? []
  for (let n = 1 + below(3); n > 0; n--) {
    const at = below(parts.length)
    switch (below(5)) {
      case 0:
        parts[at] = pick(words)
        break
      case 1:
        parts.splice(at, 1)
        break
      case 2:
        parts.splice(at, 0, parts[below(parts.length)] ?? "")
        break
      case 3:
        if (/^\d+$/.test(parts[at] ?? "")) parts[at] = pick(["0", "1", "-1", "0.5", "1e9", "1e308", "nan", "inf", "7"])
        else parts[at] = pick(["sin", "x", "grad", "sum", "[1, 2]", "()", "(1, 2)", "{ a: 1 }"])
        break
      default:
        ;[parts[at], parts[below(parts.length)]] = [parts[below(parts.length)] ?? "", parts[at] ?? ""]
    }
  }
  return parts.join("")
}

/** Steps, milliseconds and memory for each input. */
const limits = { steps: 20_000, ms: 2000, memory: 2 ** 26, depth: 1000 }
/** Milliseconds after which an input counts as hanging, on however busy a machine. */
const hang = 20_000

/** Puts one input through everything. */
export function tried(text: string): Outcome {
  let evaluated = false
  let derived = false
  const started = Date.now()
  try {
    format({ name: "fuzz.adl", text })
    const engine = createEngine({ limits, tier: 0 })
    allowed(() => engine.check(text, "fuzz.adl"))
    allowed(() => {
      const module = engine.prepare(text, "fuzz.adl")
      evaluated = module.statements.length > 0
    })
    allowed(() => {
      const before = freshTag()
      try {
        engine.run(text, { onValue: (value) => void `${value.toString()} ${value.type} ${JSON.stringify(value)}` })
      } finally {
        derived = freshTag() > before + 1
      }
    })
    const took = Date.now() - started
    return { evaluated, derived, problem: took > hang ? `it took ${String(took)} ms` : null }
  } catch (error) {
    return { evaluated, derived, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

/** Errors that a program may end with, which must render and be no mistake of the engine. */
function allowed(f: () => void): void {
  try {
    f()
  } catch (error) {
    if (!(error instanceof AdlError)) throw error
    const text = error.render()
    if (error.diagnostics.length === 0 || error.diagnostics.some(({ code }) => code === "E0712"))
      throw error.cause ?? error
    if (/\[object |undefined|\bat .*\.ts:\d/.test(text.replaceAll(/^.*\|.*$/gm, "")))
      throw new Error(`an odd message: ${text}`)
  }
}

/** Runs inputs `from` to `to`; tells of each problem, and gives the shares that reached evaluation and a derivative. */
export function fuzz(
  from: number,
  to: number,
  tell: (seed: number, kind: string, text: string, problem: string) => void,
): { inputs: number; evaluated: number; derived: number } {
  let evaluated = 0
  let derived = 0
  for (let seed = from; seed < to; seed++) {
    const { kind, text } = inputOf(seed)
    const outcome = tried(text)
    if (outcome.evaluated) evaluated++
    if (outcome.derived) derived++
    if (outcome.problem !== null) tell(seed, kind, text, outcome.problem)
  }
  const inputs = to - from
  return { inputs, evaluated: evaluated / inputs, derived: derived / inputs }
}
