/**
 * The grammar: from laid-out tokens straight to the AST, one token ahead everywhere.
 * A row of operands and operators is read flat and ordered in `operators.ts`; where a statement or an arm cannot be read, the rest of it is skipped and
 * reading goes on behind it, so that one run finds several faults. It must not know scopes, values or how faults are shown.
 */

import { EmbeddedActionsParser, EOF, isRecognitionException, type IToken, type TokenType } from "chevrotain"
import type * as Ast from "./ast.ts"
import type { Expr, Pattern, Statement } from "./ast.ts"
import { isCloser, isOpener } from "./brackets.ts"
import { expectations, explain, nameOf } from "./complaints.ts"
import { unescape } from "./escapes.ts"
import type { Layout } from "./layout.ts"
import { Complaint, complain, order, type FlatItem } from "./operators.ts"
import { syntaxFaults as say } from "./report/catalogue/syntax.ts"
import { faultOf, type Fault } from "./report/fault.ts"
import type { Source, Span } from "./report/span.ts"
import * as T from "./tokens.ts"
import { endOf } from "./tokens.ts"

/** Expressions may nest this deep, whatever they nest in: the grammar uses the native stack. */
const MAX_DEPTH = 250
/** Operators, calls, fields or indices in one chain, arms of `else if`. */
const MAX_CHAIN = 2000
/** After so many faults reading stops. */
const MAX_FAULTS = 50

/** Alternatives of a rule that all give one kind of node. */
type Alternatives<Node> = { ALT: () => Node; GATE?: () => boolean }[]

const NOWHERE: Source = { name: "", text: "" }

export class Grammar extends EmbeddedActionsParser {
  private source: Source = NOWHERE
  private laidOut: Layout | null = null
  private faults: Fault[] = []
  /** Faults at the very end of the input, which more input might cure. */
  private atEnd = 0
  /** What stood in parentheses last. */
  private parenthesised: Expr | null = null
  /** The word whose head is being read, in which `=>` belongs to no function; null elsewhere. */
  private head: string | null = null
  private depth = 0

  constructor(check: boolean) {
    super(T.VOCABULARY, {
      maxLookahead: 1,
      recoveryEnabled: false,
      skipValidations: !check,
      errorMessageProvider: expectations,
    })
    this.performSelfAnalysis()
  }

  /** Reads a whole text. `unfinished` if the only fault is that the text ends. */
  read(source: Source, laidOut: Layout): { program: Ast.Program; faults: Fault[]; unfinished: boolean } {
    this.input = laidOut.tokens
    this.source = source
    this.laidOut = laidOut
    this.faults = []
    this.atEnd = 0
    this.parenthesised = null
    this.head = null
    this.depth = 0
    const statements = this.program()
    const { faults } = this
    const span = { source, start: 0, end: source.text.length }
    const unfinished = faults.length === 1 && this.atEnd === 1
    this.input = []
    this.source = NOWHERE
    this.laidOut = null
    return { program: { statements, span, doc: laidOut.moduleDoc }, faults, unfinished }
  }

  // ── places ────────────────────────────────────────────────────────────────────────────────────────────────────────

  private at(): number {
    const token = this.LA(1)
    return token.tokenType === EOF ? this.source.text.length : token.startOffset
  }

  private span(start: number): Span {
    const last = this.LA(0)
    return { source: this.source, start, end: Math.max(start, endOf(last)) }
  }

  private spanOf(token: IToken): Span {
    if (token.tokenType === EOF || token.startOffset < 0) {
      const end = this.source.text.trimEnd().length
      return { source: this.source, start: end, end }
    }
    return { source: this.source, start: token.startOffset, end: endOf(token) }
  }

  private sees(type: TokenType): boolean {
    return this.LA(1).tokenType === type
  }

  private docAt(offset: number): string | null {
    return this.laidOut?.docs.get(offset) ?? null
  }

