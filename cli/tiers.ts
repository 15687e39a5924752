/**
 * `adl check --tiers` and `adl check --emit sir|lir|js`: what the compiled tier makes of a file's functions, or why it does not.
 * Code is made for the arguments of calls, so the file is run, with nothing printed. It must not know how code is made.
 */

import type { Engine } from "../engine/engine.ts"
import type { Code, CoreModule } from "../lang/core.ts"
import { faults } from "../lang/report/catalogue.ts"
import { raise } from "../lang/report/fault.ts"
import { position, type Span } from "../lang/report/span.ts"
import { rootOf, type Report } from "../compiler/tier.ts"
import { showLir } from "../compiler/show-lir.ts"
import { showSir } from "../compiler/show.ts"
import { visitCore } from "../interpreter/evaluate/scan.ts"
import { kindOf } from "../interpreter/values/kinds.ts"
import { isFunction, type Value } from "../interpreter/values/values.ts"
import { hostEngine } from "./host.ts"
import { UsageError, type Invocation } from "./invocation.ts"
import { writeLine } from "./output.ts"
import { reporting } from "./report.ts"
import { readProgram } from "./text.ts"

/** `line 3`, or `line 3, column 7` of a place in this file; with its name where it is another. */
export function placeOf(span: Span, file: string): string {
  const { line, column } = position(span.source, span.start)
  return `${span.source.name === file ? "" : `${span.source.name} `}line ${String(line)}, column ${String(column)}`
}

/** The named functions that a module defines, in order. */
function functionsOf(module: CoreModule): Code[] {
  const found: Code[] = []
  for (const statement of module.statements) {
    const pending: Code[] = [statement.code]
    while (pending.length > 0) {
      visitCore(pending.pop()!.body, (core) => {
        if (core.kind === "lambda") {
          if (core.code.name !== "anonymous") found.push(core.code)
          pending.push(core.code)
        }
        return true
      })
    }
  }
  return found.sort((a, b) => a.span.start - b.span.start)
}

/** `adl check --tiers FILE`. */
export async function tiers(invocation: Invocation): Promise<number> {
  const [path] = invocation.positionals
  const json = invocation.flags["json"] === true
  if (path === undefined) throw new UsageError("check --tiers needs a file", "check")
  const engine = hostEngine(invocation, { print: () => undefined })
  const profiler = await engine.profile()
  return reporting(json, () => {
    const { name, text } = readProgram(path)
    const module = engine.prepare(text, name)
    engine.enter(() => {
      engine.loader.run(module, null)
    })
    const reports = profiler.reports()
    const functions = functionsOf(module)
    for (const code of functions) {
      const mine = reports.filter((report) => report.code === code)
      if (json) {
        const { line } = position(code.span.source, code.span.start)
        writeLine(JSON.stringify({ function: code.name, line, requests: mine.map((report) => entryOf(report)) }))
      } else if (mine.length === 0) writeLine(`${code.name}: not asked for on its own`)
      else for (const report of mine) writeLine(`${code.name}: ${told(report, name)}`)
    }
    if (functions.length === 0 && !json) writeLine(`${path} defines no functions`)
    return 0
  })
}

function told({ request, compiled, reason, span }: Report, file: string): string {
  const what = request === "call" ? "" : `${request} `
  if (reason === null) return `${what}${compiled ? "compiled" : "interpreted"}`
  const why = `${reason}${span === null ? "" : ` (${placeOf(span, file)})`}`
  return `${what}${compiled ? "compiled; for other arguments interpreted" : "interpreted"}: ${why}`
}

function entryOf({ request, compiled, reason, span, runs, steps }: Report): object {
  const at = span === null ? null : position(span.source, span.start)
  return { request, compiled, reason, line: at?.line ?? null, column: at?.column ?? null, runs, steps }
}

/** `adl check --emit sir|lir|js FILE FUNCTION [ARGS…]`. */
export async function emitCode(invocation: Invocation, stage: "sir" | "lir" | "js"): Promise<number> {
  const [path, fn, ...args] = invocation.positionals
  if (path === undefined || fn === undefined)
    throw new UsageError(`check --emit ${stage} needs a file and a function`, "check")
  const engine = hostEngine(invocation, { print: () => undefined })
  const profiler = await engine.profile()
  return reporting(false, () => {
    const { name, text } = readProgram(path)
    const session = engine.session()
    session.run(text, { name })
    const value = (source: string): Value => session.run(source, { name: `<${source}>` }).value
    const f = value(fn)
    if (!isFunction(f))
      engine.enter(() => raise(faults.wrongArgument("check --emit", "FUNCTION", "a function", kindOf(f))))
    if (args.length > 0) callOnce(engine, f, args.map(value))
    const code = rootOf(f)
    const made = code === null ? [] : profiler.compiledOf(code)
    for (const { request, entry } of made) {
      writeLine(`// ${fn}: ${request}`)
      writeLine(stage === "sir" ? showSir(entry.sir) : stage === "lir" ? showLir(entry.lir) : entry.js.source)
    }
    if (made.length > 0) return 0
    const reason = profiler.reports().find((report) => report.code === code && report.reason !== null)
    if (reason !== undefined) writeLine(`// ${fn}: ${told(reason, name)}`)
    else
      writeLine(
        `// ${fn} is not called in ${path}: give arguments, as in \`adl check --emit ${stage} ${path} ${fn} ARGS…\``,
      )
    return 1
  })
}

function callOnce(engine: Engine, f: Value, args: readonly Value[]): void {
  engine.enter(() => {
    engine.runtime.call(f, args)
  })
}
