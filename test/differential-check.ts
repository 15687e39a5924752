/**
 * Checking random programs: what is wrong with one, made small, and what many of them were made of.
 * It must not know what is being looked for, nor how programs are made.
 */

import { isVar, routinesOf, walk } from "../compiler/sir.ts"
import { compare, type Comparison } from "./differential.ts"
import { randomProgram } from "./differential-generator.ts"
import { shrink } from "./shrink.ts"

/** What is wrong with a program; null where nothing is, or where it is no program. */
export function failureOf(text: string): string | null {
  const comparison = compare(text)
  return comparison === null ? null : failureIn(comparison)
}

function failureIn({ notes, disagreements }: Comparison): string | null {
  const [note] = notes
  if (note !== undefined) return note.split("\n")[0]!
  const [first] = disagreements
  return first === undefined ? null : `${first.name}: ${first.reference} in tier 0, ${first.found} compiled`
}

/** The failure with its seed and the smallest program that has one like it. */
export function shrunk(seed: number, failure: string): string {
  const kind = (text: string | null): string | null => text && text.replace(/-?[\d.]+(e-?\d+)?/g, "#")
  const smallest = shrink(randomProgram(seed), (text) => kind(failureOf(text)) === kind(failure))
  return `seed ${String(seed)}: ${failure}\n\n${smallest}\n${failureOf(smallest) ?? ""}\n`
}

/** What programs were made of. */
export class Statistics {
  programs = 0
  loaded = 0
  calls = 0
  evaluated = 0
  compiled = 0
  /** Programs of which some function ran compiled. */
  compiledPrograms = 0
  /** In how many programs each kind of statement and operation was run. */
  readonly kinds = new Map<string, number>()
  /** Why functions were left to tier 0. */
  readonly reasons = new Map<string, number>()

  /** Runs the program with this seed, and says what is wrong. */
  check(seed: number): string | null {
    this.programs++
    const comparison = compare(randomProgram(seed))
    if (comparison === null) return "does not load"
    this.loaded++
    this.calls += comparison.calls
    this.evaluated += comparison.evaluated
    this.compiled += comparison.compiled
    if (comparison.compiled > 0) this.compiledPrograms++
    count(this.reasons, comparison.reasons)
    count(
      this.kinds,
      comparison.code.flatMap((code) => [...kindsIn(code)]),
    )
    return failureIn(comparison)
  }

  /** In what share of the programs a kind occurs. */
  share(kind: string): number {
    return (this.kinds.get(kind) ?? 0) / this.programs
  }

  text(): string {
    const percent = (n: number, of: number): string => `${((100 * n) / of).toFixed(1)} %`
    const table = (counts: ReadonlyMap<string, number>): string[] =>
      [...counts].sort((a, b) => b[1] - a[1]).map(([name, n]) => `  ${percent(n, this.programs).padStart(7)}  ${name}`)
    return [
      `loaded: ${percent(this.loaded, this.programs)} of ${String(this.programs)} programs`,
      `gave a value: ${percent(this.evaluated, this.calls)} of ${String(this.calls)} calls`,
      `ran compiled: ${percent(this.compiled, this.evaluated)} of these, in ${percent(this.compiledPrograms, this.programs)} of programs`,
      "kinds of SIR, in programs:",
      ...table(this.kinds),
      "left to tier 0, in programs:",
      ...table(this.reasons),
    ].join("\n")
  }
}

function count(counts: Map<string, number>, names: Iterable<string>): void {
  for (const name of new Set(names)) counts.set(name, (counts.get(name) ?? 0) + 1)
}

function* kindsIn(code: Comparison["code"][number]): Generator<string> {
  const bodies = code.forms.flatMap((sir) => [sir, ...routinesOf(sir)]).map(({ body }) => body)
  for (const stmt of bodies.flatMap((body) => [...walk(body)])) {
    yield stmt.kind
    if (stmt.kind === "let") yield `let ${typeof stmt.op === "string" ? stmt.op : stmt.op.kind}`
    if (stmt.kind === "row") yield `row ${stmt.row.name}`
    if (stmt.kind === "for") yield stmt.down ? "for down" : stmt.exits ? "for with a way out" : "for"
    if (stmt.kind === "while") yield stmt.exits ? "while with a way out" : "while"
    if (stmt.kind === "push") yield isVar(stmt.value) && stmt.value.type === "buf" ? "push array" : "push number"
  }
}
