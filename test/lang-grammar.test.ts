/** The rules of the grammar, as Chevrotain reads them: free of ambiguities, and what was written down of them is true. */

import {
  Alternation,
  LLkLookaheadStrategy,
  NonTerminal,
  Option,
  Repetition,
  type IProduction,
  type IProductionWithOccurrence,
  type Rule,
} from "chevrotain"
import { expect, test, vi } from "vitest"
import type { Recognizer } from "../bin/grammar/chevrotain.ts"
import { choicesOf } from "../bin/grammar/choices.ts"
import { choices } from "../lang/grammar/choices.ts"

// modules anew, for the grammar has been loaded with its own recognizer
vi.resetModules()
vi.doMock("../lang/grammar/recognizer.ts", () => import("../bin/grammar/chevrotain.ts"))
const { Grammar } = await import("../lang/grammar.ts")
const { VOCABULARY } = await import("../lang/tokens.ts")

const rules = (new Grammar() as unknown as Recognizer).analysed()

test("lang/grammar/choices.ts is up to date: `npm run grammar`", () => {
  const found = Object.values(rules).map((rule) => [rule.name, choicesOf(rule)] as const)
  expect(choices).toEqual(Object.fromEntries(found.filter(([, kinds]) => Object.keys(kinds).length > 0)))
})

test("every choice is decided by one token as the parser generator's own strategy decides it", () => {
  const strategy = new LLkLookaheadStrategy({ maxLookahead: 1 })
  const tokens = VOCABULARY.map((type) => ({ name: type.name, LA_FAST: () => ({ ...type, tokenType: type }) }))
  let asked = 0
  const agree = (rule: Rule, production: IProductionWithOccurrence): void => {
    const choices = choicesOf(rule)
    const common = { rule, prodOccurrence: production.idx, maxLookahead: 1, dynamicTokensEnabled: false }
    const theirs: (this: unknown) => unknown =
      production instanceof Alternation
        ? strategy.buildLookaheadForAlternation({ ...common, hasPredicates: false })
        : strategy.buildLookaheadForOptional({
            ...common,
            prodType: production instanceof Option ? "Option" : "Repetition",
          })
    const includes = (names: string, name: string): boolean => names.split(" ").includes(name)
    const ours = (name: string): unknown => {
      if (production instanceof Option) return includes(choices.OPTION![production.idx]!, name)
      if (production instanceof Repetition) return includes(choices.MANY![production.idx]!, name)
      const at = choices.OR![production.idx]!.findIndex((names) => includes(names, name))
      return at < 0 ? undefined : at
    }
    for (const token of tokens) {
      asked++
      expect([rule.name, token.name, ours(token.name)]).toEqual([rule.name, token.name, theirs.call(token)])
    }
  }
  const walk = (rule: Rule, production: { definition?: IProduction[] }): void => {
    for (const inner of production.definition ?? []) {
      if (inner instanceof NonTerminal) continue
      if (inner instanceof Alternation || inner instanceof Option || inner instanceof Repetition) agree(rule, inner)
      walk(rule, inner as { definition?: IProduction[] })
    }
  }
  for (const rule of Object.values(rules)) walk(rule, rule)
  expect(asked).toBeGreaterThan(1000)
})
