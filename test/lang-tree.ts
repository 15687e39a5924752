/**
 * Trees as short text, for tests of the parser: every operator with its operands in parentheses.
 * What is not written out here (spans, documentation) is tested where it matters.
 * It must not share code with the printer that it helps to test.
 */

import type { Expr, Pattern, Program, Slice, Spread, Statement } from "../lang/ast.ts"
import { parse } from "../lang/parse.ts"

/** The statements of a text, each as its tree; fails if the text has faults. */
export function tree(text: string): string[] {
  const { program, faults } = parse({ name: "test", text })
  if (faults.length > 0) throw new Error(faults.map((fault) => `${fault.code} ${fault.message}`).join("\n"))
  return program.statements.map(statement)
}

/** The tree of a text of one statement. */
export function one(text: string): string {
  const all = tree(text)
  if (all.length !== 1) throw new Error(`${String(all.length)} statements: ${all.join(" ; ")}`)
  return all[0] ?? ""
}

/** The codes of a text's faults. */
export function codes(text: string): string[] {
  return parse({ name: "test", text }).faults.map((fault) => fault.code)
}

/** A program without places, for comparison. */
export function plain(program: Program): unknown {
  return JSON.parse(
    JSON.stringify(program, (key, value: unknown) => {
      if (key === "span" || key.endsWith("Span")) return undefined
      if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
        return `number ${String(value)}`
      return value
    }),
  )
}

function list(items: readonly string[]): string {
  return items.map((item) => ` ${item}`).join("")
}

export function statement(s: Statement): string {
  switch (s.kind) {
    case "expr":
      return expr(s.value) + (s.silent ? ";" : "")
    case "let":
      return `let ${pattern(s.pattern)} = ${expr(s.value)}`
    case "var":
      return `var ${s.name} = ${expr(s.value)}`
    case "assign": {
      const path = s.path.map((step) =>
        step.kind === "field" ? `.${step.name}` : `[${step.items.map(item).join(", ")}]`,
      )
      return `${s.name}${path.join("")} ${s.op} ${expr(s.value)}`
    }
    case "fn":
      return `fn ${s.name}(${params(s.params)}) ${expr(s.body)}`
    case "type":
      return `type ${s.name} = ${s.variants.map((v) => `${v.name}(${v.fields.join(", ")})`).join(" | ")}`
    case "import":
      return `import ${s.specifier} as ${s.namespace ?? ""}{${(s.names ?? []).map((n) => `${n.name}:${n.as}`).join(", ")}}`
    case "for":
      return `for ${pattern(s.pattern)} in ${expr(s.source)} ${expr(s.body)}`
    case "while":
      return `while ${expr(s.condition)} ${expr(s.body)}`
    case "break":
    case "continue":
      return s.kind
    case "return":
      return s.value === null ? "return" : `return ${expr(s.value)}`
    case "test":
    case "bench":
      return `${s.kind} ${s.name} ${expr(s.body)}`
  }
}

function params(all: readonly { readonly pattern: Pattern; readonly default: Expr | null }[]): string {
  return all.map((p) => pattern(p.pattern) + (p.default === null ? "" : ` = ${expr(p.default)}`)).join(", ")
}

function item(i: Expr | Spread | Slice): string {
  if (i.kind === "spread") return `...${expr(i.value)}`
  if (i.kind !== "slice") return expr(i)
  const bound = (e: Expr | null): string => (e === null ? "" : expr(e))
  return `<${bound(i.from)}${i.inclusive ? "..=" : ".."}${bound(i.to)}>`
}

export function expr(e: Expr): string {
  switch (e.kind) {
    case "number":
      return String(e.value)
    case "string":
      return `"${e.parts.map((p) => (typeof p === "string" ? p : `{${expr(p)}}`)).join("")}"`
    case "boolean":
      return String(e.value)
    case "unit":
      return "()"
    case "name":
      return e.name
    case "array":
      return `[${e.items.map(item).join(", ")}]`
    case "tuple":
      return `(tuple${list(e.items.map(expr))})`
    case "record":
      return `{${e.fields.map((f) => (f.kind === "spread" ? item(f) : `${f.name}: ${expr(f.value)}`)).join(", ")}}`
    case "lambda":
      return `(\\${params(e.params)} -> ${expr(e.body)})`
    case "call": {
      const named = e.named.map((n) => `${n.name}: ${expr(n.value)}`)
      return `(${e.piped ? "|>" : "call"} ${expr(e.callee)}${list([...e.args.map(expr), ...named])})`
    }
    case "index":
      return `(index ${expr(e.target)}${list(e.items.map(item))})`
    case "field":
      return `(. ${expr(e.target)} ${e.name})`
    case "derivative":
      return `(' ${expr(e.target)})`
    case "unary":
      return `(${e.op} ${expr(e.operand)})`
    case "binary":
    case "logic":
      return `(${e.op} ${expr(e.left)} ${expr(e.right)})`
    case "compare":
      return `(${e.ops.map((o) => o.op).join(" ")}${list(e.operands.map(expr))})`
    case "range":
      return `(${e.inclusive ? "..=" : ".."} ${expr(e.from)} ${expr(e.to)})`
    case "if":
      return `(if ${expr(e.condition)} ${expr(e.then)}${e.else === null ? "" : ` ${expr(e.else)}`})`
    case "match": {
      const arms = e.arms.map(
        (a) => `${pattern(a.pattern)}${a.guard === null ? "" : ` if ${expr(a.guard)}`} => ${expr(a.body)}`,
      )
      return `(match ${expr(e.subject)}${list(arms.map((a) => `[${a}]`))})`
    }
    case "block":
      return `{ ${e.statements.map(statement).join("; ")} }`
    case "comprehension": {
      const clauses = e.clauses.map((c) => `${pattern(c.pattern)} in ${expr(c.source)}`)
      const condition = e.condition === null ? "" : ` if ${expr(e.condition)}`
      return `(${e.bare ? "bare " : ""}for ${expr(e.element)} | ${clauses.join(", ")}${condition})`
    }
    case "error":
      return "?"
  }
}

export function pattern(p: Pattern): string {
  switch (p.kind) {
    case "namePattern":
      return p.name
    case "wildcard":
      return "_"
    case "literalPattern":
      return p.value === null ? "()" : JSON.stringify(p.value)
    case "tuplePattern":
      return `(tuple${list(p.items.map(pattern))})`
    case "recordPattern":
      return `{${p.fields.map((f) => `${f.name}: ${pattern(f.pattern)}`).join(", ")}}`
    case "variantPattern":
      return `${p.name}(${p.fields.map((f) => (f.name === null ? "" : `${f.name}: `) + pattern(f.pattern)).join(", ")})`
    case "arrayPattern": {
      const rest = p.rest === null ? [] : [`...${p.rest.name ?? "_"}`]
      return `[${[...p.before.map(pattern), ...rest, ...p.after.map(pattern)].join(", ")}]`
    }
    case "orPattern":
      return `(| ${p.alternatives.map(pattern).join(" ")})`
  }
}
