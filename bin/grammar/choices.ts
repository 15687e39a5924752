/**
 * Writes down which tokens decide: for each choice of a rule what its alternatives begin with, for each optional or repeated part what it begins with.
 * The grammar decides with one token everywhere, so these first tokens are all there is to know. It must not know what the rules mean.
 */

import { Alternation, NonTerminal, Option, Repetition, Terminal, type IProduction, type Rule } from "chevrotain"

/** What a production can begin with, by the names of the tokens' types, and whether it may be empty. */
interface First {
  readonly types: ReadonlySet<string>
  readonly empty: boolean
}

const header = `/**
 * What each choice of the grammar can begin with, by rule, kind and number: names of the types of tokens.
 * Generated from the rules by \`npm run grammar\`; a test holds it up to date. It must not be edited by hand.
 */

/** The types that begin each alternative, each optional part, each repeated part. */
export interface RuleChoices {
  readonly OR?: readonly (readonly string[])[]
  readonly OPTION?: readonly string[]
  readonly MANY?: readonly string[]
}

`

/** The text of lang/grammar/choices.ts for these rules. */
export function generated(rules: Readonly<Record<string, Rule>>): string {
  const entries = Object.values(rules).map((rule) => {
    const kinds = Object.entries(choicesOf(rule)).map(([kind, list]) => `    ${kind}: ${JSON.stringify(list)},\n`)
    return kinds.length === 0 ? "" : `  ${rule.name}: {\n${kinds.join("")}  },\n`
  })
  return `${header}export const choices: Readonly<Record<string, RuleChoices>> = {\n${entries.join("")}}\n`
}

/** The choices of a rule, each kind in the order of its numbers. */
export function choicesOf(rule: Rule): { OR?: string[][]; OPTION?: string[]; MANY?: string[] } {
  const out: { OR?: string[][]; OPTION?: string[]; MANY?: string[] } = {}
  const place = <T>(list: T[], at: number, choice: T): void => {
    if (at in list) throw new Error(`${rule.name} numbers two choices ${String(at)}`)
    list[at] = choice
  }
  const walk = (sequence: readonly IProduction[]): void => {
    for (const production of sequence) {
      if (production instanceof NonTerminal || production instanceof Terminal) continue
      if (production instanceof Alternation) {
        place(
          (out.OR ??= []),
          production.idx,
          production.definition.map((part) => begin(rule, part)),
        )
      }
      if (production instanceof Option) place((out.OPTION ??= []), production.idx, begin(rule, production))
      if (production instanceof Repetition) place((out.MANY ??= []), production.idx, begin(rule, production))
      walk(definitionOf(production))
    }
  }
  walk(rule.definition)
  for (const list of Object.values(out))
    if (Object.keys(list).length < list.length) throw new Error(`${rule.name} leaves a number out`)
  return out
}

function begin(rule: Rule, part: IProduction): string {
  const { types, empty } = first(definitionOf(part))
  if (empty) throw new Error(`a part of ${rule.name} may be empty: one token cannot decide`)
  return [...types].join(" ")
}

/** What a sequence of productions can begin with. No rule begins with itself, so this ends. */
function first(sequence: readonly IProduction[]): First {
  const types = new Set<string>()
  for (const production of sequence) {
    const own = firstOf(production)
    for (const type of own.types) types.add(type)
    if (!own.empty) return { types, empty: false }
  }
  return { types, empty: true }
}

function firstOf(production: IProduction): First {
  if (production instanceof Terminal) return { types: new Set([production.terminalType.name]), empty: false }
  if (production instanceof NonTerminal) return first(production.referencedRule.definition)
  if (production instanceof Alternation) {
    const alternatives = production.definition.map((alternative) => first(definitionOf(alternative)))
    const types = new Set(alternatives.flatMap((alternative) => [...alternative.types]))
    return { types, empty: alternatives.some(({ empty }) => empty) }
  }
  return { types: first(definitionOf(production)).types, empty: true }
}

function definitionOf(production: IProduction): readonly IProduction[] {
  return (production as Partial<Rule>).definition ?? []
}
