/**
 * What does every name mean, and what can every part of a program do? Expressions, functions and statements.
 * One walk over the syntax in textual order; it fills the tables of `Facts` and reports what is wrong with names and with where a statement stands. It must
 * not know Core: it decides nothing about the code to come.
 */

import type * as ast from "../ast.ts"
import { callFaults } from "./checkcall.ts"
import { matchWarnings } from "./checkmatch.ts"
import { isPure, literalKind } from "./literal.ts"
import { Names } from "./names.ts"
import { PatternResolver } from "./resolvepatterns.ts"
import { atTop } from "./resolvestate.ts"
import { faults, warnings } from "../report/catalogue.ts"
import type { Span } from "../report/span.ts"
import {
  ASSIGNS,
  BlockFacts,
  BREAKS,
  CONTINUES,
  FunctionFacts,
  LEAVES,
  LIFTS,
  RETURNS,
  Variable,
  type BlockFunction,
  type LoopFacts,
  type Meaning,
} from "../scope.ts"

/** Resolves everything below the top level. */
export class Resolver extends PatternResolver {
  /** What the value of the statement being read is bound to. */
  private bound: Variable | null = null
  /** The name of the function that is the value being read. */
  private title: string | null = null

  // Expressions: each gives what it can do.

  expr(node: ast.Expr): number {
    const abilities = this.read(node)
    if (abilities !== 0) this.facts.abilities.set(node, abilities)
    return abilities
  }

  private exprs(nodes: readonly ast.Expr[]): number {
    let abilities = 0
    for (const node of nodes) abilities |= this.expr(node)
    return abilities
  }

  private read(node: ast.Expr): number {
    switch (node.kind) {
      case "number":
      case "boolean":
      case "unit":
      case "error":
        return 0
      case "string": {
        let abilities = 0
        for (const part of node.parts) if (typeof part !== "string") abilities |= this.expr(part)
        return abilities
      }
      case "name":
        this.name(node)
        return 0
      case "array": {
        let abilities = 0
        for (const item of node.items) abilities |= this.expr(item.kind === "spread" ? item.value : item)
        return abilities
      }
      case "tuple":
        return this.exprs(node.items)
      case "record":
        return this.record(node)
      case "lambda":
        this.lambda(node)
        return 0
      case "call":
        return this.call(node)
      case "index":
        return this.expr(node.target) | this.indices(node.items)
      case "field":
        return this.field(node)
      case "derivative":
        return this.expr(node.target)
      case "unary":
        if (node.op === "not") this.mustBeCondition(node.operand)
        return this.expr(node.operand)
      case "binary":
      case "logic":
        return this.spine(node)
      case "compare":
        return this.compare(node)
      case "range":
        return this.expr(node.from) | this.expr(node.to)
      case "if":
        return this.ifChain(node, true)
      case "match":
        return this.match(node, true)
      case "block":
        return this.block(node, true)
      case "comprehension":
        return this.comprehension(node)
    }
  }

  /** A chain of operators leans to the left and may be very long. */
  private spine(node: ast.BinaryExpr | ast.LogicExpr): number {
    const rights: ast.Expr[] = []
    let left: ast.Expr = node
    while (left.kind === node.kind) {
      const step = left as ast.BinaryExpr | ast.LogicExpr
      rights.push(step.right)
      left = step.left
    }
    if (node.kind === "logic") this.mustBeCondition(left)
    let abilities = this.expr(left)
    for (let right = rights.pop(); right !== undefined; right = rights.pop()) {
      if (node.kind === "logic") this.mustBeCondition(right)
      abilities |= this.expr(right)
    }
    return node.kind === "logic" && (abilities & LEAVES) !== 0 ? abilities & ~LEAVES : abilities
  }

  private compare(node: ast.CompareExpr): number {
    let abilities = this.exprs(node.operands)
    for (const operand of node.operands.slice(1, -1)) if (!isAtomic(operand)) abilities |= LIFTS
    return abilities
  }

  private name(node: ast.NameExpr): void {
    const meaning = this.lookUp(node.name, node.span)
    if (meaning === undefined) return
    this.facts.meanings.set(node, meaning)
    if (meaning.kind === "module") this.fault(faults.moduleAsValue(node.name), node.span)
    else if (meaning.kind === "type") this.fault(faults.typeAsValue(node.name), node.span)
  }

