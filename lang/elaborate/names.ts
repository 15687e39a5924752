/**
 * Which definition does a name mean?
 * One `Names` a block, each knowing the block around it; the outermost asks the `Scope` it was given. What stands further down in a block is not visible, but
 * is remembered for the hint. It must not know expressions.
 */

import type { Pattern, Statement } from "../ast.ts"
import type { Cell } from "../core.ts"
import { Variable, type Meaning, type Realm, type Scope } from "../scope.ts"

/** The names of one block. */
export class Names {
  readonly outer: Names | null
  private readonly table = new Map<string, Meaning>()
  private readonly statements: readonly Statement[]
  private below: Map<string, number> | null = null
  /** The statement of the block that is being read. */
  at = 0

  constructor(outer: Names | null, statements: readonly Statement[] = []) {
    this.outer = outer
    this.statements = statements
  }

  own(name: string): Meaning | undefined {
    return this.table.get(name)
  }

  define(name: string, meaning: Meaning): void {
    this.table.set(name, meaning)
  }

  find(name: string): Meaning | undefined {
    let names: Names | null = this // eslint-disable-line @typescript-eslint/no-this-alias
    while (names !== null) {
      const found = names.table.get(name) ?? names.beyond(name)
      if (found !== undefined) return found
      names = names.outer
    }
    return undefined
  }

  /** What a name means that no block defines. */
  protected beyond(_name: string): Meaning | undefined {
    return undefined
  }

  /** All such names. */
  protected beyondNames(): Iterable<string> {
    return []
  }

  /** Is there a `let` or `var` of this name further down in a block around this place? */
  isBelow(name: string): boolean {
    let names: Names | null = this // eslint-disable-line @typescript-eslint/no-this-alias
    while (names !== null) {
      names.below ??= lastDefinitions(names.statements)
      if ((names.below.get(name) ?? -1) >= names.at) return true
      names = names.outer
    }
    return false
  }

  /** Every name that is visible here. */
  *visible(): Iterable<string> {
    let names: Names | null = this // eslint-disable-line @typescript-eslint/no-this-alias
    while (names !== null) {
      yield* names.table.keys()
      yield* names.beyondNames()
      names = names.outer
    }
  }
}

/** The outermost names: what a module defines, over what its scope holds. Names found there are remembered as `Meaning`s, so that each is one thing. */
export class ModuleNames extends Names {
  private readonly scope: Scope
  private readonly realm: Realm
  private readonly given = new Map<string, Meaning>()

  constructor(scope: Scope, realm: Realm, statements: readonly Statement[]) {
    super(null, statements)
    this.scope = scope
    this.realm = realm
  }

  protected override beyond(name: string): Meaning | undefined {
    const known = this.given.get(name)
    if (known !== undefined) return known
    const binding = this.scope.lookup(name)
    if (binding === undefined) return undefined
    const meaning =
      binding.kind === "cell" ? variableOf(name, binding.cell, binding.imported === true, this.realm) : binding
    this.given.set(name, meaning)
    return meaning
  }

  protected override beyondNames(): Iterable<string> {
    return this.scope.names()
  }
}

/** A top-level name of another module or of an earlier input. */
export function variableOf(name: string, cell: Cell, imported: boolean, realm: Realm): Variable {
  const span = cell.span ?? { source: { name: "", text: "" }, start: 0, end: 0 }
  return new Variable(name, imported ? "import" : cell.kind, span, realm, { cell })
}

function lastDefinitions(statements: readonly Statement[]): Map<string, number> {
  const found = new Map<string, number>()
  const pending: Pattern[] = []
  for (const [index, statement] of statements.entries()) {
    if (statement.kind === "var") found.set(statement.name, index)
    else if (statement.kind === "let") {
      pending.push(statement.pattern)
      for (let pattern = pending.pop(); pattern !== undefined; pattern = pending.pop()) {
        if (pattern.kind === "namePattern") found.set(pattern.name, index)
        else pending.push(...subpatterns(pattern))
      }
    }
  }
  return found
}

/** The patterns directly inside a pattern. */
export function subpatterns(pattern: Pattern): readonly Pattern[] {
  switch (pattern.kind) {
    case "tuplePattern":
      return pattern.items
    case "recordPattern":
    case "variantPattern":
      return pattern.fields.map((field) => field.pattern)
    case "arrayPattern":
      return [...pattern.before, ...pattern.after]
    case "orPattern":
      return pattern.alternatives
    case "namePattern":
    case "wildcard":
    case "literalPattern":
      return []
  }
}
