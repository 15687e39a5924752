/**
 * Parsing: a text becomes a program and a list of faults.
 * The parser is built when first needed and kept; every text, however broken, gives a program and is answered in bounded time and stack.
 * It must not know what the program means.
 */

import type { Program } from "./ast.ts"
import { Grammar } from "./grammar.ts"
import { layout } from "./layout.ts"
import { limitFaults } from "./report/catalogue/limits.ts"
import { faultOf, type Fault } from "./report/fault.ts"
import type { Source } from "./report/span.ts"

let grammar: Grammar | null = null

/** A program, and what is wrong with it in the order of the text; with faults the program has holes. */
export interface Parsed {
  readonly program: Program
  readonly faults: readonly Fault[]
}

/** Reads a source text. */
export function parse(source: Source): Parsed {
  const { program, faults } = read(source)
  return { program, faults }
}

/** Would more input help: is something open at the end of this text, and nothing else wrong? */
export function isIncomplete(source: Source): boolean {
  return read(source).unfinished
}

function read(source: Source): Parsed & { unfinished: boolean } {
  const laidOut = layout(source)
  const span = { source, start: 0, end: source.text.length }
  const nothing: Program = { statements: [], span, doc: null }
  if (laidOut.hopeless) return { program: nothing, faults: laidOut.faults, unfinished: false }
  try {
    grammar ??= new Grammar()
    const { program, faults, unfinished } = grammar.read(source, laidOut)
    const all = [...laidOut.faults, ...faults]
    all.sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0))
    return {
      program,
      faults: all,
      unfinished: laidOut.faults.length > 0 ? laidOut.open && faults.length === 0 : unfinished,
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    // the native stack ended: a nesting that the limits of the grammar do not know
    grammar = null
    return {
      program: nothing,
      faults: [faultOf(limitFaults.nestedStructure(), { ...span, end: 0 })],
      unfinished: false,
    }
  }
}
