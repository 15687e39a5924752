/**
 * Reads tokens by rules that look one token ahead: what the grammar is written with.
 * Its words are those of Chevrotain (`RULE`, `CONSUME`, `OR`, …), which reads the same rules when `npm run grammar` checks them and writes down in `choices.ts`
 * what each choice can begin with; so a process that only reads programs needs neither the generator nor its analysis. It must not know any rule.
 */

import type { IToken, TokenType } from "chevrotain"
import { EOF, VOCABULARY } from "../tokens.ts"
import { choices, type RuleChoices } from "./choices.ts"

/** A rule as it is called; `SUBRULE` calls it. */
export type Rule<Args extends unknown[], Result> = (...args: Args) => Result

interface Alternative<Result> {
  readonly ALT: () => Result
  /** May it be chosen here? */
  readonly GATE?: () => boolean
}
type Alternatives<Result> =
  readonly Alternative<Result>[] | { readonly DEF: readonly Alternative<Result>[]; readonly IGNORE_AMBIGUITIES: true }
type Optional<Result> = (() => Result) | { readonly GATE: () => boolean; readonly DEF: () => Result }

/** What the next token decides, by the index of its type: the alternatives that it begins, in order, or whether a part is there at all. */
interface Decisions {
  readonly alternatives: readonly (readonly (readonly number[] | undefined)[])[]
  readonly options: readonly (readonly boolean[])[]
  readonly repetitions: readonly (readonly boolean[])[]
}

/** Thrown where the text does not fit: what was expected, or in which rule nothing fitted. */
export class Mismatch {
  readonly expected: TokenType | null
  readonly rule: string
  constructor(expected: TokenType | null, rule: string) {
    this.expected = expected
    this.rule = rule
  }
}

/** Stands before and behind every text. */
const END: IToken = { image: "", startOffset: NaN, tokenTypeIdx: EOF.tokenTypeIdx ?? 0, tokenType: EOF }

interface Running {
  readonly name: string
  readonly decisions: Decisions
}

export abstract class Recognizer {
  /** Are the rules being read instead of a text? Only Chevrotain does that. */
  protected readonly RECORDING_PHASE: boolean = false
  protected tokens: readonly IToken[] = []
  private position = 0
  private next = END
  private previous = END
  private rule: Running | null = null

  /** Gets ready to read these tokens. */
  protected open(tokens: readonly IToken[]): void {
    this.tokens = tokens
    this.position = 0
    this.next = tokens[0] ?? END
    this.previous = END
    this.rule = null
  }

  /** The next token, or the one before it. */
  protected LA(distance: 0 | 1): IToken {
    return distance === 1 ? this.next : this.previous
  }

  /** Goes one token further, and gives the next. */
  protected SKIP_TOKEN(): IToken {
    if (this.position < this.tokens.length) {
      this.previous = this.next
      this.next = this.tokens[++this.position] ?? END
    }
    return this.next
  }

  protected RULE<Args extends unknown[], Result>(name: string, body: Rule<Args, Result>): Rule<Args, Result> {
    let running: Running | null = null
    return (...args) => {
      const outer = this.rule
      this.rule = running ??= { name, decisions: decisionsOf(choices[name] ?? {}) }
      try {
        return body(...args)
      } finally {
        this.rule = outer
      }
    }
  }

  // The numbers tell calls of one kind within a rule apart; those of rules and tokens matter only to who reads the rules.
  protected SUBRULE<Args extends unknown[], Result>(rule: Rule<Args, Result>, options?: { ARGS: Args }): Result {
    return options === undefined ? (rule as unknown as Rule<[], Result>)() : rule(...options.ARGS)
  }
  protected SUBRULE1<Args extends unknown[], Result>(rule: Rule<Args, Result>, options?: { ARGS: Args }): Result {
    return this.SUBRULE(rule, options)
  }
  protected SUBRULE2<Args extends unknown[], Result>(rule: Rule<Args, Result>, options?: { ARGS: Args }): Result {
    return this.SUBRULE(rule, options)
  }

  protected CONSUME(type: TokenType): IToken {
    const found = this.next
    if (found.tokenType !== type) throw new Mismatch(type, this.rule!.name)
    this.SKIP_TOKEN()
    return found
  }
  protected CONSUME1(type: TokenType): IToken {
    return this.CONSUME(type)
  }
  protected CONSUME2(type: TokenType): IToken {
    return this.CONSUME(type)
  }

  protected OR<Result>(alternatives: Alternatives<Result>): Result {
    return this.choose(0, alternatives)
  }
  protected OR1<Result>(alternatives: Alternatives<Result>): Result {
    return this.choose(1, alternatives)
  }
  protected OR2<Result>(alternatives: Alternatives<Result>): Result {
    return this.choose(2, alternatives)
  }

  protected OPTION<Result>(part: Optional<Result>): Result | undefined {
    return this.option(0, part)
  }
  protected OPTION1<Result>(part: Optional<Result>): Result | undefined {
    return this.option(1, part)
  }
  protected OPTION2<Result>(part: Optional<Result>): Result | undefined {
    return this.option(2, part)
  }

  protected MANY(part: () => unknown): void {
    this.repeat(0, part)
  }
  protected MANY1(part: () => unknown): void {
    this.repeat(1, part)
  }
  protected MANY2(part: () => unknown): void {
    this.repeat(2, part)
  }

  private choose<Result>(number: number, given: Alternatives<Result>): Result {
    const alternatives = "DEF" in given ? given.DEF : given
    const { name, decisions } = this.rule!
    for (const at of decisions.alternatives[number]![this.next.tokenTypeIdx] ?? []) {
      const { ALT, GATE } = alternatives[at]!
      if (GATE === undefined || GATE()) return ALT()
    }
    throw new Mismatch(null, name)
  }

  private option<Result>(number: number, part: Optional<Result>): Result | undefined {
    if (this.rule!.decisions.options[number]![this.next.tokenTypeIdx] !== true) return undefined
    if (typeof part === "function") return part()
    return part.GATE() ? part.DEF() : undefined
  }

  /** Ends also where a turn took nothing. */
  private repeat(number: number, part: () => unknown): void {
    const begins = this.rule!.decisions.repetitions[number]!
    for (let before = -1; before < this.position && begins[this.next.tokenTypeIdx] === true;) {
      before = this.position
      part()
    }
  }
}

const byName = new Map(VOCABULARY.map((type) => [type.name, type.tokenTypeIdx ?? 0]))

function indicesOf(names: string): number[] {
  return names.split(" ").map((name) => byName.get(name)!)
}

function beginners(names: string): boolean[] {
  const out: boolean[] = []
  for (const index of indicesOf(names)) out[index] = true
  return out
}

function decisionsOf(rule: RuleChoices): Decisions {
  const alternatives = (rule.OR ?? []).map((choice) => {
    const byType: number[][] = []
    for (const [at, names] of choice.entries()) for (const index of indicesOf(names)) (byType[index] ??= []).push(at)
    return byType
  })
  return { alternatives, options: (rule.OPTION ?? []).map(beginners), repetitions: (rule.MANY ?? []).map(beginners) }
}
