/**
 * A slow and obvious interpreter of a part of the language, straight over the syntax.
 * Leaving a loop or a function is an exception, environments are chained maps, arrays are copied at every assignment: everything elaboration takes apart is
 * done here in the plain way, as a second opinion. It knows numbers, booleans, arrays, tuples and functions.
 */

import type * as ast from "../lang/ast.ts"

export type Plain = number | boolean | null | readonly Plain[] | Fn
type Fn = (args: readonly Plain[]) => Plain

class Jump extends Error {
  readonly word: "break" | "continue" | "return"
  readonly value: Plain

  constructor(word: "break" | "continue" | "return", value: Plain) {
    super(word)
    this.word = word
    this.value = value
  }
}

/** The reference gave up: the program takes too long. */
export class TooLong extends Error {}

interface Box {
  value: Plain | undefined
  readonly isVar: boolean
}

class Env {
  readonly outer: Env | null
  readonly names = new Map<string, Box>()

  constructor(outer: Env | null) {
    this.outer = outer
  }

  find(name: string): Box | undefined {
    return this.names.get(name) ?? this.outer?.find(name)
  }

  /** Everything as it is now, `var`s by value: what a function sees. */
  frozen(): Env {
    const copy = new Env(this.outer === null ? null : this.outer.frozen())
    for (const [name, box] of this.names) copy.names.set(name, box.isVar ? { value: box.value, isVar: false } : box)
    return copy
  }
}