  private record(node: ast.RecordExpr): number {
    let abilities = 0
    const seen = new Set<string>()
    for (const field of node.fields) {
      abilities |= this.expr(field.value)
      if (field.kind === "spread") continue
      if (seen.has(field.name)) this.fault(faults.duplicateField(field.name), field.nameSpan)
      seen.add(field.name)
    }
    return abilities
  }

  private field(node: ast.FieldExpr): number {
    const { target } = node
    if (target.kind === "name") {
      const meaning = this.names.find(target.name)
      if (meaning?.kind === "module") {
        this.facts.meanings.set(target, meaning)
        const found = this.memberOf(meaning.module, node.name, node.nameSpan)
        if (found !== undefined) this.facts.meanings.set(node, found)
        return 0
      }
    }
    return this.expr(target)
  }

  /** What `module.name` means; set by the module pass, which knows exports. */
  memberOf: (module: Extract<Meaning, { kind: "module" }>["module"], name: string, span: Span) => Meaning | undefined =
    () => undefined

  private call(node: ast.CallExpr): number {
    let abilities = node.piped ? 0 : this.expr(node.callee)
    for (const [i, arg] of node.args.entries()) {
      abilities |= this.expr(arg)
      if (i === 0 && node.piped) abilities |= this.expr(node.callee)
    }
    const seen = new Set<string>()
    for (const { name, nameSpan, value } of node.named) {
      abilities |= this.expr(value)
      if (seen.has(name)) this.fault(faults.repeatedArgument(calleeName(node.callee), name), nameSpan)
      seen.add(name)
    }
    const meaning = this.facts.meanings.get(node.callee)
    callFaults(node, meaning, (text, span) => {
      this.fault(text, span)
    })
    const inside = meaning?.kind === "variant" || (meaning?.kind === "builtin" && !meaning.callsBack)
    return inside ? abilities : abilities | LIFTS
  }

  private indices(items: readonly (ast.Expr | ast.Slice)[]): number {
    let abilities = 0
    for (const item of items) {
      if (item.kind !== "slice") abilities |= this.expr(item)
      else {
        if (item.from !== null) abilities |= this.expr(item.from)
        if (item.to !== null) abilities |= this.expr(item.to)
      }
    }
    return abilities
  }

  private ifChain(node: ast.IfExpr, used: boolean): number {
    const chain: { node: ast.IfExpr; condition: number; then: number }[] = []
    let last: ast.IfExpr | ast.BlockExpr | null = node
    while (last?.kind === "if") {
      this.mustBeCondition(last.condition)
      const condition = this.expr(last.condition)
      chain.push({ node: last, condition, then: this.blockIn(last.then, used) })
      last = last.else
    }
    let otherwise = last === null ? 0 : this.blockIn(last, used)
    for (const step of chain.reverse()) {
      otherwise = step.condition | either(step.then, otherwise)
      if (otherwise !== 0) this.facts.abilities.set(step.node, otherwise)
    }
    return otherwise
  }

  private blockIn(node: ast.BlockExpr, used: boolean): number {
    const abilities = this.block(node, used)
    if (abilities !== 0) this.facts.abilities.set(node, abilities)
    return abilities
  }

  private match(node: ast.MatchExpr, used: boolean): number {
    const subject = this.expr(node.subject)
    let body = LEAVES
    let guards = 0
    for (const arm of node.arms) {
      this.inNames(new Names(this.names), () => {
        this.pattern(arm.pattern, "match")
        if (arm.guard !== null) {
          this.mustBeCondition(arm.guard)
          guards |= this.expr(arm.guard) & ~LEAVES
        }
        body = either(body, this.statementValue(arm.body, used))
      })
    }
    matchWarnings(node, this.facts, (text, span) => {
      this.warn(text, span)
    })
    return subject | guards | body | LIFTS
  }

  /** Begins a statement of the top level. */
  enterStatement(fn: FunctionFacts): void {
    this.place = atTop(fn)
  }

  /** An expression statement whose value nobody sees. */
  unusedValue(node: ast.Expr): void {
    this.statementValue(node, false)
  }

  /** An expression whose value may go unused. */
  private statementValue(node: ast.Expr, used: boolean): number {
    if (used) return this.expr(node)
    let abilities: number
    if (node.kind === "if") abilities = this.ifChain(node, false)
    else if (node.kind === "match") abilities = this.match(node, false)
    else if (node.kind === "block") abilities = this.block(node, false)
    else {
      abilities = this.expr(node)
      if (isPure(node, this.facts)) this.warn(warnings.unusedValue(), node.span)
    }
    if (abilities !== 0) this.facts.abilities.set(node, abilities)
    return abilities
  }

