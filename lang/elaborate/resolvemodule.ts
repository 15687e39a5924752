/**
 * The top level of a module: what it imports, which types, functions and names it defines, and what it gives to others.
 * Types, imports and `fn`s are seen in the whole module, `let` and `var` by what stands below. Every top-level name lives in a `Cell`. It must not know Core code.
 */

import type * as ast from "../ast.ts"
import type { Bound, Cell, Export, TypeInfo, VariantInfo } from "../core.ts"
import { ModuleNames, variableOf } from "./names.ts"
import { faults, warnings } from "../report/catalogue.ts"
import { FaultError, type Fault } from "../report/fault.ts"
import type { Span } from "../report/span.ts"
import { Resolver, settle } from "./resolve.ts"
import {
  BlockFacts,
  FunctionFacts,
  Variable,
  type Facts,
  type Meaning,
  type ModuleExports,
  type Scope,
} from "../scope.ts"

/** What a module is elaborated in. */
export interface ElaborateOptions {
  readonly scope: Scope
  readonly moduleName: string
  /** In a session names may stay unused, and a new `fn` refills the cell of the old one. */
  readonly session: boolean
  /** Gives what a module exports, or throws a `FaultError`. */
  readonly resolveImport: (specifier: string, span: Span) => ModuleExports
}

/** One statement of the top level and what it needs. */
export interface TopLevel {
  readonly node: ast.Statement
  readonly fn: FunctionFacts
  /** What a `let` or `var` defines. */
  readonly defines: readonly Variable[]
}

/** A module whose names are resolved. */
export interface ResolvedModule {
  readonly facts: Facts
  readonly faults: readonly Fault[]
  readonly statements: readonly TopLevel[]
  readonly block: BlockFacts
  readonly exports: ReadonlyMap<string, Export>
  /** Everything that is bound at the end, for what comes next in a session. */
  readonly bindings: ReadonlyMap<string, Bound>
}

/** Resolves a whole module. */
export function resolveModule(program: ast.Program, options: ElaborateOptions): ResolvedModule {
  const pass = new ModulePass(program, options)
  return pass.run()
}

class ModulePass {
  private readonly program: ast.Program
  private readonly options: ElaborateOptions
  private readonly home: FunctionFacts
  private readonly names: ModuleNames
  private readonly resolver: Resolver
  private readonly block = new BlockFacts()
  private readonly bindings = new Map<string, Bound>()
  private readonly own = new Set<string>()
  private readonly modules = new Map<ModuleExports, { readonly span: Span; readonly name: string; used: boolean }>()
  private readonly imported: Variable[] = []

  constructor(program: ast.Program, options: ElaborateOptions) {
    this.program = program
    this.options = options
    this.home = new FunctionFacts(options.moduleName, null)
    this.names = new ModuleNames(options.scope, this.home, program.statements)
    this.resolver = new Resolver(this.names, this.home, options.session)
    this.resolver.memberOf = (module, name, span) => this.member(module, name, span)
  }

  run(): ResolvedModule {
    const { statements } = this.program
    for (const node of statements) {
      if (node.kind === "type") this.type(node)
      else if (node.kind === "import") this.import(node)
    }
    for (const [index, node] of statements.entries()) if (node.kind === "fn") this.fn(node, index)
    const tops = statements.map((node, index) => this.statement(node, index))
    settle(this.block)
    if (!this.options.session) this.unused()
    return {
      facts: this.resolver.facts,
      faults: this.resolver.faults,
      statements: tops,
      block: this.block,
      exports: this.exports(),
      bindings: this.bindings,
    }
  }

  private define(name: string, meaning: Meaning, binding: Bound, own: boolean): void {
    this.names.define(name, meaning)
    this.bindings.set(name, binding)
    if (own) this.own.add(name)
    else this.own.delete(name)
  }

  private type(node: ast.TypeStatement): void {
    const variants: VariantInfo[] = []
    const type: TypeInfo = { name: node.name, variants, doc: node.doc }
    const twice = (name: string): boolean => {
      const known = this.names.own(name)?.kind
      return known === "type" || known === "variant"
    }
    if (twice(node.name)) this.resolver.fault(faults.duplicateType(node.name), node.nameSpan)
    this.define(node.name, { kind: "type", type }, { kind: "type", type }, true)
    for (const { name, fields, doc } of node.variants) {
      const variant: VariantInfo = { name, type, fields, doc }
      variants.push(variant)
      const seen = new Set<string>()
      for (const field of fields) {
        if (seen.has(field)) this.resolver.fault(faults.duplicateField(field), node.span)
        seen.add(field)
      }
      if (name !== node.name && twice(name)) this.resolver.fault(faults.duplicateType(name), node.nameSpan)
      this.define(name, { kind: "variant", variant }, { kind: "variant", variant }, true)
    }
  }

  private import(node: ast.ImportStatement): void {
    let module: ModuleExports
    try {
      module = this.options.resolveImport(node.specifier, node.specifierSpan)
    } catch (error) {
      if (!(error instanceof FaultError)) throw error
      for (const fault of error.faults)
        this.resolver.faults.push(fault.span === null ? { ...fault, span: node.specifierSpan } : fault)
      return
    }
    if (node.namespace !== null) {
      this.define(node.namespace, { kind: "module", module }, { kind: "module", module }, false)
      this.modules.set(module, { span: node.span, name: node.namespace, used: false })
    }
    for (const { name, as, span } of node.names ?? []) {
      const found = module.exports.get(name)
      if (found === undefined) {
        this.resolver.fault(faults.notExported(node.specifier, name, module.exports.keys()), span)
        continue
      }
      this.importOne(found, as, span)
    }
  }

