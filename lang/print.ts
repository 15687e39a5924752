/**
 * The AST as source, in the one layout of the language.
 * Reading what is printed gives the same tree (but for spans); parentheses stand where precedence or a brace would otherwise read differently.
 * It must not know the text that the tree came from, except through `PrintOptions`, by which `format.ts` keeps what a person chose.
 */

import type {
  BlockExpr,
  CallExpr,
  ComprehensionClause,
  Expr,
  MatchArm,
  NamedArgument,
  Param,
  PathStep,
  Pattern,
  Program,
  RecordField,
  Slice,
  Spread,
  Statement,
  StringExpr,
  TypeStatement,
} from "./ast.ts"
import { either, group, hardline, indent, join, layOut, line, softline, verbatim, type Doc } from "./doc.ts"
import { escape } from "./escapes.ts"
import { COMPARE, NEGATE, NOT, POW, POWER, RANGE } from "./operators.ts"

/** What may be kept from the text that a tree was read from. */
export interface PrintOptions {
  readonly width?: number
  /** The spelling of a number or a string. */
  readonly spelling?: (node: Expr) => string | null
  /** Did a person put this in parentheses? */
  readonly inParentheses?: (node: Expr) => boolean
  /** Stands in for a whole statement or arm, or null. */
  readonly verbatim?: (node: Statement | MatchArm) => readonly string[] | null
  /** Comment lines, and `""` for an empty line, before a statement or arm; `null` stands for the end of a block. */
  readonly before?: (node: Statement | MatchArm | null, block: BlockLike) => readonly string[]
  /** A comment behind a statement or arm on its line. */
  readonly behind?: (node: Statement | MatchArm) => string | null
}

/** What holds statements or arms. */
export type BlockLike = Program | BlockExpr | (Expr & { readonly kind: "match" })

/** A whole program, with a newline at the end. */
export function print(program: Program, options: PrintOptions = {}): string {
  const printer = new Printer(options)
  const text = layOut(printer.program(program), options.width)
  return text === "" ? "" : `${text}\n`
}

/** One expression; on one line unless a width is given. */
export function printExpr(expr: Expr, width?: number): string {
  return layOut(new Printer({}).expr(expr), width, width === undefined)
}

/** A pattern on one line. */
export function printPattern(pattern: Pattern): string {
  return layOut(new Printer({}).pattern(pattern), undefined, true)
}

/** A number with as many digits as it takes to read it back. */
export function printNumber(value: number): string {
  if (Number.isNaN(value)) return "nan"
  if (value === Infinity) return "1e999"
  if (value < 0 || Object.is(value, -0)) return `-${printNumber(-value)}`
  return String(value).replace("e+", "e")
}

/** Binding powers beyond those of the operators. */
const LOOSEST = 0
const POSTFIX = 11

class Printer {
  private readonly options: PrintOptions

  constructor(options: PrintOptions) {
    this.options = options
  }

  // ── statements ──────────────────────────────────────────────────────────────────────────────────────────────────

  program(program: Program): Doc {
    const head: Doc[] = []
    if (program.doc !== null && this.options.before === undefined) {
      head.push(docLines(program.doc), program.statements.length > 0 ? hardline : "")
      if (program.statements.length > 0) head.push(hardline)
    }
    return [...head, this.sequence(program.statements, program)]
  }

  private sequence(items: readonly Statement[], block: BlockLike): Doc {
    const out: Doc[] = []
    items.forEach((statement, i) => {
      if (i > 0) out.push(hardline)
      out.push(
        this.lead(statement, block, i === 0),
        this.marked(statement, () => this.statement(statement)),
      )
    })
    return [...out, this.closing(block, items.length > 0)]
  }

  private lead(node: Statement | MatchArm, block: BlockLike, first: boolean): Doc {
    const lines = this.options.before?.(node, block) ?? []
    const shown = first && lines[0] === "" ? lines.slice(1) : lines
    return shown.map((text) => [text, hardline])
  }

  private closing(block: BlockLike, any: boolean): Doc {
    const lines = this.options.before?.(null, block) ?? []
    if (lines.length === 0) return ""
    const shown = !any && lines[0] === "" ? lines.slice(1) : lines
    return [any ? hardline : "", join(shown, hardline)]
  }

  private marked(node: Statement | MatchArm, doc: () => Doc): Doc {
    const kept = this.options.verbatim?.(node)
    const behind = this.options.behind?.(node)
    const own = kept === null || kept === undefined ? doc() : verbatim(kept)
    return behind === null || behind === undefined ? own : [own, ` ${behind}`]
  }