  private comprehension(node: ast.ComprehensionExpr): number {
    const [first, ...others] = node.clauses
    if (first === undefined) return 0
    const outside = this.expr(first.source)
    const { place } = this
    let inside = 0
    this.inNames(new Names(this.names), () => {
      this.place = {
        ...place,
        realm: { home: place.fn },
        canReturn: false,
        element: true,
        loops: [],
        breakable: false,
      }
      this.pattern(first.pattern, "loop")
      for (const clause of others) {
        inside |= this.expr(clause.source)
        this.pattern(clause.pattern, "loop")
      }
      if (node.condition !== null) {
        this.mustBeCondition(node.condition)
        inside |= this.expr(node.condition)
      }
      inside |= this.expr(node.element)
    })
    this.place = place
    return outside | (inside & LIFTS)
  }

  // Functions.

  private lambda(node: ast.LambdaExpr): void {
    const fn = new FunctionFacts(this.title ?? "anonymous", this.place.fn)
    fn.bound = this.bound
    this.title = null
    this.functionBody(node, fn)
  }

  private functionBody(node: ast.LambdaExpr | ast.FnStatement, fn: FunctionFacts): void {
    const { place, bound } = this
    this.bound = null
    this.facts.functions.set(node, fn)
    this.inNames(new Names(this.names), () => {
      this.place = { ...atTop(fn), canReturn: false }
      const seen = new Map<string, Variable>()
      let optional = false
      for (const param of node.params) {
        if (param.default !== null) this.expr(param.default)
        else if (optional) this.fault(faults.requiredAfterOptional(paramName(param) ?? "_"), param.span)
        optional ||= param.default !== null
        this.pattern(param.pattern, "param", seen)
      }
      this.place = { ...this.place, canReturn: true }
      this.expr(node.body)
    })
    this.place = place
    this.bound = bound
  }

  /** Reads the body of an `fn` that was declared before. */
  definition(node: ast.FnStatement, fn: FunctionFacts): void {
    this.functionBody(node, fn)
  }

  // Statements.

  block(node: ast.BlockExpr, used: boolean): number {
    const { statements } = node
    let abilities = 0
    this.inNames(new Names(this.names, statements), () => {
      const block = this.declareFunctions(statements)
      if (block !== null) this.facts.blocks.set(node, block)
      const locals: (readonly Variable[])[] = []
      let left = false
      for (const [i, statement] of statements.entries()) {
        this.names.at = i
        block?.enter(i)
        if (left) this.warn(warnings.unreachable(), statement.span)
        const can = this.statement(statement, used && i === statements.length - 1, block ?? undefined, locals)
        if (can !== 0) this.facts.abilities.set(statement, can)
        left = (can & LEAVES) !== 0 && (abilities & LEAVES) === 0
        abilities |= can
      }
      if (block !== null) settle(block)
      if (!this.session) this.unused(locals)
    })
    const [only] = statements
    return only === undefined || (statements.length === 1 && only.kind === "expr") ? abilities : abilities | LIFTS
  }

  private unused(locals: readonly (readonly Variable[])[]): void {
    for (const group of locals) {
      const [first] = group
      if (first === undefined || group.some((variable) => variable.used || variable.name.startsWith("_"))) continue
      this.warn(warnings.unusedName(first.name), first.span)
    }
  }

  /** Makes the `fn`s of a block visible in all of it. */
  private declareFunctions(statements: readonly ast.Statement[]): BlockFacts | null {
    let block: BlockFacts | null = null
    for (const [index, node] of statements.entries()) {
      if (node.kind !== "fn") continue
      block ??= new BlockFacts()
      const variable = new Variable(node.name, "fn", node.nameSpan, this.place.realm, { block, index })
      this.declareFunction(node, variable, this.place.fn)
      block.add({ node, variable, made: index, index, mentions: new Set() })
      if (this.names.own(node.name) === undefined) this.names.define(node.name, variable)
      else this.fault(faults.duplicateFunction(node.name), node.nameSpan)
    }
    return block
  }