  // ── faults and recovery ───────────────────────────────────────────────────────────────────────────────────────────

  /** Behind an item of a list: a comma, or the bracket that closes it. */
  private separated(closer: TokenType, hint?: string): void {
    if (this.RECORDING_PHASE) return
    const found = this.LA(1)
    if (this.LA(0).tokenType === T.Comma || found.tokenType === closer) return
    const closing = closer === T.RParen ? ")" : closer === T.RBracket ? "]" : "}"
    const ahead = found.tokenType
    if ((ahead === T.LParen || ahead === T.LBracket || ahead === T.LambdaParen) && this.startsLine(found)) {
      complain(say.lineStartBracket(found.image), this.spanOf(found))
    }
    complain(explain.separator(found, closing, hint), this.spanOf(found))
  }

  private startsLine(token: IToken): boolean {
    const between = this.source.text.slice(endOf(this.LA(0)), token.startOffset)
    return between.includes("\n")
  }

  private report(fault: Fault, start: number): void {
    // What the layout has already said about this stretch is not said twice.
    const end = fault.span?.end ?? start
    const said =
      this.laidOut?.faults.some((f) => f.span !== null && f.span.start >= start && f.span.start <= end) ?? false
    if (said) return
    if (fault.span !== null && fault.span.start >= this.source.text.trimEnd().length) this.atEnd++
    this.faults.push(fault)
  }

  /** Turns what was thrown while reading from `first` on into a fault; anything that is none goes on. */
  private recover(error: unknown, first: IToken): void {
    const start = this.spanOf(first).start
    if (error instanceof Complaint) this.report(error.fault, start)
    else if (error instanceof Error && isRecognitionException(error)) {
      const found = this.LA(1)
      this.report(faultOf(explain.mismatch(error.message, found, this.LA(0), this.head), this.spanOf(found)), start)
    } else throw error
    this.head = null
  }

  /** Skips to where the statement or arm that began with `first` ends: one of `ends` outside its brackets, or the bracket around it. */
  private skip(first: IToken, ends: readonly TokenType[]): void {
    const tokens = this.input
    const stop = this.LA(1)
    let nesting = 0
    for (let i = tokens.indexOf(first); i < tokens.length && tokens[i] !== stop; i++) {
      const type = tokens[i]!.tokenType
      if (isOpener(type)) nesting++
      else if (isCloser(type) && type !== T.StringMiddle) nesting--
    }
    for (let token = this.LA(1); token.tokenType !== EOF; token = this.SKIP_TOKEN()) {
      const type = token.tokenType
      if (nesting <= 0 && (ends.includes(type) || (isCloser(type) && type !== T.StringMiddle))) return
      if (isOpener(type)) nesting++
      else if (isCloser(type) && type !== T.StringMiddle) nesting--
    }
  }

  private enter(): void {
    if (++this.depth > MAX_DEPTH) complain(say.nestedTooDeeply(MAX_DEPTH), this.spanOf(this.LA(1)))
  }

  private chain(length: number): void {
    if (length > MAX_CHAIN) complain(say.tooLong(MAX_CHAIN), this.spanOf(this.LA(1)))
  }

  // ── statements ────────────────────────────────────────────────────────────────────────────────────────────────────

  private readonly program = this.RULE("program", (): Statement[] => {
    const all: Statement[] = []
    for (;;) {
      const part = this.SUBRULE(this.statements, { ARGS: [true] })
      if (this.RECORDING_PHASE) return []
      for (const statement of part) all.push(statement)
      if (this.sees(EOF)) return all
      // a closing brace that the layout let through
      this.SKIP_TOKEN()
    }
  })

