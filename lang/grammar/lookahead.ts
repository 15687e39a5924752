/**
 * Which alternative a token begins: the grammar decides with one token everywhere.
 * Every set of first tokens is found once and kept, where the parser generator's own strategy, made for any number of tokens, follows all paths anew for
 * each choice; at the start of a process that took as long as all the rest of the parser. It must not know what the rules mean.
 */

import {
  Alternation,
  LLkLookaheadStrategy,
  NonTerminal,
  Option,
  Repetition,
  Terminal,
  type ILookaheadStrategy,
  type IOrAlt,
  type IProduction,
  type IToken,
  type Rule,
} from "chevrotain"

/** What a production can begin with, by the index of the token's type, and whether it may be empty. */
interface First {
  readonly types: ReadonlySet<number>
  readonly empty: boolean
}

/** What lookahead functions are called on: the parser, which shows the next token. */
interface Reader {
  LA_FAST(distance: number): IToken
}

type ForChoice = ILookaheadStrategy["buildLookaheadForAlternation"]
type ForOptional = ILookaheadStrategy["buildLookaheadForOptional"]
type Kind = typeof Alternation | typeof Option | typeof Repetition

/** The one token that decides, for grammars of `CONSUME`, `SUBRULE`, `OR`, `OPTION` and `MANY`. */
export class OneToken extends LLkLookaheadStrategy {
  private readonly rules = new Map<Rule, First>()

  constructor() {
    super({ maxLookahead: 1 })
  }

  override buildLookaheadForAlternation(options: Parameters<ForChoice>[0]): ReturnType<ForChoice> {
    const choice = find(options.rule.definition, Alternation, options.prodOccurrence)
    const alternatives = choice.definition.map((alternative) => this.first(definitionOf(alternative)))
    if (options.hasPredicates) {
      return function (this: Reader, alts?: IOrAlt<unknown>[]): number | undefined {
        const type = this.LA_FAST(1).tokenTypeIdx
        for (const [at, { types, empty }] of alternatives.entries()) {
          if (!empty && !types.has(type)) continue
          if (alts?.[at]?.GATE?.call(this) === false) continue
          return at
        }
        return undefined
      }
    }
    const byType: (number | undefined)[] = []
    let otherwise: number | undefined
    for (const [at, { types, empty }] of alternatives.entries()) {
      if (otherwise !== undefined) break
      for (const type of types) byType[type] ??= at
      if (empty) otherwise = at
    }
    return function (this: Reader): number | undefined {
      return byType[this.LA_FAST(1).tokenTypeIdx] ?? otherwise
    }
  }

  override buildLookaheadForOptional(options: Parameters<ForOptional>[0]): ReturnType<ForOptional> {
    const kind = options.prodType === "Option" ? Option : Repetition
    const { types, empty } = this.first(find(options.rule.definition, kind, options.prodOccurrence).definition)
    const begins: boolean[] = []
    for (const type of types) begins[type] = true
    return function (this: Reader): boolean {
      return empty || begins[this.LA_FAST(1).tokenTypeIdx] === true
    }
  }

  /** What a sequence of productions can begin with. */
  private first(sequence: readonly IProduction[]): First {
    const types = new Set<number>()
    for (const production of sequence) {
      const own = this.firstOf(production)
      for (const type of own.types) types.add(type)
      if (!own.empty) return { types, empty: false }
    }
    return { types, empty: true }
  }

  private firstOf(production: IProduction): First {
    if (production instanceof Terminal) {
      return { types: new Set([production.terminalType.tokenTypeIdx ?? -1]), empty: false }
    }
    if (production instanceof NonTerminal) return this.firstOfRule(production.referencedRule)
    if (production instanceof Alternation) {
      const alternatives = production.definition.map((alternative) => this.first(definitionOf(alternative)))
      const types = new Set(alternatives.flatMap((alternative) => [...alternative.types]))
      return { types, empty: alternatives.some(({ empty }) => empty) }
    }
    return { types: this.first(definitionOf(production)).types, empty: true }
  }

  /** No rule begins with itself, so this ends. */
  private firstOfRule(rule: Rule): First {
    let found = this.rules.get(rule)
    if (found === undefined) {
      found = this.first(rule.definition)
      this.rules.set(rule, found)
    }
    return found
  }
}

function definitionOf(production: IProduction): readonly IProduction[] {
  return (production as Partial<Rule>).definition ?? []
}

/** The production of a kind and number within a rule, not looking into the rules it calls. */
function find<Class extends Kind>(
  sequence: readonly IProduction[],
  kind: Class,
  occurrence: number,
): InstanceType<Class> {
  const open = [...sequence]
  for (;;) {
    const production = open.pop()
    if (production === undefined) throw new Error("the rule has no such production")
    if (production instanceof kind && production.idx === occurrence) return production as InstanceType<Class>
    if (!(production instanceof NonTerminal)) open.push(...definitionOf(production))
  }
}
