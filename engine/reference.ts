/**
 * The reference of all built-ins: signature, description, examples with their values, and what derivatives are where they are not ordinary.
 * All of it is read off the declarations or computed by running the examples, so that it cannot say what is not so. It must not know where it is shown.
 */

import { elementwise } from "../interpreter/primitives/index.ts"
import { showFunction } from "../interpreter/values/show.ts"
import type { BuiltinFunction } from "../interpreter/values/values.ts"
import { createEngine } from "./full.ts"
import { builtins } from "./builtins.ts"
import { examples } from "./reference-examples.ts"

export interface Example {
  readonly source: string
  /** What it shows; null where it shows nothing. */
  readonly value: string | null
}

export interface BuiltinEntry {
  readonly name: string
  readonly signature: string
  readonly doc: string
  readonly examples: readonly Example[]
  /** What is to be known of its derivative; null where the description and the examples say it. */
  readonly derivative: string | null
}

const engine = createEngine({ tier: 0 })

function shown(source: string): Example {
  let value: string | null = null
  engine.run(source, { onValue: (shown) => (value = shown.toString()) })
  return { source, value }
}

/** The signature, without the options that all plots share. */
function signatureOf(builtin: BuiltinFunction): string {
  const signature = showFunction(builtin)
  return signature.replace(/, label: …, color: …, title: …, .*legend: …/, ", …")
}

/** Ordinary points of a declaration, and where its derivative may be singular, as calls. */
function ownExamples(name: string): readonly string[] {
  const primitive = elementwise.get(name === "log" ? "ln" : name)?.primitive
  if (primitive === undefined) return []
  if (primitive.kind === "unary") {
    const at = String(primitive.at[0] ?? 0.5)
    if (primitive.partial === null) return [`${name}(${at})`, `${name}'(${at})`]
    const edges = [0, 1, -1].filter((x) => x === 0 || isSingular(`${name}'(${String(x)})`))
    return [`${name}(${at})`, `${name}'(${at})`, ...edges.map((x) => `${name}'(${String(x)})`)]
  }
  const at = primitive.at[0]!.join(", ")
  if (primitive.partials.every((partial) => partial === null)) return [`${name}(${at})`]
  return [`${name}(${at})`, `grad(${name})(${at})`, `grad(${name})(0, 0)`]
}

function isSingular(source: string): boolean {
  const value = engine.evaluate(source).toJS()
  return typeof value !== "number" || !Number.isFinite(value)
}

function derivativeOf(name: string): string | null {
  const primitive = elementwise.get(name === "log" ? "ln" : name)?.primitive
  if (primitive === undefined) return null
  const flat =
    primitive.kind === "unary" ? primitive.partial === null : primitive.partials.every((partial) => partial === null)
  if (flat)
    return `Its derivative is 0${primitive.zeroBecause === undefined ? " wherever it exists" : `: ${primitive.zeroBecause}`}.`
  const held = primitive.kind === "binary" ? primitive.partials.findIndex((partial) => partial === null) : -1
  if (held >= 0) return `No derivative with respect to its ${held === 0 ? "first" : "second"} argument.`
  return "Elementwise, with derivatives of every order in every mode."
}

/** The entry of a built-in. */
export function builtinEntry(builtin: BuiltinFunction): BuiltinEntry {
  const { name, doc } = builtin
  const sources = examples[name] ?? ownExamples(name)
  return { name, signature: signatureOf(builtin), doc, examples: sources.map(shown), derivative: derivativeOf(name) }
}

/** The whole reference in Markdown, in alphabetical order, with what a host adds. */
export function referencePage(hosted: readonly BuiltinFunction[] = []): string {
  const entries = [...builtins, ...hosted].map(builtinEntry).sort((a, b) => (a.name < b.name ? -1 : 1))
  const sections = entries.map(({ name, signature, doc, examples: shownExamples, derivative }) => {
    const lines = shownExamples.map(({ source, value }) => (value === null ? source : `${source}   // ${value}`))
    const parts = [`## ${name.replace(/_/g, "\\_")}`, `\`${signature}\``, doc]
    if (derivative !== null) parts.push(derivative)
    if (lines.length > 0) parts.push(`\`\`\`adl\n${lines.join("\n")}\n\`\`\``)
    return parts.join("\n\n")
  })
  return `# Reference

Every built-in function: how it is called, what it gives, and what derivatives are where they are not ordinary. The page is generated from the declarations
by \`npm run reference\`, and every value in it is computed. The [manual](language.md) explains the language; [singular points](language.md#singular-points) has the rules.

${sections.join("\n\n")}
`
}