  /** What can be known of an `fn` before its body is read. */
  declareFunction(node: ast.FnStatement, variable: Variable, parent: FunctionFacts): void {
    const fn = new FunctionFacts(node.name, parent)
    fn.bound = variable
    fn.known = {
      params: node.params.map((param) => ({
        name: paramName(param),
        required: param.default === null,
        text: textOf(param.span),
      })),
    }
    variable.fn = fn
    this.facts.variables.set(node, variable)
    this.facts.functions.set(node, fn)
  }

  /** One statement of a block; `locals` gathers what it defines. */
  statement(
    node: ast.Statement,
    used: boolean,
    block: BlockFacts | undefined,
    locals: (readonly Variable[])[],
  ): number {
    const at = block === undefined ? {} : { block, index: block.index }
    switch (node.kind) {
      case "expr":
        return this.statementValue(node.value, used)
      case "let": {
        const plain = node.pattern.kind === "namePattern" ? node.pattern : null
        const bound = plain && new Variable(plain.name, "let", plain.span, this.place.realm, at)
        const can = this.boundValue(node.value, bound)
        if (plain !== null && bound !== null) {
          this.names.define(plain.name, bound)
          this.facts.variables.set(plain, bound)
          locals.push([bound])
        } else locals.push(this.pattern(node.pattern, "let", undefined, at))
        return can | LIFTS
      }
      case "var": {
        const variable = new Variable(node.name, "var", node.nameSpan, this.place.realm, at)
        const can = this.boundValue(node.value, variable)
        this.names.define(node.name, variable)
        this.facts.variables.set(node, variable)
        locals.push([variable])
        return can | LIFTS
      }
      case "fn": {
        const variable = this.facts.variables.get(node)
        if (variable?.fn == null) return LIFTS
        const own = this.names.own(node.name)
        if (own?.kind !== "variable" || own.binder !== "fn") this.names.define(node.name, variable)
        this.definition(node, variable.fn)
        locals.push([variable])
        return LIFTS
      }
      case "assign":
        return this.assign(node)
      case "for":
        return this.forLoop(node)
      case "while":
        return this.whileLoop(node)
      case "break":
      case "continue":
        return this.jump(node)
      case "return": {
        const can = node.value === null ? 0 : this.expr(node.value)
        if (!this.place.canReturn) {
          this.fault(this.place.element ? faults.exitInComprehension("return") : faults.returnOutside(), node.span)
          return can | LIFTS
        }
        for (const loop of this.place.loops) loop.returns = true
        return can | LIFTS | RETURNS | LEAVES
      }
      case "type":
      case "import":
      case "test":
      case "bench":
        return 0
    }
  }

  boundValue(node: ast.Expr, bound: Variable | null): number {
    this.bound = node.kind === "lambda" || isOperatorOnLambda(node) ? bound : null
    this.title = node.kind === "lambda" && bound !== null ? bound.name : null
    const can = this.expr(node)
    this.bound = null
    return can
  }

  private jump(node: ast.BreakStatement | ast.ContinueStatement): number {
    const loop = this.place.breakable ? this.place.loops.at(-1) : undefined
    if (loop === undefined) {
      this.fault(this.place.element ? faults.exitInComprehension(node.kind) : faults.breakOutside(node.kind), node.span)
      return LIFTS
    }
    if (node.kind === "break") loop.breaks = true
    else loop.continues = true
    return LIFTS | LEAVES | (node.kind === "break" ? BREAKS : CONTINUES)
  }

  assign(node: ast.AssignStatement): number {
    let can = LIFTS | ASSIGNS
    for (const step of node.path) if (step.kind === "index") can |= this.indices(step.items)
    const variable = this.assignable(node)
    can |= this.boundValue(node.value, node.path.length === 0 ? variable : null)
    if (variable === null) return can
    this.facts.variables.set(node, variable)
    const deep = node.path.length > 0 ? Math.min(node.path.length, 2) : node.op === "++=" ? 1 : 0
    if (deep > variable.parts) variable.parts = deep === 1 ? 1 : 2
    if (deep > 0) for (const loop of this.place.loops) if (loop.over === variable) loop.changesSource = true
    if (variable.captors !== null) {
      for (const { span, bound } of variable.captors) (bound.stale ??= []).push({ span, name: variable.name })
      variable.captors = null
    }
    return can
  }

