/**
 * The grammar of what stands in brackets: parentheses, calls, arrays, comprehensions, indices, records, strings with `{…}`.
 * Inside a bracket every expression is allowed again, also a function in the head of an `if`.
 * It must not know operators.
 */

import type { IToken, TokenType } from "chevrotain"
import type * as Ast from "../ast.ts"
import type { Expr } from "../ast.ts"
import { explain, nameOf } from "../complaints.ts"
import { complain } from "../operators.ts"
import { syntaxFaults as say } from "../report/catalogue/syntax.ts"
import * as T from "../tokens.ts"
import { endOf } from "../tokens.ts"
import { PatternGrammar } from "./patterns.ts"
import type { Alternatives } from "./reading.ts"
import type { Rule } from "./recognizer.ts"

export abstract class BracketGrammar extends PatternGrammar {
  protected abstract readonly expression: Rule<[], Expr>

  /** `()`, `(e)`, `(a, b)`, or `(x, y) => e`. */
  protected readonly parenthesis = this.RULE("parenthesis", (): Expr => {
    const start = this.at()
    return this.OR<Expr>([
      {
        ALT: () => {
          this.CONSUME(T.LParen)
          return this.SUBRULE(this.grouped, { ARGS: [start] })
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.LambdaParen)
          return this.OR1({
            IGNORE_AMBIGUITIES: true,
            DEF: [
              {
                GATE: () => this.head === null,
                ALT: () => {
                  const params = this.SUBRULE(this.parameters)
                  this.CONSUME(T.RParen)
                  this.CONSUME(T.Arrow)
                  const body = this.SUBRULE(this.expression)
                  return { kind: "lambda", params, body, span: this.span(start) }
                },
              },
              { ALT: () => this.SUBRULE1(this.grouped, { ARGS: [start] }) },
            ] as Alternatives<Expr>,
          })
        },
      },
    ])
  })

  protected readonly grouped = this.RULE("grouped", (start: number): Expr => {
    const head = this.head
    this.head = null
    const items: Expr[] = []
    this.MANY(() => {
      items.push(this.SUBRULE(this.expression))
      this.OPTION(() => this.CONSUME(T.Comma))
      this.separated(T.RParen)
    })
    const comma = this.LA(0).tokenType === T.Comma
    if (!this.RECORDING_PHASE && !this.sees(T.RParen)) {
      complain(explain.operand(this.LA(1), this.LA(0)), this.spanOf(this.LA(1)))
    }
    this.CONSUME(T.RParen)
    this.head = head
    const span = this.span(start)
    const [only] = items
    if (only === undefined) return { kind: "unit", span }
    if (items.length > 1) return { kind: "tuple", items, span }
    if (this.RECORDING_PHASE) return only
    if (comma) complain(say.singleTuple(), span)
    const inner = { ...only, span }
    this.parenthesised = inner
    return inner
  })

  protected labelled: (() => IToken) | undefined
  protected comma: (() => IToken) | undefined

  protected readonly parameters = this.RULE("parameters", (): Ast.Param[] => {
    const params: Ast.Param[] = []
    const head = this.head
    this.head = null
    this.MANY(() => {
      const start = this.at()
      const pattern = this.SUBRULE(this.pattern)
      const value = this.OPTION(() => {
        this.CONSUME(T.Assign)
        return this.SUBRULE(this.expression)
      })
      params.push({ pattern, default: value ?? null, span: this.span(start) } as unknown as Ast.Param)
      this.OPTION1(() => this.CONSUME(T.Comma))
      this.separated(T.RParen)
    })
    this.closes(T.RParen)
    this.head = head
    return params
  })

  protected readonly call = this.RULE("call", (callee: Expr, start: number): Expr => {
    const head = this.head
    this.head = null
    const args: Expr[] = []
    const named: Ast.NamedArgument[] = []
    this.MANY(() => {
      const from = this.at()
      const label = this.OPTION(
        (this.labelled ??= () => {
          const token = this.CONSUME(T.Label)
          this.CONSUME(T.Colon)
          return token
        }),
      )
      const value = this.SUBRULE(this.expression)
      if (label !== undefined && !this.RECORDING_PHASE) {
        named.push({ name: nameOf(label), nameSpan: this.spanOf(label), value, span: this.span(from) })
      } else {
        if (named.length > 0) complain(say.positionalAfterNamed(), value.span)
        const rest = this.OPTION1(() => this.SUBRULE(this.clauses, { ARGS: [T.RParen] }))
        if (rest === undefined || this.RECORDING_PHASE) args.push(value)
        else {
          const span = this.span(from)
          if (args.length > 0 || !this.sees(T.RParen)) complain(say.comprehensionNotAlone(), span)
          args.push({ kind: "comprehension", element: value, ...rest, bare: true, span })
        }
      }
      this.OPTION2((this.comma ??= () => this.CONSUME(T.Comma)))
      this.separated(T.RParen)
    })
    if (!this.RECORDING_PHASE && !this.sees(T.RParen)) {
      complain(explain.operand(this.LA(1), this.LA(0)), this.spanOf(this.LA(1)))
    }
    this.CONSUME(T.RParen)
    this.head = head
    return { kind: "call", callee, args, named, piped: false, span: this.span(start) }
  })

  protected readonly clauses = this.RULE(
    "clauses",
    (closer: TokenType): { clauses: Ast.ComprehensionClause[]; condition: Expr | null } => {
      const clauses: Ast.ComprehensionClause[] = []
      this.CONSUME(T.For)
      clauses.push(this.SUBRULE(this.clause))
      this.MANY(() => {
        this.CONSUME(T.Comma)
        this.OPTION(() => {
          clauses.push(this.SUBRULE1(this.clause))
        })
      })
      const condition = this.OPTION1(() => {
        this.CONSUME(T.If)
        return this.SUBRULE(this.expression)
      })
      this.OPTION2(() => this.CONSUME1(T.Comma))
      if (!this.RECORDING_PHASE && !this.sees(closer)) {
        complain(explain.afterClauses(this.LA(1), closer === T.RParen ? ")" : "]"), this.spanOf(this.LA(1)))
      }
      return { clauses, condition: condition ?? null }
    },
  )

  protected readonly clause = this.RULE("clause", (): Ast.ComprehensionClause => {
    const start = this.at()
    const pattern = this.SUBRULE(this.pattern)
    this.CONSUME(T.In)
    const source = this.SUBRULE(this.expression)
    return { pattern, source, span: this.span(start) }
  })

  protected readonly array = this.RULE("array", (): Expr => {
    const start = this.at()
    const head = this.head
    this.head = null
    const items: (Expr | Ast.Spread)[] = []
    let rest: { clauses: Ast.ComprehensionClause[]; condition: Expr | null } | undefined
    this.CONSUME(T.LBracket)
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            items.push(this.SUBRULE(this.spread))
          },
        },
        {
          ALT: () => {
            items.push(this.SUBRULE1(this.expression))
          },
        },
      ])
      this.OPTION(() => {
        const word = this.LA(1)
        rest = this.SUBRULE(this.clauses, { ARGS: [T.RBracket] })
        if (!this.RECORDING_PHASE && (items.length !== 1 || items[0]?.kind === "spread")) {
          complain(say.comprehensionItems(), this.spanOf(word))
        }
      })
      this.OPTION1(() => this.CONSUME(T.Comma))
      this.separated(T.RBracket)
    })
    if (!this.RECORDING_PHASE && !this.sees(T.RBracket)) {
      complain(explain.operand(this.LA(1), this.LA(0)), this.spanOf(this.LA(1)))
    }
    this.CONSUME(T.RBracket)
    this.head = head
    const span = this.span(start)
    if (rest === undefined) return { kind: "array", items, span }
    return { kind: "comprehension", element: items[0] as Expr, ...rest, bare: false, span }
  })

  protected readonly spread = this.RULE("spread", (): Ast.Spread => {
    const start = this.at()
    this.CONSUME(T.Spread)
    const value = this.SUBRULE(this.expression)
    return { kind: "spread", value, span: this.span(start) }
  })

  protected readonly index = this.RULE("index", (): (Expr | Ast.Slice)[] => {
    const start = this.at()
    const head = this.head
    this.head = null
    const items: (Expr | Ast.Slice)[] = []
    this.CONSUME(T.IndexBracket)
    this.MANY(() => {
      const from = this.at()
      this.OR([
        {
          ALT: () => {
            const dots = this.CONSUME(T.OpenRange)
            const to = this.OPTION(() => this.SUBRULE(this.expression)) ?? null
            items.push({ kind: "slice", from: null, to, inclusive: dots.image === "..=", span: this.span(from) })
          },
        },
        {
          ALT: () => {
            const value = this.SUBRULE1(this.expression)
            const dots = this.OPTION1(() => this.CONSUME1(T.OpenRange))
            if (this.RECORDING_PHASE) return
            if (dots !== undefined) {
              if (dots.image === "..=") complain(explain.operand(this.LA(1), dots), this.spanOf(this.LA(1)))
              items.push({ kind: "slice", from: value, to: null, inclusive: false, span: this.span(from) })
            } else if (value.kind === "range" && value !== this.parenthesised) {
              const { from: low, to, inclusive, span } = value
              items.push({ kind: "slice", from: low, to, inclusive, span })
            } else items.push(value)
          },
        },
      ])
      this.OPTION2(() => this.CONSUME(T.Comma))
      this.separated(T.RBracket)
    })
    if (!this.RECORDING_PHASE && !this.sees(T.RBracket)) {
      complain(explain.operand(this.LA(1), this.LA(0)), this.spanOf(this.LA(1)))
    }
    this.CONSUME(T.RBracket)
    if (items.length === 0 && !this.RECORDING_PHASE) complain(say.emptyIndex(), this.span(start))
    this.head = head
    return items
  })

  protected readonly record = this.RULE("record", (): Expr => {
    const start = this.at()
    const head = this.head
    this.head = null
    const fields: (Ast.RecordField | Ast.Spread)[] = []
    const brace = this.CONSUME(T.LBrace)
    const isBlock = (): never => complain(say.blockAsValue(), this.spanOf(brace))
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            const from = this.at()
            const label = this.CONSUME(T.Label)
            this.CONSUME(T.Colon)
            const value = this.SUBRULE(this.expression)
            const span = this.span(from)
            fields.push({ kind: "recordField", name: nameOf(label), nameSpan: this.spanOf(label), value, span })
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(T.Name)
            const span = this.spanOf(token)
            const name = nameOf(token)
            const next = this.LA(1).tokenType
            const alone = next === T.Comma || next === T.RBrace || this.RECORDING_PHASE
            if (!alone && fields.length === 0) isBlock()
            fields.push({ kind: "recordField", name, nameSpan: span, value: { kind: "name", name, span }, span })
          },
        },
        {
          ALT: () => {
            fields.push(this.SUBRULE(this.spread))
          },
        },
      ])
      this.OPTION(() => this.CONSUME(T.Comma))
      this.separated(T.RBrace, "fields are separated by commas")
    })
    if (!this.RECORDING_PHASE && !this.sees(T.RBrace)) {
      const next = this.LA(1).tokenType
      if (fields.length === 0 && next !== T.StringWhole && next !== T.Comma) isBlock()
      complain(explain.field(this.LA(1)), this.spanOf(this.LA(1)))
    }
    this.CONSUME(T.RBrace)
    this.head = head
    return { kind: "record", fields, span: this.span(start) }
  })

  /** `"a {x} b"` in pieces. */
  protected readonly interpolation = this.RULE("interpolation", (): Expr => {
    const start = this.at()
    const head = this.head
    this.head = null
    const parts: (string | Expr)[] = []
    const piece = (token: IToken): void => {
      if (this.RECORDING_PHASE) return
      const whole = token.payload === "unclosed" || token.image === "" ? 0 : 1
      const text = this.textOf(token, Math.min(1, token.image.length), whole)
      if (text !== "") parts.push(text)
      const next = this.LA(1).tokenType
      if (token.tokenType !== T.StringClose && (next === T.StringMiddle || next === T.StringClose)) {
        const end = endOf(token)
        complain(say.emptyInterpolation(), { source: this.source, start: end - 1, end: end + 1 })
      }
    }
    piece(this.CONSUME(T.StringOpen))
    parts.push(this.SUBRULE(this.expression))
    this.MANY(() => {
      piece(this.CONSUME(T.StringMiddle))
      parts.push(this.SUBRULE1(this.expression))
    })
    piece(this.CONSUME(T.StringClose))
    this.head = head
    return { kind: "string", parts, span: this.span(start) }
  })
}
