/**
 * Reads the case files (data/*.json) and the ADL programs for them (*.adl). A file of programs holds many, each after
 * a line `//: name`, which may add `#variant` and, after `::`, the modes it is for; what stands before the first is
 * the preamble of all. It must not know what the programs compute.
 */
import { readFileSync } from "node:fs"
import type { Tolerance } from "./compare.ts"

/** One entry of a case file; the fields that only some suites have are read by their tests. */
export interface Case {
  readonly id: string
  readonly expect: unknown
  readonly tol?: Tolerance
  readonly fn?: string
  readonly args?: unknown[]
  readonly weights?: unknown
  readonly inputs?: Record<string, unknown>
  readonly [field: string]: unknown
}

/** A case file. */
export interface Suite {
  readonly tolerance_default?: Tolerance
  readonly cases: Case[]
}

/** One program of a `.adl` file of programs. */
export interface Program {
  readonly name: string
  readonly variant: string
  /** The modes it is meant for; all of them when it does not say. */
  readonly modes: readonly string[]
  readonly body: string
}

/** The text of a file beside this one. */
export function text(path: string): string {
  return readFileSync(new URL(path, import.meta.url), "utf8")
}

/** The case file of a suite. */
export function suite(name: string): Suite {
  return JSON.parse(text(`data/${name}.json`)) as Suite
}

/** A file of programs: its preamble and its programs, in order. */
export function programs(file: string): { preamble: string; programs: Program[] } {
  const [preamble = "", ...parts] = text(file).split(/^\/\/: /m)
  return { preamble, programs: parts.map(program) }
}

function program(part: string): Program {
  const end = part.indexOf("\n")
  const [title = "", modes = ""] = part.slice(0, end).split(" :: ")
  const [name = "", variant = ""] = title.trim().split("#")
  return { name, variant, modes: modes.split(",").flatMap((mode) => mode.trim() || []), body: part.slice(end + 1) }
}

/** A value of a case file as an ADL literal. */
export function literal(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "0" : String(value).replace("e+", "e")
  if (value === "NaN") return "nan"
  if (value === "Infinity") return "inf"
  if (value === "-Infinity") return "-inf"
  if (typeof value === "string") return JSON.stringify(value).replaceAll("{", "\\{")
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`
  if (value !== null && typeof value === "object") {
    const fields = Object.entries(value).filter(([name]) => /^[A-Za-z_]\w*$/.test(name))
    return `{ ${fields.map(([name, field]) => `${name}: ${literal(field)}`).join(", ")} }`
  }
  return String(value)
}

/** `let` lines that bind each field of a record of inputs. */
export function bindings(inputs: Record<string, unknown>): string {
  return Object.entries(inputs)
    .map(([name, value]) => `let ${name} = ${literal(value)}\n`)
    .join("")
}
