/**
 * The grammar: from laid-out tokens straight to the AST, one token ahead everywhere.
 * This file has the statements; `grammar/` has, from the ground up, what reading needs, patterns, brackets and expressions, each a class on top of the other
 * because the parser generator wants all rules on one object. It must not know scopes, values or how faults are shown.
 */

import type * as Ast from "./ast.ts"
import type { Expr, Statement } from "./ast.ts"
import { explain, nameOf } from "./complaints.ts"
import { ExpressionGrammar } from "./grammar/expressions.ts"
import { MAX_FAULTS, type Alternatives } from "./grammar/reading.ts"
import type { Layout } from "./layout.ts"
import { complain } from "./operators.ts"
import { syntaxFaults as say } from "./report/catalogue/syntax.ts"
import { faultOf, type Fault } from "./report/fault.ts"
import type { Source, Span } from "./report/span.ts"
import * as T from "./tokens.ts"

export class Grammar extends ExpressionGrammar {
  /** Reads a whole text. `unfinished` if the only fault is that the text ends. */
  read(source: Source, laidOut: Layout): { program: Ast.Program; faults: Fault[]; unfinished: boolean } {
    this.begin(source, laidOut)
    const statements = this.program()
    const { faults } = this
    const span = { source, start: 0, end: source.text.length }
    const unfinished = faults.length === 1 && this.atEnd === 1
    this.finish()
    return { program: { statements, span, doc: laidOut.moduleDoc }, faults, unfinished }
  }

  protected readonly program = this.RULE("program", (): Statement[] => {
    const all: Statement[] = []
    for (;;) {
      const part = this.SUBRULE(this.statements, { ARGS: [true] })
      if (this.RECORDING_PHASE) return []
      for (const statement of part) all.push(statement)
      if (this.sees(T.EOF)) return all
      // a closing brace that the layout let through
      this.SKIP_TOKEN()
    }
  })

  protected readonly statements = this.RULE("statements", (top: boolean): Statement[] => {
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
        if (type === T.Newline || type === T.Semicolon || type === T.RBrace || type === T.EOF) return
        complain(explain.statementEnd(next, this.LA(0), statement), this.spanOf(next))
      } catch (error) {
        this.depth = depth
        this.recover(error, first)
        this.skip(first, [T.Newline, T.Semicolon])
        if (this.faults.length >= MAX_FAULTS) this.skipAll()
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
      this.MANY(() => this.OR<unknown>(alternatives))
      if (this.RECORDING_PHASE) return list
      const next = this.LA(1)
      if (next.tokenType === T.EOF || next.tokenType === T.RBrace) return list
      if (this.faults.length >= MAX_FAULTS) {
        this.skipAll()
        return list
      }
      // nothing begins like this
      this.report(faultOf(explain.noStatement(next, this.LA(0)), this.spanOf(next)), this.spanOf(next).start)
      this.SKIP_TOKEN()
      this.skip(next, [T.Newline, T.Semicolon])
    }
  })

  protected readonly block = this.RULE("block", (): Ast.BlockExpr => {
    const start = this.at()
    const head = this.head
    this.head = null
    this.CONSUME(T.LBrace)
    const statements = this.SUBRULE(this.statements, { ARGS: [false] })
    this.CONSUME(T.RBrace)
    this.head = head
    return { kind: "block", statements, span: this.span(start) }
  })

  protected readonly statement = this.RULE("statement", (top: boolean): Statement => {
    this.top = top
    return this.OR<Statement>((this.kinds ??= this.statementAlternatives()))
  })

  /** Does the statement that begins stand at top level? */
  protected top = true
  protected kinds: Alternatives<Statement> | undefined

  protected statementAlternatives(): Alternatives<Statement> {
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

  protected readonly letStatement = this.RULE("letStatement", (): Statement => {
    const start = this.at()
    this.CONSUME(T.Let)
    const pattern = this.SUBRULE(this.pattern)
    this.CONSUME(T.Assign)
    const value = this.SUBRULE(this.expression)
    return { kind: "let", pattern, value, doc: this.docAt(start), span: this.span(start) }
  })

  protected readonly varStatement = this.RULE("varStatement", (): Statement => {
    const start = this.at()
    this.CONSUME(T.Var)
    const name = this.CONSUME(T.Name)
    this.CONSUME(T.Assign)
    const value = this.SUBRULE(this.expression)
    return { kind: "var", name: nameOf(name), nameSpan: this.spanOf(name), value, span: this.span(start) }
  })

  protected readonly fnStatement = this.RULE("fnStatement", (): Statement => {
    const start = this.at()
    this.CONSUME(T.Fn)
    const name = this.CONSUME(T.Name)
    this.CONSUME(T.CallParen)
    const params = this.SUBRULE(this.parameters)
    this.CONSUME(T.RParen)
    if (this.sees(T.Arrow)) complain(say.functionArrow(name.image), this.spanOf(this.LA(1)))
    const body = this.OR<Expr>([
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

  protected readonly forStatement = this.RULE("forStatement", (): Statement => {
    const start = this.at()
    this.CONSUME(T.For)
    const pattern = this.SUBRULE(this.pattern)
    this.CONSUME(T.In)
    const source = this.SUBRULE(this.headExpression, { ARGS: ["for"] })
    const body = this.SUBRULE(this.block)
    return { kind: "for", pattern, source, body, span: this.span(start) }
  })

  protected readonly whileStatement = this.RULE("whileStatement", (): Statement => {
    const start = this.at()
    this.CONSUME(T.While)
    const condition = this.SUBRULE(this.headExpression, { ARGS: ["while"] })
    const body = this.SUBRULE(this.block)
    return { kind: "while", condition, body, span: this.span(start) }
  })

  protected readonly exitStatement = this.RULE("exitStatement", (): Statement => {
    const start = this.at()
    return this.OR<Statement>([
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

  protected readonly typeStatement = this.RULE("typeStatement", (top: boolean): Statement => {
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

  protected readonly variant = this.RULE("variant", (doc: string | null): Ast.VariantDeclaration => {
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

  protected readonly importStatement = this.RULE("importStatement", (top: boolean): Statement => {
    const start = this.at()
    const word = this.CONSUME(T.Import)
    if (!top && !this.RECORDING_PHASE) complain(say.topLevelOnly("an import"), this.spanOf(word))
    return this.OR<Statement>([
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

  protected readonly blockStatement = this.RULE("blockStatement", (top: boolean): Statement => {
    const start = this.at()
    const word = this.OR([{ ALT: () => this.CONSUME(T.Test) }, { ALT: () => this.CONSUME(T.Bench) }])
    const kind = word.tokenType === T.Test ? "test" : "bench"
    if (!top && !this.RECORDING_PHASE) complain(say.topLevelOnly(`a \`${kind}\``), this.spanOf(word))
    const name = this.textOf(this.CONSUME(T.StringWhole), 1, 1)
    const body = this.SUBRULE(this.block)
    return { kind, name, body, span: this.span(start) }
  })

  protected readonly expressionStatement = this.RULE("expressionStatement", (top: boolean): Statement => {
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
      const called = target.kind === "call" && target.callee.kind === "name" ? target.callee.name : null
      complain(say.assignmentTarget(called), target.span)
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