  statement(statement: Statement): Doc {
    switch (statement.kind) {
      case "expr":
        return [this.expr(statement.value), statement.silent ? ";" : ""]
      case "let":
        return [
          this.doc(statement.doc),
          group(["let ", this.pattern(statement.pattern), " = ", this.value(statement.value)]),
        ]
      case "var":
        return group(["var ", statement.name, " = ", this.value(statement.value)])
      case "assign": {
        const path = statement.path.map((step) => this.step(step))
        return group([statement.name, ...path, ` ${statement.op} `, this.value(statement.value)])
      }
      case "fn": {
        const head = ["fn ", statement.name, this.params(statement.params)]
        const { body } = statement
        const tail = body.kind === "block" ? [" ", this.block(body)] : [" = ", this.value(body)]
        return [this.doc(statement.doc), group([...head, ...tail])]
      }
      case "type":
        return this.type(statement)
      case "import": {
        const from = `"${escape(statement.specifier, false)}"`
        if (statement.names === null) return `import ${from} as ${statement.namespace ?? ""}`
        const names = statement.names.map(({ name, as }) => (name === as ? name : `${name} as ${as}`))
        if (names.length === 0) return `import {} from ${from}`
        return group(["import ", this.braces(names), ` from ${from}`])
      }
      case "for":
        return [
          "for ",
          this.pattern(statement.pattern),
          " in ",
          this.head(statement.source),
          " ",
          this.block(statement.body),
        ]
      case "while":
        return ["while ", this.head(statement.condition), " ", this.block(statement.body)]
      case "break":
      case "continue":
        return statement.kind
      case "return":
        return statement.value === null ? "return" : group(["return ", this.expr(statement.value)])
      case "test":
      case "bench":
        return [`${statement.kind} "${escape(statement.name, false)}" `, this.block(statement.body)]
    }
  }

  private doc(text: string | null): Doc {
    return text === null || this.options.before !== undefined ? "" : [docLines(text), hardline]
  }

  private type(statement: TypeStatement): Doc {
    const variants = statement.variants.map((variant): Doc => {
      const fields = variant.fields.length === 0 ? "" : `(${variant.fields.join(", ")})`
      return `${variant.name}${fields}`
    })
    const documented = statement.variants.some((variant) => variant.doc !== null)
    const head = [this.doc(statement.doc), "type ", statement.name, " ="]
    if (!documented) {
      return [...head, group(indent([line, either("| ", ""), join(variants, [line, "| "])]))]
    }
    const lines = statement.variants.map((variant, i): Doc => [
      hardline,
      variant.doc === null ? "" : [docLines(variant.doc), hardline],
      "| ",
      variants[i] ?? "",
    ])
    return [...head, indent(lines)]
  }

  /** The right side of `=`: on the next line where it does not fit and brings no bracket of its own. */
  private value(value: Expr): Doc {
    const doc = this.expr(value)
    return isChain(value) ? group(indent([softline, doc])) : doc
  }

  block(block: BlockExpr): Doc {
    const { statements } = block
    const closing = this.options.before?.(null, block) ?? []
    if (statements.length === 0 && closing.length === 0) return "{}"
    const [only] = statements
    const short =
      statements.length === 1 &&
      only !== undefined &&
      closing.length === 0 &&
      (only.kind === "expr" ||
        only.kind === "assign" ||
        only.kind === "return" ||
        only.kind === "break" ||
        only.kind === "continue") &&
      (this.options.before?.(only, block) ?? []).every((text) => text === "") &&
      (this.options.behind?.(only) ?? null) === null
    if (short) return group(["{", indent([line, this.sequence(statements, block)]), line, "}"])
    return ["{", indent([either(hardline, " "), this.sequence(statements, block)]), either(hardline, " "), "}"]
  }

  private step(step: PathStep): Doc {
    return step.kind === "field"
      ? `.${step.name}`
      : this.brackets(
          "[",
          step.items.map((item) => this.indexItem(item)),
          "]",
        )
  }

  // ── expressions ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** An expression where everything that binds at least as tightly as `least` needs no parentheses. */
  expr(expr: Expr, least = LOOSEST): Doc {
    if (powerOf(expr) >= least && !this.kept(expr)) return this.bare(expr)
    return group(["(", indent([softline, this.bare(expr)]), softline, ")"])
  }