  private importOne(found: Export, name: string, span: Span): void {
    if (found.kind === "cell") {
      const variable = new Variable(name, "import", span, this.home, { cell: found.cell })
      this.imported.push(variable)
      this.define(name, variable, { kind: "cell", cell: found.cell, imported: true }, false)
    } else {
      this.define(name, found, found, false)
      if (found.kind === "type")
        for (const variant of found.type.variants)
          this.define(variant.name, { kind: "variant", variant }, { kind: "variant", variant }, false)
    }
  }

  private member(module: ModuleExports, name: string, span: Span): Meaning | undefined {
    const use = this.modules.get(module)
    if (use !== undefined) use.used = true
    const found = module.exports.get(name)
    if (found === undefined) {
      this.resolver.fault(faults.notExported(module.name, name, module.exports.keys()), span)
      return undefined
    }
    if (found.kind === "cell") return variableOf(name, found.cell, true, this.home)
    if (found.kind === "type") this.resolver.fault(faults.typeAsValue(name), span)
    return found
  }

  private fn(node: ast.FnStatement, index: number): void {
    const before = this.options.session ? this.options.scope.lookup(node.name) : undefined
    const refill = before?.kind === "cell" && before.cell.kind === "fn" && before.imported !== true ? before.cell : null
    const cell = refill ?? newCell(node.name, "fn", node.nameSpan, node.doc)
    const variable = new Variable(node.name, "fn", node.nameSpan, this.home, { cell, block: this.block, index })
    this.resolver.declareFunction(node, variable, this.home)
    this.block.add({ node, variable, made: index, index, mentions: new Set() })
    const earlier = this.names.own(node.name)
    if (earlier?.kind === "variable" && earlier.binder === "fn")
      this.resolver.fault(faults.duplicateFunction(node.name), node.nameSpan)
    else this.define(node.name, variable, { kind: "cell", cell }, true)
  }

  private statement(node: ast.Statement, index: number): TopLevel {
    const { resolver, names } = this
    names.at = index
    this.block.enter(index)
    const isBlock = node.kind === "test" || node.kind === "bench"
    const fn = new FunctionFacts(isBlock ? `${node.kind} "${node.name}"` : this.options.moduleName, null)
    fn.assigns = !isBlock
    resolver.enterStatement(fn)
    let defines: readonly Variable[] = []
    switch (node.kind) {
      case "let": {
        const plain = node.pattern.kind === "namePattern" ? node.pattern : null
        if (plain === null) {
          resolver.boundValue(node.value, null)
          defines = resolver.pattern(node.pattern, "let").map((local) => {
            const variable = this.topVariable(local.name, "let", local.span, node.doc)
            variable.inSlot = local
            return variable
          })
        } else {
          const variable = this.topVariable(plain.name, "let", plain.span, node.doc)
          resolver.boundValue(node.value, variable)
          defines = [variable]
        }
        break
      }
      case "var": {
        const variable = this.topVariable(node.name, "var", node.nameSpan, null)
        resolver.boundValue(node.value, variable)
        defines = [variable]
        break
      }
      case "fn": {
        const variable = resolver.facts.variables.get(node)
        if (variable?.fn == null) break
        const own = names.own(node.name)
        if (own?.kind !== "variable" || own.binder !== "fn") this.publish(variable)
        variable.fn.parent = fn
        resolver.definition(node, variable.fn)
        break
      }
      case "test":
      case "bench":
        resolver.expr(node.body)
        break
      case "expr":
        if (node.silent) resolver.unusedValue(node.value)
        else resolver.expr(node.value)
        break
      case "type":
      case "import":
        break
      default: {
        const can = resolver.statement(node, false, undefined, [])
        if (can !== 0) resolver.facts.abilities.set(node, can)
      }
    }
    for (const variable of defines) this.publish(variable)
    return { node, fn, defines }
  }

  private topVariable(name: string, binder: "let" | "var", span: Span, doc: string | null): Variable {
    return new Variable(name, binder, span, this.home, { cell: newCell(name, binder, span, doc) })
  }

  private publish(variable: Variable): void {
    if (variable.cell !== null) this.define(variable.name, variable, { kind: "cell", cell: variable.cell }, true)
  }

  private unused(): void {
    for (const variable of this.imported)
      if (!variable.used) this.resolver.warn(warnings.unusedName(variable.name), variable.span)
    for (const { used, name, span } of this.modules.values())
      if (!used) this.resolver.warn(warnings.unusedName(name), span)
  }

  private exports(): ReadonlyMap<string, Export> {
    const exports = new Map<string, Export>()
    for (const name of this.own) {
      const binding = this.bindings.get(name)
      if (name.startsWith("_")) continue
      if (binding?.kind === "cell") exports.set(name, { kind: "cell", cell: binding.cell })
      else if (binding?.kind === "type" || binding?.kind === "variant") exports.set(name, binding)
    }
    return exports
  }
}

function newCell(name: string, kind: Cell["kind"], span: Span, doc: string | null): Cell {
  return { name, value: undefined, kind, span, doc }
}