  /** The `var` that a statement assigns, if it may. */
  private assignable(node: ast.AssignStatement): Variable | null {
    const meaning = this.names.find(node.name)
    const { fn, realm } = this.place
    if (meaning === undefined) {
      const vars = Array.from(this.candidates()).filter((name) => {
        const found = this.names.find(name)
        return found?.kind === "variable" && found.binder === "var"
      })
      this.fault(faults.unknownName(node.name, vars, true), node.nameSpan)
    } else if (meaning.kind !== "variable" || meaning.binder !== "var")
      this.fault(faults.notAssignable(node.name), node.nameSpan)
    else if (meaning.cell === null ? meaning.realm !== realm : fn.parent !== null || realm !== fn || !fn.assigns)
      this.fault(faults.assignOuter(node.name), node.nameSpan)
    else {
      if (meaning.cell !== null) {
        fn.assigned.add(meaning)
        fn.slotted.add(meaning)
      }
      return meaning
    }
    return null
  }

  private forLoop(node: ast.ForStatement): number {
    const source = this.expr(node.source)
    const loop: LoopFacts = {
      breaks: false,
      continues: false,
      returns: false,
      over: this.rootOf(node.source),
      changesSource: false,
    }
    this.facts.loops.set(node, loop)
    let body = 0
    this.inNames(new Names(this.names), () => {
      this.inLoop(loop, true, () => {
        this.pattern(node.pattern, "loop")
        body = this.blockIn(node.body, false)
      })
    })
    return source | (body & (RETURNS | ASSIGNS)) | LIFTS
  }

  private whileLoop(node: ast.WhileStatement): number {
    const loop: LoopFacts = { breaks: false, continues: false, returns: false, over: null, changesSource: false }
    this.facts.loops.set(node, loop)
    let can = 0
    this.mustBeCondition(node.condition)
    this.inLoop(loop, false, () => {
      can |= this.expr(node.condition)
    })
    this.inLoop(loop, true, () => {
      can |= this.blockIn(node.body, false)
    })
    const endless = node.condition.kind === "boolean" && node.condition.value && !loop.breaks
    return (can & (RETURNS | ASSIGNS)) | LIFTS | (endless ? LEAVES : 0)
  }

  private inLoop(loop: LoopFacts, breakable: boolean, walk: () => void): void {
    const { place } = this
    this.place = { ...place, loops: [...place.loops, loop], breakable }
    walk()
    this.place = place
  }

  /** The variable whose value, or a part of it, an expression reads. */
  private rootOf(node: ast.Expr): Variable | null {
    let root = node
    while (root.kind === "index" || root.kind === "field") root = root.target
    const meaning = this.facts.meanings.get(root)
    return meaning?.kind === "variable" ? meaning : null
  }

  private mustBeCondition(node: ast.Expr): void {
    const kind = literalKind(node)
    if (kind !== null) this.fault(faults.notABoolean(kind), node.span)
  }
}

/** What one of two ways can do; it leaves only if both do. */
function either(a: number, b: number): number {
  return ((a | b) & ~LEAVES) | (a & b & LEAVES)
}

/** `grad(x => …)`: something that, as far as can be seen, is a function like the lambda. */
function isOperatorOnLambda(node: ast.Expr): boolean {
  return (
    node.kind === "call" && node.callee.kind === "name" && node.args.length === 1 && node.args[0]?.kind === "lambda"
  )
}

/** Reading it needs no code of its own. */
function isAtomic(node: ast.Expr): boolean {
  return node.kind === "number" || node.kind === "boolean" || node.kind === "unit" || node.kind === "name"
}

/** A function is made no later than those that mention it. */
export function settle(block: BlockFacts): void {
  const reached = new Set<BlockFunction>()
  for (const first of [...block.functions].sort((a, b) => a.made - b.made)) {
    const pending = [first]
    for (let fn = pending.pop(); fn !== undefined; fn = pending.pop()) {
      if (reached.has(fn)) continue
      reached.add(fn)
      fn.made = Math.min(fn.made, first.made)
      pending.push(...fn.mentions)
    }
  }
}

function paramName(param: ast.Param): string | null {
  return param.pattern.kind === "namePattern" ? param.pattern.name : null
}

function calleeName(callee: ast.Expr): string {
  return callee.kind === "name" || callee.kind === "field" ? callee.name : "this function"
}

/** What was written at a span. */
export function textOf(span: Span): string {
  return span.source.text.slice(span.start, span.end)
}