  private bare(expr: Expr): Doc {
    switch (expr.kind) {
      case "number":
        return this.options.spelling?.(expr) ?? printNumber(expr.value)
      case "string":
        return this.options.spelling?.(expr) ?? this.string(expr)
      case "boolean":
        return String(expr.value)
      case "unit":
        return "()"
      case "name":
        return expr.name
      case "array":
        return this.brackets(
          "[",
          expr.items.map((item) => this.item(item)),
          "]",
        )
      case "tuple":
        return this.brackets(
          "(",
          expr.items.map((item) => this.expr(item)),
          ")",
        )
      case "record":
        return expr.fields.length === 0 ? "{}" : group(this.braces(expr.fields.map((field) => this.field(field))))
      case "lambda":
        return this.lambda(expr.params, expr.body)
      case "call":
        return this.call(expr)
      case "index":
        return [
          this.target(expr.target),
          this.brackets(
            "[",
            expr.items.map((item) => this.indexItem(item)),
            "]",
          ),
        ]
      case "field":
        return [
          expr.target.kind === "number" ? ["(", this.bare(expr.target), ")"] : this.target(expr.target),
          `.${expr.name}`,
        ]
      case "derivative":
        return [this.target(expr.target), "'"]
      case "unary":
        return expr.op === "not" ? ["not ", this.expr(expr.operand, NOT)] : ["-", this.expr(expr.operand, NEGATE)]
      case "binary":
        return expr.op === "^" ? this.power(expr.left, expr.right) : this.chain(expr)
      case "logic":
        return this.chain(expr)
      case "compare": {
        const [first, ...rest] = expr.operands
        const parts = rest.map((operand, i): Doc => [
          line,
          `${expr.ops[i]?.op ?? "=="} `,
          this.expr(operand, COMPARE + 1),
        ])
        return group([first === undefined ? "" : this.expr(first, COMPARE + 1), indent(parts)])
      }
      case "range":
        return [this.expr(expr.from, RANGE + 1), expr.inclusive ? "..=" : "..", this.expr(expr.to, RANGE + 1)]
      case "if": {
        const out: Doc[] = []
        let at: Expr | null = expr
        while (at !== null && at.kind === "if") {
          out.push("if ", this.head(at.condition), " ", this.block(at.then))
          at = at.else
          if (at !== null) out.push(" else ")
        }
        if (at !== null) out.push(this.block(at as BlockExpr))
        return group(out)
      }
      case "match": {
        const arms = expr.arms.map((arm, i): Doc => [
          i === 0 ? "" : either(hardline, ", "),
          this.lead(arm, expr, i === 0),
          this.marked(arm, () => this.arm(arm)),
        ])
        const inner = [...arms, this.closing(expr, arms.length > 0)]
        return [
          "match ",
          this.head(expr.subject),
          " {",
          indent([either(hardline, " "), inner]),
          either(hardline, " "),
          "}",
        ]
      }
      case "block":
        return ["do ", this.block(expr)]
      case "comprehension":
        return group([
          "[",
          indent([softline, this.comprehension(expr.element, expr.clauses, expr.condition)]),
          softline,
          "]",
        ])
      case "error":
        return "/* unreadable */"
    }
  }

  private string(expr: StringExpr): Doc {
    const parts = expr.parts.map((part) =>
      typeof part === "string" ? escape(part) : `{${layOut(this.expr(part), undefined, true)}}`,
    )
    return `"${parts.join("")}"`
  }

  private item(item: Expr | Spread): Doc {
    return item.kind === "spread" ? ["...", this.expr(item.value)] : this.expr(item)
  }

  private field(field: RecordField | Spread): Doc {
    if (field.kind === "spread") return ["...", this.expr(field.value)]
    const { name, value } = field
    return value.kind === "name" && value.name === name ? name : [`${name}: `, this.expr(value)]
  }

  private indexItem(item: Expr | Slice): Doc {
    if (item.kind === "range") return ["(", this.bare(item), ")"]
    if (item.kind !== "slice") return this.expr(item)
    const bound = (value: Expr | null): Doc => (value === null ? "" : this.expr(value, RANGE + 1))
    return [bound(item.from), item.inclusive ? "..=" : "..", bound(item.to)]
  }

  /** What a postfix stands behind. */
  private target(expr: Expr): Doc {
    return this.expr(expr, POSTFIX)
  }

