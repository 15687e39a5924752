/**
 * The grammar of expressions: operands with what stands behind them, and rows of them with operators between.
 * A row is read flat and ordered in `operators.ts`.
 * It must not know statements, only that blocks hold them.
 */

import type { TokenType } from "chevrotain"
import type * as Ast from "../ast.ts"
import type { Expr, Pattern, Statement } from "../ast.ts"
import { explain, nameOf } from "../complaints.ts"
import { complain, order, type FlatItem } from "../operators.ts"
import { syntaxFaults as say } from "../report/catalogue/syntax.ts"
import { faultOf } from "../report/fault.ts"
import * as T from "../tokens.ts"
import { BracketGrammar } from "./brackets.ts"
import { MAX_CHAIN, MAX_OPERATORS, NOWHERE, numberOf, type Alternatives } from "./reading.ts"
import type { Rule } from "./recognizer.ts"

export abstract class ExpressionGrammar extends BracketGrammar {
  protected abstract readonly statements: Rule<[boolean], Statement[]>
  protected abstract readonly block: Rule<[], Ast.BlockExpr>

  protected readonly expression = this.RULE("expression", (): Expr => {
    this.enter()
    const recording = this.RECORDING_PHASE
    let prefixes: FlatItem[] | null = null
    if (recording || this.sees(T.Prefix)) {
      const found: FlatItem[] = []
      this.MANY(() => {
        found.push(this.CONSUME(T.Prefix))
      })
      this.chain(found.length)
      prefixes = found
    }
    const first = this.SUBRULE(this.operand)
    if (!recording && prefixes === null && !this.sees(T.Operator)) {
      this.depth--
      return first
    }
    const flat: FlatItem[] = prefixes ?? []
    const calls: Expr[] = []
    if (flat.length > 0 && !recording) this.besideOperator(first)
    flat.push(first)
    this.MANY1(() => {
      const operator = this.CONSUME(T.Operator)
      flat.push(operator)
      if (recording || this.sees(T.Prefix)) {
        this.MANY2(() => {
          flat.push(this.CONSUME1(T.Prefix))
        })
      }
      const operand = this.SUBRULE1(this.operand)
      if (recording) return
      this.besideOperator(operand)
      if (operand.kind === "call" && operator.image === "|>" && operand !== this.parenthesised) calls.push(operand)
      flat.push(operand)
      if (flat.length > 2 * MAX_OPERATORS + 1) this.chain(flat.length >> 1, MAX_OPERATORS)
    })
    this.depth--
    return recording ? first : order(this.source, flat, calls)
  })

  protected besideOperator(operand: Expr): void {
    if (operand.kind === "lambda" && operand !== this.parenthesised) complain(say.lambdaOperand(), operand.span)
  }

  protected readonly operand = this.RULE("operand", (): Expr => {
    const first = this.LA(1)
    let value = this.OR<Expr>((this.operands ??= this.operandAlternatives()))
    if (!this.RECORDING_PHASE) {
      const type = first.tokenType
      if (type === T.If || type === T.Match || type === T.Do || type === T.BodyBrace || value.kind === "lambda") {
        if (value !== this.parenthesised) return value
      }
    }
    if (!this.RECORDING_PHASE && !isPostfix(this.LA(1).tokenType)) return value
    let length = 0
    this.MANY(() => {
      this.target = value
      this.start = first.startOffset
      value = this.OR1<Expr>((this.postfixes ??= this.postfixAlternatives()))
      if (++length > MAX_CHAIN) this.chain(length)
    })
    return value
  })

  /** What a postfix stands behind, and where that begins. */
  protected target: Expr = { kind: "unit", span: { source: NOWHERE, start: 0, end: 0 } }
  protected start = 0
  protected postfixes: Alternatives<Expr> | undefined

