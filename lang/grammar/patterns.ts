/**
 * The grammar of patterns: one for `match`, `let`, `for` and parameters.
 * Whether a bare name binds or names a variant is decided later, by who knows the scope.
 * It must not know expressions: a guard belongs to its arm, a default to its parameter.
 */

import type * as Ast from "../ast.ts"
import type { Pattern, VariantFieldPattern } from "../ast.ts"
import { explain, nameOf } from "../complaints.ts"
import { complain } from "../operators.ts"
import { syntaxFaults as say } from "../report/catalogue/syntax.ts"
import type { Span } from "../report/span.ts"
import type { TokenType } from "chevrotain"
import * as T from "../tokens.ts"
import { numberOf, Reading } from "./reading.ts"

export abstract class PatternGrammar extends Reading {
  protected readonly pattern = this.RULE("pattern", (): Pattern => {
    this.enter()
    const start = this.at()
    const alternatives = [this.SUBRULE(this.simplePattern)]
    this.MANY(() => {
      this.CONSUME(T.Bar)
      alternatives.push(this.SUBRULE1(this.simplePattern))
    })
    this.depth--
    if (alternatives.length === 1) return alternatives[0] as Pattern
    return { kind: "orPattern", alternatives, span: this.span(start) }
  })

  protected readonly simplePattern = this.RULE("simplePattern", (): Pattern => {
    const start = this.at()
    const literal = (value: number | string | boolean | null): Pattern => ({
      kind: "literalPattern",
      value,
      span: this.span(start),
    })
    const group = (): Pattern => {
      const items: Pattern[] = []
      this.MANY(() => {
        items.push(this.SUBRULE(this.pattern))
        this.OPTION(() => this.CONSUME(T.Comma))
        this.separated(T.RParen)
      })
      const comma = this.LA(0).tokenType === T.Comma
      this.closes(T.RParen)
      this.CONSUME(T.RParen)
      const [only] = items
      if (only === undefined) return literal(null)
      const span = this.span(start)
      if (items.length > 1) return { kind: "tuplePattern", items, span }
      if (comma && !this.RECORDING_PHASE) complain(say.singleTuple(), span)
      return this.RECORDING_PHASE ? only : { ...only, span }
    }
    return this.OR<Pattern>([
      { ALT: () => this.SUBRULE(this.namedPattern) },
      {
        ALT: () => {
          const minus = this.CONSUME(T.Prefix)
          if (minus.image !== "-" && !this.RECORDING_PHASE)
            complain(explain.pattern(minus, this.LA(0)), this.spanOf(minus))
          return literal(-numberOf(this.CONSUME(T.NumberWord)))
        },
      },
      { ALT: () => literal(numberOf(this.CONSUME1(T.NumberWord))) },
      {
        ALT: () => {
          const token = this.CONSUME(T.StringWhole)
          return literal(this.textOf(token, 1, token.payload === "unclosed" ? 0 : 1))
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.True)
          return literal(true)
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.False)
          return literal(false)
        },
      },
      {
        ALT: () => {
          this.OR1([{ ALT: () => this.CONSUME(T.LParen) }, { ALT: () => this.CONSUME(T.LambdaParen) }])
          return group()
        },
      },
      { ALT: () => this.SUBRULE(this.arrayPattern) },
      { ALT: () => this.SUBRULE(this.recordPattern) },
    ])
  })

  /** In a list of patterns: nothing but its end may follow here. */
  protected closes(closer: TokenType): void {
    if (this.RECORDING_PHASE || this.sees(closer)) return
    complain(explain.pattern(this.LA(1), this.LA(0)), this.spanOf(this.LA(1)))
  }

  /** `x`, `_`, `Leaf(v)`, `Rect(w: a)`, `shapes.Circle(r)`. */
  protected readonly namedPattern = this.RULE("namedPattern", (): Pattern => {
    const start = this.at()
    let token = this.LA(1)
    this.OR([{ ALT: () => this.CONSUME(T.Name) }, { ALT: () => this.CONSUME(T.Parameter) }])
    let name = nameOf(token)
    let qualified = false
    this.MANY(() => {
      this.CONSUME(T.Dot)
      token = this.CONSUME1(T.Name)
      name += `.${nameOf(token)}`
      qualified = true
    })
    const nameSpan = this.span(start)
    const fields = this.OPTION(() => {
      const found: VariantFieldPattern[] = []
      this.CONSUME(T.CallParen)
      this.MANY1(() => {
        const label = this.OPTION1(() => {
          const word = this.CONSUME(T.Label)
          this.CONSUME(T.Colon)
          return { name: nameOf(word), nameSpan: this.spanOf(word) }
        })
        const pattern = this.SUBRULE(this.pattern)
        found.push({ ...(label ?? { name: null, nameSpan: pattern.span }), pattern })
        this.OPTION2(() => this.CONSUME(T.Comma))
        this.separated(T.RParen)
      })
      this.closes(T.RParen)
      this.CONSUME(T.RParen)
      return found
    })
    const span = this.span(start)
    if (fields !== undefined || qualified) {
      return { kind: "variantPattern", name, nameSpan, fields: fields ?? [], span }
    }
    return name === "_" ? { kind: "wildcard", span } : { kind: "namePattern", name, span }
  })

  protected readonly arrayPattern = this.RULE("arrayPattern", (): Pattern => {
    const start = this.at()
    const before: Pattern[] = []
    const after: Pattern[] = []
    let rest: { name: string | null; span: Span } | null = null
    this.OR([{ ALT: () => this.CONSUME(T.LBracket) }, { ALT: () => this.CONSUME(T.IndexBracket) }])
    this.MANY(() => {
      const from = this.at()
      this.OR1([
        {
          ALT: () => {
            const dots = this.CONSUME(T.Spread)
            const next = this.LA(1)
            const name = this.OPTION(() => {
              this.OR2([{ ALT: () => this.CONSUME(T.Name) }, { ALT: () => this.CONSUME(T.Parameter) }])
              return nameOf(next)
            })
            if (rest !== null && !this.RECORDING_PHASE) complain(say.twoRests(), this.spanOf(dots))
            rest = { name: name === undefined || name === "_" ? null : name, span: this.span(from) }
          },
        },
        {
          ALT: () => {
            const item = this.SUBRULE(this.pattern)
            if (rest === null) before.push(item)
            else after.push(item)
          },
        },
      ])
      this.OPTION1(() => this.CONSUME(T.Comma))
      this.separated(T.RBracket)
    })
    this.closes(T.RBracket)
    this.CONSUME(T.RBracket)
    return { kind: "arrayPattern", before, rest, after, span: this.span(start) }
  })

  protected readonly recordPattern = this.RULE("recordPattern", (): Pattern => {
    const start = this.at()
    const fields: Ast.FieldPattern[] = []
    this.OR([{ ALT: () => this.CONSUME(T.LBrace) }, { ALT: () => this.CONSUME(T.BodyBrace) }])
    this.MANY(() => {
      const from = this.at()
      this.OR1([
        {
          ALT: () => {
            const label = this.CONSUME(T.Label)
            this.CONSUME(T.Colon)
            const pattern = this.SUBRULE(this.pattern)
            fields.push({ name: nameOf(label), pattern, span: this.span(from) })
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(T.Name)
            const span = this.spanOf(token)
            const name = nameOf(token)
            fields.push({ name, pattern: { kind: "namePattern", name, span }, span })
          },
        },
      ])
      this.OPTION(() => this.CONSUME(T.Comma))
      this.separated(T.RBrace)
    })
    if (!this.RECORDING_PHASE && !this.sees(T.RBrace)) complain(explain.field(this.LA(1)), this.spanOf(this.LA(1)))
    this.CONSUME(T.RBrace)
    return { kind: "recordPattern", fields, span: this.span(start) }
  })
}