  /** The head of `if`, `match`, `for`, `while` or a guard: no function without parentheses. */
  private head(expr: Expr): Doc {
    return expr.kind === "lambda" ? ["(", this.bare(expr), ")"] : this.expr(expr)
  }

  private params(params: readonly Param[]): Doc {
    return this.brackets(
      "(",
      params.map((param) => this.param(param)),
      ")",
    )
  }

  private param(param: Param): Doc {
    const pattern = this.pattern(param.pattern)
    return param.default === null ? pattern : [pattern, " = ", this.expr(param.default)]
  }

  private lambda(params: readonly Param[], body: Expr): Doc {
    const [only] = params
    const plain =
      params.length === 1 &&
      only !== undefined &&
      only.default === null &&
      (only.pattern.kind === "namePattern" || only.pattern.kind === "wildcard")
    const head = plain ? this.pattern(only.pattern) : this.params(params)
    return group([head, " =>", this.body(body)])
  }

  /** What stands behind `=>`: a block in braces, a record so that it is not read as one. */
  private body(body: Expr): Doc {
    if (body.kind === "block") return [" ", this.block(body)]
    if (readsAsBlock(body)) return [" (", this.bare(body), ")"]
    return isChain(body) ? group(indent([line, this.expr(body)])) : [" ", this.expr(body)]
  }

  private call(expr: CallExpr): Doc {
    if (!expr.piped) return [this.target(expr.callee), this.args(expr.args, expr.named)]
    const steps: Doc[] = []
    let at: Expr = expr
    while (at.kind === "call" && at.piped && (at === expr || !this.kept(at))) {
      steps.push([line, "|> ", this.pipeStep(at)])
      at = at.args[0] ?? at.callee
    }
    return group([this.expr(at, POWER["|>"]), indent(steps.reverse())])
  }

  /** What stands right of `|>`. */
  private pipeStep({ callee, args, named }: CallExpr): Doc {
    if (args.length + named.length > 1) return [this.target(callee), this.args(args.slice(1), named)]
    return callee.kind === "call" ? ["(", this.bare(callee), ")"] : this.target(callee)
  }

  private args(args: readonly Expr[], named: readonly NamedArgument[]): Doc {
    const shown = args.map((arg): Doc =>
      arg.kind === "comprehension" && arg.bare && args.length + named.length === 1
        ? this.comprehension(arg.element, arg.clauses, arg.condition)
        : this.expr(arg),
    )
    for (const { name, value } of named) shown.push([`${name}: `, this.expr(value)])
    return this.brackets("(", shown, ")", isHugging(args, named.length))
  }

  private comprehension(element: Expr, clauses: readonly ComprehensionClause[], condition: Expr | null): Doc {
    const loops = clauses.map((clause): Doc => [this.pattern(clause.pattern), " in ", this.expr(clause.source)])
    const filter = condition === null ? "" : [line, "if ", this.expr(condition)]
    return [this.expr(element), line, "for ", join(loops, ", "), filter]
  }

  /** Operators of one power in a row, broken at all of them or none. */
  private chain(expr: Expr & { readonly kind: "binary" | "logic" }): Doc {
    const power = POWER[expr.op] ?? LOOSEST
    const rest: Doc[] = []
    let at: Expr = expr
    while ((at.kind === "binary" || at.kind === "logic") && POWER[at.op] === power && (at === expr || !this.kept(at))) {
      rest.push([line, `${at.op} `, this.expr(at.right, power + 1)])
      at = at.left
    }
    return group([this.expr(at, power), indent(rest.reverse())])
  }

  private kept(expr: Expr): boolean {
    return this.options.inParentheses?.(expr) ?? false
  }

  private power(base: Expr, exponent: Expr): Doc {
    const right = exponent.kind === "unary" && exponent.op === "-" ? NEGATE : POW
    return [this.expr(base, POSTFIX), "^", this.expr(exponent, right)]
  }

  private arm(arm: MatchArm): Doc {
    const guard = arm.guard === null ? "" : [" if ", this.head(arm.guard)]
    return group([this.pattern(arm.pattern), guard, " =>", this.body(arm.body)])
  }

  private brackets(open: string, items: readonly Doc[], close: string, hug = false): Doc {
    if (items.length === 0) return `${open}${close}`
    if (hug) return [open, join(items, ", "), close]
    return group([open, indent([softline, join(items, [",", line])]), either(",", ""), softline, close])
  }