/** Runs a program; gives what it prints and the values of its expression statements. */
export function interpret(program: ast.Program, fuel = 20_000): { printed: Plain[]; shown: Plain[] } {
  const printed: Plain[] = []
  const shown: Plain[] = []
  let left = fuel
  const tick = (): void => {
    if (--left < 0) throw new TooLong()
  }
  const builtins: Readonly<Record<string, Fn>> = {
    print: ([x]) => {
      printed.push(x ?? null)
      return null
    },
    sum: ([xs]) => (xs as readonly number[]).reduce((a, b) => a + b, 0),
    len: ([xs]) => (xs as readonly Plain[]).length,
  }

  const block = (node: ast.BlockExpr, outer: Env): Plain => run(node.statements, new Env(outer))

  const run = (statements: readonly ast.Statement[], env: Env): Plain => {
    for (const node of statements) if (node.kind === "fn") env.names.set(node.name, { value: undefined, isVar: false })
    let value: Plain = null
    for (const node of statements) {
      // A function sees the variables as they are when its definition is reached; mentioned earlier, it is made without them.
      for (const other of statements) {
        const box = other.kind === "fn" ? env.names.get(other.name) : undefined
        if (other.kind === "fn" && box !== undefined && (box.value === undefined || other === node))
          box.value = closure(other, other === node ? env.frozen() : env)
      }
      value = statement(node, env)
    }
    return value
  }

  const closure = (node: ast.LambdaExpr | ast.FnStatement, env: Env): Fn => {
    return (args) => {
      tick()
      const inner = new Env(env)
      node.params.forEach((param, i) => {
        const given = args[i]
        const value = given ?? (param.default === null ? null : expr(param.default, inner))
        bind(param.pattern, value, inner)
      })
      try {
        return expr(node.body, inner)
      } catch (jump) {
        if (jump instanceof Jump && jump.word === "return") return jump.value
        throw jump
      }
    }
  }

  const statement = (node: ast.Statement, env: Env): Plain => {
    switch (node.kind) {
      case "expr":
        return expr(node.value, env)
      case "let":
        bind(node.pattern, expr(node.value, env), env)
        return null
      case "var":
        env.names.set(node.name, { value: expr(node.value, env), isVar: true })
        return null
      case "assign":
        assign(node, env)
        return null
      case "for":
        for (const element of expr(node.source, env) as readonly Plain[]) {
          tick()
          const inner = new Env(env)
          bind(node.pattern, element, inner)
          if (turn(node.body, inner)) break
        }
        return null
      case "while":
        while (expr(node.condition, env) === true) {
          tick()
          if (turn(node.body, env)) break
        }
        return null
      case "break":
      case "continue":
        throw new Jump(node.kind, null)
      case "return":
        throw new Jump("return", node.value === null ? null : expr(node.value, env))
      default:
        return null
    }
  }

  const turn = (body: ast.BlockExpr, env: Env): boolean => {
    try {
      block(body, env)
    } catch (jump) {
      if (!(jump instanceof Jump) || jump.word === "return") throw jump
      return jump.word === "break"
    }
    return false
  }

  const assign = (node: ast.AssignStatement, env: Env): void => {
    const box = env.find(node.name)
    if (box === undefined) throw new Error(`no ${node.name}`)
    const [step] = node.path
    const op = node.op === "=" ? null : (node.op.slice(0, -1) as ast.BinaryOperator)
    if (step?.kind === "index") {
      const [item] = step.items
      const index = item === undefined || item.kind === "slice" ? 0 : (expr(item, env) as number)
      const value = expr(node.value, env)
      const changed = [...(box.value as readonly Plain[])]
      changed[index] = op === null ? value : binary(op, changed[index] ?? null, value)
      box.value = changed
    } else {
      const old = box.value ?? null
      const value = expr(node.value, env)
      box.value = op === null ? value : binary(op, op === "++" ? (box.value ?? null) : old, value)
    }
  }

  const fits = (pattern: ast.Pattern, value: Plain, env: Env): boolean => {
    switch (pattern.kind) {
      case "namePattern":
        env.names.set(pattern.name, { value, isVar: false })
        return true
      case "wildcard":
        return true
      case "literalPattern":
        return pattern.value === value
      case "tuplePattern":
        return pattern.items.every((item, i) => fits(item, (value as readonly Plain[])[i] ?? null, env))
      case "arrayPattern": {
        const items = value as readonly Plain[]
        const { before, after, rest } = pattern
        const fixed = before.length + after.length
        if (rest === null ? items.length !== fixed : items.length < fixed) return false
        if (rest?.name != null)
          env.names.set(rest.name, { value: items.slice(before.length, items.length - after.length), isVar: false })
        return (
          before.every((item, i) => fits(item, items[i] ?? null, env)) &&
          after.every((item, i) => fits(item, items[items.length - after.length + i] ?? null, env))
        )
      }
      case "orPattern":
        return pattern.alternatives.some((item) => fits(item, value, env))
      default:
        throw new Error(pattern.kind)
    }
  }

  const bind = (pattern: ast.Pattern, value: Plain, env: Env): void => {
    if (!fits(pattern, value, env)) throw new Error("does not fit")
  }

  const expr = (node: ast.Expr, env: Env): Plain => {
    switch (node.kind) {
      case "number":
      case "boolean":
        return node.value
      case "unit":
        return null
      case "name": {
        const box = env.find(node.name)
        const value = box === undefined ? builtins[node.name] : box.value
        if (value === undefined) throw new Error(`${node.name} has no value`)
        return value
      }
      case "array":
      case "tuple":
        return node.items.map((item) => expr(item as ast.Expr, env))
      case "lambda":
        return closure(node, env.frozen())
      case "call": {
        if (node.piped) throw new Error("piped")
        const callee = expr(node.callee, env) as Fn
        return callee(node.args.map((arg) => expr(arg, env)))
      }
      case "index": {
        const target = expr(node.target, env) as readonly Plain[]
        return target[expr(node.items[0] as ast.Expr, env) as number] ?? null
      }
      case "unary": {
        const value = expr(node.operand, env)
        return node.op === "not" ? value !== true : -(value as number)
      }
      case "binary": {
        const left = expr(node.left, env)
        return binary(node.op, left, expr(node.right, env))
      }
      case "compare": {
        let left = expr(node.operands[0] as ast.Expr, env)
        for (const [i, { op }] of node.ops.entries()) {
          const right = expr(node.operands[i + 1] as ast.Expr, env)
          if (!compare(op, left as number, right as number)) return false
          left = right
        }
        return true
      }
      case "logic": {
        const left = expr(node.left, env)
        return left === (node.op === "or") ? left : expr(node.right, env)
      }
      case "range": {
        const from = expr(node.from, env) as number
        const to = expr(node.to, env) as number
        return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
      }
      case "if": {
        if (expr(node.condition, env) === true) return block(node.then, env)
        return node.else === null ? null : expr(node.else, env)
      }
      case "match": {
        const value = expr(node.subject, env)
        for (const { pattern, guard, body } of node.arms) {
          const inner = new Env(env)
          if (fits(pattern, value, inner) && (guard === null || expr(guard, inner) === true)) return expr(body, inner)
        }
        throw new Error("no arm fits")
      }
      case "block":
        return block(node, env)
      case "comprehension":
        return comprehend(node, 0, env)
      default:
        throw new Error(node.kind)
    }
  }

  const comprehend = (node: ast.ComprehensionExpr, depth: number, env: Env): readonly Plain[] => {
    const clause = node.clauses[depth]
    if (clause === undefined) throw new Error("no clause")
    const last = depth === node.clauses.length - 1
    return (expr(clause.source, env) as readonly Plain[]).flatMap((element): readonly Plain[] => {
      tick()
      const inner = new Env(env)
      bind(clause.pattern, element, inner)
      if (!last)
        return node.condition === null ? [comprehend(node, depth + 1, inner)] : comprehend(node, depth + 1, inner)
      return node.condition === null || expr(node.condition, inner) === true ? [expr(node.element, inner)] : []
    })
  }

  const env = new Env(null)
  for (const node of program.statements)
    if (node.kind === "fn") env.names.set(node.name, { value: undefined, isVar: false })
  for (const node of program.statements) {
    for (const other of program.statements) {
      const box = other.kind === "fn" ? env.names.get(other.name) : undefined
      if (other.kind === "fn" && box !== undefined && (box.value === undefined || other === node))
        box.value = closure(other, other === node ? env.frozen() : env)
    }
    const value = statement(node, env)
    if (node.kind === "expr" && !node.silent && value !== null) shown.push(value)
  }
  return { printed, shown }
}

function binary(op: ast.BinaryOperator, left: Plain, right: Plain): Plain {
  if (op === "++") return [...(left as readonly Plain[]), ...(right as readonly Plain[])]
  const a = left as number
  const b = right as number
  switch (op) {
    case "+":
      return a + b
    case "-":
      return a - b
    case "*":
      return a * b
    case "%":
      return ((a % b) + b) % b
    default:
      throw new Error(op)
  }
}

function compare(op: ast.CompareOperator, a: number, b: number): boolean {
  switch (op) {
    case "==":
      return a === b
    case "!=":
      return a !== b
    case "<":
      return a < b
    case "<=":
      return a <= b
    case ">":
      return a > b
    case ">=":
      return a >= b
  }
}