  private readonly statements = this.RULE("statements", (top: boolean): Statement[] => {
    const list: Statement[] = []
    const depth = this.depth
    const one = (): void => {
      const first = this.LA(1)
      try {
        const statement = this.SUBRULE(this.statement, { ARGS: [top] })
        if (this.RECORDING_PHASE) return
        list.push(statement)
        const next = this.LA(1)
        const type = next.tokenType
        if (type === T.Newline || type === T.Semicolon || type === T.RBrace || type === EOF) return
        complain(explain.statementEnd(next, this.LA(0), statement), this.spanOf(next))
      } catch (error) {
        this.depth = depth
        this.recover(error, first)
        this.skip(first, [T.Newline, T.Semicolon])
        const span = this.span(this.spanOf(first).start)
        list.push({ kind: "expr", value: { kind: "error", span }, silent: true, span })
      }
    }
    const alternatives = [
      { ALT: () => this.CONSUME(T.Newline) },
      { ALT: () => this.CONSUME(T.Semicolon) },
      { ALT: () => (this.RECORDING_PHASE ? this.SUBRULE(this.statement) : one()) },
    ]
    for (;;) {
      this.MANY(() => this.OR(alternatives))
      if (this.RECORDING_PHASE) return list
      const next = this.LA(1)
      if (next.tokenType === EOF || next.tokenType === T.RBrace) return list
      if (this.faults.length >= MAX_FAULTS) {
        while (!this.sees(EOF)) this.SKIP_TOKEN()
        return list
      }
      // nothing begins like this
      this.report(faultOf(explain.noStatement(next, this.LA(0)), this.spanOf(next)), this.spanOf(next).start)
      this.SKIP_TOKEN()
      this.skip(next, [T.Newline, T.Semicolon])
    }
  })

  private readonly block = this.RULE("block", (): Ast.BlockExpr => {
    const start = this.at()
    const head = this.head
    this.head = null
    this.enter()
    this.CONSUME(T.LBrace)
    const statements = this.SUBRULE(this.statements, { ARGS: [false] })
    this.CONSUME(T.RBrace)
    this.depth--
    this.head = head
    return { kind: "block", statements, span: this.span(start) }
  })

  private readonly statement = this.RULE("statement", (top: boolean): Statement => {
    this.top = top
    return this.OR<Alternatives<Statement>>((this.kinds ??= this.statementAlternatives()))
  })

  /** Does the statement that begins stand at top level? */
  private top = true
  private kinds: Alternatives<Statement> | undefined

  private statementAlternatives(): Alternatives<Statement> {
    return [
      { ALT: () => this.SUBRULE(this.letStatement) },
      { ALT: () => this.SUBRULE(this.varStatement) },
      { ALT: () => this.SUBRULE(this.fnStatement) },
      { ALT: () => this.SUBRULE(this.forStatement) },
      { ALT: () => this.SUBRULE(this.whileStatement) },
      { ALT: () => this.SUBRULE(this.exitStatement) },
      { ALT: () => this.SUBRULE(this.typeStatement, { ARGS: [this.top] }) },
      { ALT: () => this.SUBRULE(this.importStatement, { ARGS: [this.top] }) },
      { ALT: () => this.SUBRULE(this.blockStatement, { ARGS: [this.top] }) },
      { ALT: () => this.SUBRULE(this.expressionStatement, { ARGS: [this.top] }) },
    ]
  }

  private readonly letStatement = this.RULE("letStatement", (): Statement => {
    const start = this.at()
    this.CONSUME(T.Let)
    const pattern = this.SUBRULE(this.pattern)
    this.CONSUME(T.Assign)
    const value = this.SUBRULE(this.expression)
    return { kind: "let", pattern, value, doc: this.docAt(start), span: this.span(start) }
  })

  private readonly varStatement = this.RULE("varStatement", (): Statement => {
    const start = this.at()
    this.CONSUME(T.Var)
    const name = this.CONSUME(T.Name)
    this.CONSUME(T.Assign)
    const value = this.SUBRULE(this.expression)
    return { kind: "var", name: nameOf(name), nameSpan: this.spanOf(name), value, span: this.span(start) }
  })