  private braces(items: readonly Doc[]): Doc {
    return ["{", indent([line, join(items, [",", line])]), either(",", ""), line, "}"]
  }

  // ── patterns ────────────────────────────────────────────────────────────────────────────────────────────────────

  pattern(pattern: Pattern): Doc {
    switch (pattern.kind) {
      case "namePattern":
        return pattern.name
      case "wildcard":
        return "_"
      case "literalPattern":
        return literal(pattern.value)
      case "tuplePattern":
        return this.brackets(
          "(",
          pattern.items.map((item) => this.pattern(item)),
          ")",
        )
      case "recordPattern": {
        const fields = pattern.fields.map(({ name, pattern: inner }): Doc =>
          inner.kind === "namePattern" && inner.name === name ? name : [`${name}: `, this.pattern(inner)],
        )
        return fields.length === 0 ? "{}" : group(this.braces(fields))
      }
      case "variantPattern": {
        const fields = pattern.fields.map(({ name, pattern: inner }): Doc =>
          name === null ? this.pattern(inner) : [`${name}: `, this.pattern(inner)],
        )
        const bare = fields.length === 0 && pattern.name.includes(".")
        return bare ? pattern.name : [pattern.name, this.brackets("(", fields, ")")]
      }
      case "arrayPattern": {
        const before = pattern.before.map((item) => this.pattern(item))
        const after = pattern.after.map((item) => this.pattern(item))
        const rest = pattern.rest === null ? [] : [`...${pattern.rest.name ?? ""}`]
        return this.brackets("[", [...before, ...rest, ...after], "]")
      }
      case "orPattern":
        return group(
          join(
            pattern.alternatives.map((item) =>
              item.kind === "orPattern" ? ["(", this.pattern(item), ")"] : this.pattern(item),
            ),
            [line, "| "],
          ),
        )
    }
  }
}

function literal(value: number | string | boolean | null): string {
  if (value === null) return "()"
  if (typeof value === "string") return `"${escape(value)}"`
  return typeof value === "number" ? printNumber(value) : String(value)
}

function docLines(text: string): Doc {
  return join(
    text.split("\n").map((row) => (row === "" ? "///" : `/// ${row}`)),
    hardline,
  )
}

/** How tightly an expression holds together. */
function powerOf(expr: Expr): number {
  switch (expr.kind) {
    case "lambda":
      return LOOSEST
    case "call":
      return expr.piped ? (POWER["|>"] ?? 1) : POSTFIX
    case "unary":
      return expr.op === "not" ? NOT : NEGATE
    case "binary":
    case "logic":
      return POWER[expr.op] ?? LOOSEST
    case "compare":
      return COMPARE
    case "range":
      return RANGE
    case "if":
    case "match":
    case "block":
      return POW
    case "number":
      return expr.value < 0 || Object.is(expr.value, -0) ? NEGATE : POSTFIX
    default:
      return POSTFIX
  }
}

/** Would the brace that this begins with be read as a block behind `=>`? */
function readsAsBlock(expr: Expr): boolean {
  switch (expr.kind) {
    case "record": {
      const [first] = expr.fields
      if (first === undefined) return true
      const alone = first.kind === "recordField" && first.value.kind === "name" && first.value.name === first.name
      return alone && expr.fields.length === 1
    }
    case "call": {
      const [piped] = expr.args
      return readsAsBlock(expr.piped && piped !== undefined ? piped : expr.callee)
    }
    case "index":
    case "field":
    case "derivative":
      return readsAsBlock(expr.target)
    case "binary":
    case "logic":
      return readsAsBlock(expr.left)
    case "compare":
      return expr.operands[0] !== undefined && readsAsBlock(expr.operands[0])
    case "range":
      return readsAsBlock(expr.from)
    default:
      return false
  }
}

/** Is it better moved to a line of its own than broken where it stands? */
function isChain(expr: Expr): boolean {
  return (
    expr.kind === "binary" || expr.kind === "logic" || expr.kind === "compare" || (expr.kind === "call" && expr.piped)
  )
}

/** A last argument that is a function with a block stays on the line of the call. */
function isHugging(args: readonly Expr[], named: number): boolean {
  const last = args.at(-1)
  if (last === undefined || named > 0) return false
  const simple = args
    .slice(0, -1)
    .every((arg) => arg.kind === "name" || arg.kind === "number" || arg.kind === "boolean")
  return simple && last.kind === "lambda" && last.body.kind === "block"
}
