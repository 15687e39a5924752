/**
 * The derivative modes in which a case runs: the language's own operators, forward, reverse and the two mixtures. A
 * mode is a prelude of ADL text that defines D1, G1, J1, H1 … (outer) and D2, G2 … (inner). It must not know any case.
 */
import { programs } from "./programs.ts"

/** The names of the modes. */
export const modes = ["native", "forward", "reverse", "forward over reverse", "reverse over forward"] as const

/** One of the modes. */
export type Mode = (typeof modes)[number]

const file = programs("operators.adl")

function part(name: string, variant = ""): string {
  const found = file.programs.find((program) => program.name === name && program.variant === variant)
  if (found === undefined) throw new Error(`operators.adl has no part ${name}#${variant}`)
  return found.body
}

/** The prelude of a mode. */
export function operators(mode: Mode): string {
  return file.preamble + part(mode) + part("names") + part("orders", mode === "native" ? "native" : "mixed")
}