  private readonly fnStatement = this.RULE("fnStatement", (): Statement => {
    const start = this.at()
    this.CONSUME(T.Fn)
    const name = this.CONSUME(T.Name)
    this.CONSUME(T.CallParen)
    const params = this.SUBRULE(this.parameters)
    this.CONSUME(T.RParen)
    if (this.sees(T.Arrow)) complain(say.functionArrow(name.image), this.spanOf(this.LA(1)))
    const body = this.OR<Alternatives<Expr>>([
      {
        ALT: () => {
          this.CONSUME(T.Assign)
          return this.SUBRULE(this.expression)
        },
      },
      { ALT: () => this.SUBRULE(this.block) },
    ])
    const doc = this.docAt(start)
    return { kind: "fn", name: nameOf(name), nameSpan: this.spanOf(name), params, body, doc, span: this.span(start) }
  })

  private readonly parameters = this.RULE("parameters", (): Ast.Param[] => {
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
    this.head = head
    return params
  })

  private readonly forStatement = this.RULE("forStatement", (): Statement => {
    const start = this.at()
    this.CONSUME(T.For)
    const pattern = this.SUBRULE(this.pattern)
    this.CONSUME(T.In)
    const source = this.SUBRULE(this.headExpression, { ARGS: ["for"] })
    const body = this.SUBRULE(this.block)
    return { kind: "for", pattern, source, body, span: this.span(start) }
  })

  private readonly whileStatement = this.RULE("whileStatement", (): Statement => {
    const start = this.at()
    this.CONSUME(T.While)
    const condition = this.SUBRULE(this.headExpression, { ARGS: ["while"] })
    const body = this.SUBRULE(this.block)
    return { kind: "while", condition, body, span: this.span(start) }
  })

  private readonly headExpression = this.RULE("headExpression", (word: string): Expr => {
    const head = this.head
    this.head = word
    const value = this.SUBRULE(this.expression)
    if (word !== "guard" && this.sees(T.Arrow)) complain(say.lambdaInHead(word), this.span(value.span.start))
    this.head = head
    return value
  })