  protected postfixAlternatives(): Alternatives<Expr> {
    return [
      {
        ALT: () => {
          this.CONSUME(T.CallParen)
          return this.SUBRULE(this.call, { ARGS: [this.target, this.start] })
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Dot)
          const name = this.CONSUME1(T.Name)
          const { target } = this
          const span = this.span(this.start)
          return { kind: "field", target, name: nameOf(name), nameSpan: this.spanOf(name), span }
        },
      },
      {
        ALT: () => {
          const { target, start } = this
          const items = this.SUBRULE(this.index)
          return { kind: "index", target, items, span: this.span(start) }
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Prime)
          return { kind: "derivative", target: this.target, span: this.span(this.start) }
        },
      },
    ]
  }

  protected operands: Alternatives<Expr> | undefined

  protected operandAlternatives(): Alternatives<Expr> {
    return [
      {
        ALT: (): Expr => {
          const token = this.CONSUME(T.Name)
          if (token.image === "_") complain(say.wildcardValue(), this.spanOf(token))
          return { kind: "name", name: nameOf(token), span: this.spanOf(token) }
        },
      },
      {
        ALT: (): Expr => {
          const token = this.CONSUME(T.NumberWord)
          return { kind: "number", value: numberOf(token), span: this.spanOf(token) }
        },
      },
      { ALT: (): Expr => this.SUBRULE(this.parenthesis) },
      { ALT: (): Expr => this.SUBRULE(this.parameterLambda) },
      { ALT: (): Expr => this.SUBRULE(this.array) },
      { ALT: (): Expr => this.SUBRULE(this.record) },
      {
        ALT: (): Expr => {
          const token = this.CONSUME(T.StringWhole)
          const text = this.textOf(token, 1, token.payload === "unclosed" ? 0 : 1)
          return { kind: "string", parts: text === "" ? [] : [text], span: this.spanOf(token) }
        },
      },
      { ALT: (): Expr => this.SUBRULE(this.interpolation) },
      { ALT: (): Expr => this.SUBRULE(this.ifExpression) },
      { ALT: (): Expr => this.SUBRULE(this.matchExpression) },
      {
        ALT: (): Expr => {
          this.CONSUME(T.Do)
          return this.SUBRULE(this.block)
        },
      },
      { ALT: (): Expr => this.SUBRULE(this.body) },
      {
        ALT: (): Expr => {
          const token = this.CONSUME(T.True)
          return { kind: "boolean", value: true, span: this.spanOf(token) }
        },
      },
      {
        ALT: (): Expr => {
          const token = this.CONSUME(T.False)
          return { kind: "boolean", value: false, span: this.spanOf(token) }
        },
      },
    ]
  }

  /** A block behind `=>`. */
  protected readonly body = this.RULE("body", (): Expr => {
    const start = this.at()
    const head = this.head
    this.head = null
    this.CONSUME(T.BodyBrace)
    const statements = this.SUBRULE(this.statements, { ARGS: [false] })
    this.CONSUME(T.RBrace)
    this.head = head
    return { kind: "block", statements, span: this.span(start) }
  })

  /** `x => e`; in a head or a guard `x` alone. */
  protected readonly parameterLambda = this.RULE("parameterLambda", (): Expr => {
    const token = this.CONSUME(T.Parameter)
    const span = this.spanOf(token)
    const body = this.OPTION({
      GATE: () => this.head === null,
      DEF: () => {
        this.CONSUME(T.Arrow)
        return this.SUBRULE(this.expression)
      },
    })
    const name = nameOf(token)
    if (body === undefined) return { kind: "name", name, span }
    const pattern: Pattern = name === "_" ? { kind: "wildcard", span } : { kind: "namePattern", name, span }
    return { kind: "lambda", params: [{ pattern, default: null, span }], body, span: this.span(token.startOffset) }
  })

  protected readonly headExpression = this.RULE("headExpression", (word: string): Expr => {
    const head = this.head
    this.head = word
    const value = this.SUBRULE(this.expression)
    if (word !== "guard" && this.sees(T.Arrow)) complain(say.lambdaInHead(word), this.span(value.span.start))
    this.head = head
    return value
  })

  protected readonly ifExpression = this.RULE("ifExpression", (): Expr => {
    const links: { start: number; condition: Expr; then: Ast.BlockExpr }[] = []
    let start = this.at()
    this.CONSUME(T.If)
    const condition = this.SUBRULE(this.headExpression, { ARGS: ["if"] })
    links.push({ start, condition, then: this.SUBRULE(this.block) })
    this.MANY(() => {
      this.CONSUME(T.ElseIf)
      start = this.at()
      this.CONSUME1(T.If)
      const next = this.SUBRULE1(this.headExpression, { ARGS: ["if"] })
      links.push({ start, condition: next, then: this.SUBRULE1(this.block) })
      this.chain(links.length)
    })
    let otherwise: Ast.IfExpr | Ast.BlockExpr | null =
      this.OPTION(() => {
        this.CONSUME(T.Else)
        return this.SUBRULE2(this.block)
      }) ?? null
    let result: Ast.IfExpr | null = null
    for (const link of links.toReversed()) {
      const { condition, then } = link
      result = { kind: "if", condition, then, else: otherwise, span: this.span(link.start) }
      otherwise = result
    }
    return result as Expr
  })

  protected readonly matchExpression = this.RULE("matchExpression", (): Expr => {
    const start = this.at()
    const arms: Ast.MatchArm[] = []
    this.CONSUME(T.Match)
    const subject = this.SUBRULE(this.headExpression, { ARGS: ["match"] })
    const head = this.head
    const depth = this.depth
    this.head = null
    this.CONSUME(T.LBrace)
    for (;;) {
      this.MANY(() => {
        const first = this.LA(1)
        if (this.RECORDING_PHASE) this.SUBRULE(this.arm)
        else {
          try {
            arms.push(this.SUBRULE(this.arm))
            this.armEnds()
          } catch (error) {
            this.depth = depth
            this.recover(error, first)
            this.skip(first, [T.Newline, T.Comma])
          }
        }
        this.OPTION(() => this.OR([{ ALT: () => this.CONSUME(T.Newline) }, { ALT: () => this.CONSUME(T.Comma) }]))
      })
      const next = this.LA(1)
      if (this.RECORDING_PHASE || next.tokenType === T.RBrace || next.tokenType === T.EOF) break
      // no arm begins like this
      this.report(faultOf(explain.pattern(next, this.LA(0)), this.spanOf(next)), this.spanOf(next).start)
      this.SKIP_TOKEN()
      this.skip(next, [T.Newline, T.Comma])
      if (!this.sees(T.RBrace)) this.SKIP_TOKEN()
    }
    this.CONSUME(T.RBrace)
    this.head = head
    const span = this.span(start)
    if (arms.length === 0 && this.faults.length === 0 && !this.RECORDING_PHASE) complain(say.emptyMatch(), span)
    return { kind: "match", subject, arms, span }
  })

  protected armEnds(): void {
    const next = this.LA(1)
    const type = next.tokenType
    if (type === T.Newline || type === T.Comma || type === T.RBrace) return
    complain(explain.armEnd(next), this.spanOf(next))
  }

  protected readonly arm = this.RULE("arm", (): Ast.MatchArm => {
    const start = this.at()
    const pattern = this.SUBRULE(this.pattern)
    const guard = this.OPTION(() => {
      this.CONSUME(T.If)
      return this.SUBRULE(this.headExpression, { ARGS: ["guard"] })
    })
    this.CONSUME(T.Arrow)
    const body = this.SUBRULE(this.expression)
    return { pattern, guard: guard ?? null, body, span: this.span(start) }
  })
}

function isPostfix(type: TokenType): boolean {
  return type === T.CallParen || type === T.Dot || type === T.IndexBracket || type === T.Prime
}