  private readonly exitStatement = this.RULE("exitStatement", (): Statement => {
    const start = this.at()
    return this.OR<Alternatives<Statement>>([
      {
        ALT: () => {
          this.CONSUME(T.Break)
          return { kind: "break", span: this.span(start) }
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Continue)
          return { kind: "continue", span: this.span(start) }
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Return)
          const value = this.OPTION(() => this.SUBRULE(this.expression)) ?? null
          return { kind: "return", value, span: this.span(start) }
        },
      },
    ])
  })

  private readonly typeStatement = this.RULE("typeStatement", (top: boolean): Statement => {
    const start = this.at()
    const word = this.CONSUME(T.Type)
    if (!top && !this.RECORDING_PHASE) complain(say.topLevelOnly("a type"), this.spanOf(word))
    const name = this.CONSUME(T.Name)
    this.CONSUME(T.Assign)
    const variants: Ast.VariantDeclaration[] = []
    let doc = this.docAt(this.at())
    this.OPTION(() => this.CONSUME(T.Bar))
    variants.push(this.SUBRULE(this.variant, { ARGS: [doc] }))
    this.MANY(() => {
      doc = this.docAt(this.at())
      this.CONSUME1(T.Bar)
      variants.push(this.SUBRULE1(this.variant, { ARGS: [doc] }))
    })
    const span = this.span(start)
    return { kind: "type", name: nameOf(name), nameSpan: this.spanOf(name), variants, doc: this.docAt(start), span }
  })

  private readonly variant = this.RULE("variant", (doc: string | null): Ast.VariantDeclaration => {
    const start = this.at()
    const name = this.CONSUME(T.Name)
    const fields: string[] = []
    this.OPTION(() => {
      this.CONSUME(T.CallParen)
      this.MANY(() => {
        fields.push(nameOf(this.CONSUME1(T.Name)))
        this.OPTION1(() => this.CONSUME(T.Comma))
        if (this.LA(0).tokenType !== T.Comma && !this.RECORDING_PHASE && !this.sees(T.RParen)) {
          complain(explain.variantField(this.LA(1)), this.spanOf(this.LA(1)))
        }
      })
      if (!this.RECORDING_PHASE && !this.sees(T.RParen)) {
        complain(explain.variantField(this.LA(1)), this.spanOf(this.LA(1)))
      }
      this.CONSUME(T.RParen)
    })
    return { name: nameOf(name), fields, doc: doc ?? this.docAt(start), span: this.span(start) }
  })

  private readonly importStatement = this.RULE("importStatement", (top: boolean): Statement => {
    const start = this.at()
    const word = this.CONSUME(T.Import)
    if (!top && !this.RECORDING_PHASE) complain(say.topLevelOnly("an import"), this.spanOf(word))
    return this.OR<Alternatives<Statement>>([
      {
        ALT: () => {
          const text = this.CONSUME(T.StringWhole)
          if (!this.RECORDING_PHASE && !this.sees(T.As)) complain(say.importForm(), this.span(start))
          this.CONSUME(T.As)
          const name = this.CONSUME(T.Name)
          const specifier = this.textOf(text, 1, 1)
          const span = this.span(start)
          return {
            kind: "import",
            specifier,
            specifierSpan: this.spanOf(text),
            namespace: nameOf(name),
            names: null,
            span,
          }
        },
      },
      {
        ALT: () => {
          const names: { name: string; as: string; span: Span }[] = []
          this.CONSUME(T.LBrace)
          this.MANY(() => {
            const from = this.at()
            const name = nameOf(this.CONSUME1(T.Name))
            const as = this.OPTION(() => {
              this.CONSUME1(T.As)
              return nameOf(this.CONSUME2(T.Name))
            })
            names.push({ name, as: as ?? name, span: this.span(from) })
            this.OPTION1(() => this.CONSUME(T.Comma))
            this.separated(T.RBrace)
          })
          this.CONSUME(T.RBrace)
          this.CONSUME(T.From)
          const text = this.CONSUME1(T.StringWhole)
          const specifier = this.textOf(text, 1, 1)
          const span = this.span(start)
          return { kind: "import", specifier, specifierSpan: this.spanOf(text), namespace: null, names, span }
        },
      },
    ])
  })

  private readonly blockStatement = this.RULE("blockStatement", (top: boolean): Statement => {
    const start = this.at()
    const word = this.OR([{ ALT: () => this.CONSUME(T.Test) }, { ALT: () => this.CONSUME(T.Bench) }])
    const kind = word.tokenType === T.Test ? "test" : "bench"
    if (!top && !this.RECORDING_PHASE) complain(say.topLevelOnly(`a \`${kind}\``), this.spanOf(word))
    const name = this.textOf(this.CONSUME(T.StringWhole), 1, 1)
    const body = this.SUBRULE(this.block)
    return { kind, name, body, span: this.span(start) }
  })

  private readonly expressionStatement = this.RULE("expressionStatement", (top: boolean): Statement => {
    const start = this.at()
    const target = this.SUBRULE(this.expression)
    const operator = this.OPTION(() =>
      this.OR([{ ALT: () => this.CONSUME(T.Assign) }, { ALT: () => this.CONSUME(T.AssignOperator) }]),
    )
    if (operator === undefined && !this.RECORDING_PHASE) {
      return { kind: "expr", value: target, silent: top && this.sees(T.Semicolon), span: this.span(start) }
    }
    const place = this.RECORDING_PHASE ? null : assignable(target)
    if (place === null && operator !== undefined && !this.RECORDING_PHASE) {
      complain(say.assignmentTarget(), this.span(start))
    }
    const value = this.OPTION1(() => this.SUBRULE1(this.expression))
    if (value === undefined && !this.RECORDING_PHASE) {
      complain(explain.operand(this.LA(1), this.LA(0)), this.spanOf(this.LA(1)))
    }
    return {
      kind: "assign",
      name: place?.root.name ?? "",
      nameSpan: place?.root.span ?? this.span(start),
      path: place?.path ?? [],
      op: (operator?.image ?? "=") as Ast.AssignOperator,
      value: value as Expr,
      span: this.span(start),
    }
  })

  // ── expressions ───────────────────────────────────────────────────────────────────────────────────────────────────

  private readonly expression = this.RULE("expression", (): Expr => {
    this.enter()
    const recording = this.RECORDING_PHASE
    let prefixes: FlatItem[] | null = null
    if (recording || this.sees(T.Prefix)) {
      const found: FlatItem[] = []
      this.MANY(() => {
        found.push(this.CONSUME(T.Prefix))
      })
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
      if (flat.length > MAX_CHAIN) this.chain(flat.length)
    })
    this.depth--
    return recording ? first : order(this.source, flat, calls)
  })

  private besideOperator(operand: Expr): void {
    if (operand.kind === "lambda" && operand !== this.parenthesised) complain(say.lambdaOperand(), operand.span)
  }

  private readonly operand = this.RULE("operand", (): Expr => {
    const first = this.LA(1)
    let value = this.OR<Alternatives<Expr>>((this.operands ??= this.operandAlternatives()))
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
      value = this.OR1<Alternatives<Expr>>((this.postfixes ??= this.postfixAlternatives()))
      if (++length > MAX_CHAIN) this.chain(length)
    })
    return value
  })

  /** What a postfix stands behind, and where that begins. */
  private target: Expr = { kind: "unit", span: { source: NOWHERE, start: 0, end: 0 } }
  private start = 0
  private postfixes: Alternatives<Expr> | undefined

  private postfixAlternatives(): Alternatives<Expr> {
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

  private operands: Alternatives<Expr> | undefined

  private operandAlternatives(): Alternatives<Expr> {
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
  private readonly body = this.RULE("body", (): Expr => {
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
  private readonly parameterLambda = this.RULE("parameterLambda", (): Expr => {
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

  /** `()`, `(e)`, `(a, b)`, or `(x, y) => e`. */
  private readonly parenthesis = this.RULE("parenthesis", (): Expr => {
    const start = this.at()
    return this.OR<Alternatives<Expr>>([
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

  private readonly grouped = this.RULE("grouped", (start: number): Expr => {
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

  private labelled: (() => IToken) | undefined
  private comma: (() => IToken) | undefined

  private readonly call = this.RULE("call", (callee: Expr, start: number): Expr => {
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

  private readonly clauses = this.RULE(
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

  private readonly clause = this.RULE("clause", (): Ast.ComprehensionClause => {
    const start = this.at()
    const pattern = this.SUBRULE(this.pattern)
    this.CONSUME(T.In)
    const source = this.SUBRULE(this.expression)
    return { pattern, source, span: this.span(start) }
  })

  private readonly array = this.RULE("array", (): Expr => {
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

  private readonly spread = this.RULE("spread", (): Ast.Spread => {
    const start = this.at()
    this.CONSUME(T.Spread)
    const value = this.SUBRULE(this.expression)
    return { kind: "spread", value, span: this.span(start) }
  })

  private readonly index = this.RULE("index", (): (Expr | Ast.Slice)[] => {
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

  private readonly record = this.RULE("record", (): Expr => {
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
      if (fields.length === 0) isBlock()
      complain(explain.field(this.LA(1)), this.spanOf(this.LA(1)))
    }
    this.CONSUME(T.RBrace)
    this.head = head
    return { kind: "record", fields, span: this.span(start) }
  })

  /** `"a {x} b"` in pieces. */
  private readonly interpolation = this.RULE("interpolation", (): Expr => {
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

  /** The text of a piece of a string without `before` and `after` characters. */
  private textOf(token: IToken, before: number, after: number): string {
    if (this.RECORDING_PHASE) return ""
    const { image, startOffset } = token
    return unescape(image.slice(before, image.length - after), (text, from, to) => {
      const start = startOffset + before
      this.faults.push(faultOf(text, { source: this.source, start: start + from, end: start + to }))
    })
  }

  private readonly ifExpression = this.RULE("ifExpression", (): Expr => {
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

  private readonly matchExpression = this.RULE("matchExpression", (): Expr => {
    const start = this.at()
    const arms: Ast.MatchArm[] = []
    this.CONSUME(T.Match)
    const subject = this.SUBRULE(this.headExpression, { ARGS: ["match"] })
    const head = this.head
    const depth = this.depth
    this.head = null
    this.CONSUME(T.LBrace)
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
    if (!this.RECORDING_PHASE && !this.sees(T.RBrace)) {
      complain(explain.pattern(this.LA(1), this.LA(0)), this.spanOf(this.LA(1)))
    }
    this.CONSUME(T.RBrace)
    this.head = head
    const span = this.span(start)
    if (arms.length === 0 && this.faults.length === 0 && !this.RECORDING_PHASE) complain(say.emptyMatch(), span)
    return { kind: "match", subject, arms, span }
  })

  private armEnds(): void {
    const next = this.LA(1)
    const type = next.tokenType
    if (type === T.Newline || type === T.Comma || type === T.RBrace) return
    complain(explain.armEnd(next), this.spanOf(next))
  }

  private readonly arm = this.RULE("arm", (): Ast.MatchArm => {
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

  // ── patterns ──────────────────────────────────────────────────────────────────────────────────────────────────────

  private readonly pattern = this.RULE("pattern", (): Pattern => {
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

  private readonly simplePattern = this.RULE("simplePattern", (): Pattern => {
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
    return this.OR<Alternatives<Pattern>>([
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
  private closes(closer: TokenType): void {
    if (this.RECORDING_PHASE || this.sees(closer)) return
    complain(explain.pattern(this.LA(1), this.LA(0)), this.spanOf(this.LA(1)))
  }

  /** `x`, `_`, `Leaf(v)`, `Rect(w: a)`, `shapes.Circle(r)`. */
  private readonly namedPattern = this.RULE("namedPattern", (): Pattern => {
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
      const found: { name: string | null; pattern: Pattern }[] = []
      this.CONSUME(T.CallParen)
      this.MANY1(() => {
        const label = this.OPTION1(() => {
          const word = this.CONSUME(T.Label)
          this.CONSUME(T.Colon)
          return nameOf(word)
        })
        found.push({ name: label ?? null, pattern: this.SUBRULE(this.pattern) })
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

  private readonly arrayPattern = this.RULE("arrayPattern", (): Pattern => {
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

  private readonly recordPattern = this.RULE("recordPattern", (): Pattern => {
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

function isPostfix(type: TokenType): boolean {
  return type === T.CallParen || type === T.Dot || type === T.IndexBracket || type === T.Prime
}

function numberOf(token: IToken): number {
  const value = Number(token.image)
  return Number.isNaN(value) ? Number(token.image.replaceAll("_", "")) : value
}

/** A name with a path of indices and fields, or null if the expression is something else. */
function assignable(target: Expr): { root: Ast.NameExpr; path: Ast.PathStep[] } | null {
  const path: Ast.PathStep[] = []
  let at = target
  for (;;) {
    if (at.kind === "name") return { root: at, path: path.reverse() }
    if (at.kind === "index") path.push({ kind: "index", items: at.items, span: at.span })
    else if (at.kind === "field") path.push({ kind: "field", name: at.name, span: at.span })
    else return null
    at = at.target
  }
}
