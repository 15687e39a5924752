/**
 * What names stand for: the vocabulary shared by the passes of elaboration.
 * A name is bound to a `Binding`; everything a program itself defines is a `Variable`, and a `FunctionFacts` gathers what one function (or one
 * top-level statement) needs from outside. It must not know how names are found nor what code they become.
 */

import type { Cell, Export, TypeInfo, VariantInfo } from "./core.ts"
import type { Expr, FnStatement, Statement } from "./ast.ts"
import type { Span } from "./report/span.ts"

/** What a call may pass to a built-in function. */
export interface BuiltinSignature {
  /** How many arguments it needs at least, by position or by name. */
  readonly required: number
  /** How many it takes by position at most (`Infinity` for any number). */
  readonly max: number
  /** The names it takes, or null where any name may be given (operators pass unknown ones on). */
  readonly names: readonly string[] | null
  /** Its name and parameters, as hints show them. */
  readonly text: string
}

/** A built-in function of the host: a primitive, an operator, an effect. */
export interface BuiltinBinding {
  readonly kind: "builtin"
  readonly name: string
  /** Does it call functions it is given? Then its calls are lifted out of expressions. */
  readonly callsBack: boolean
  /** Has it an effect (prints, files, host functions)? */
  readonly effect: boolean
  /** Can its result share storage with an argument? Unless false, passing a `var` to it counts as holding. */
  readonly keeps?: boolean
  readonly signature?: BuiltinSignature
}

/** What a name from outside the module stands for. */
export type Binding =
  | BuiltinBinding
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "cell"; readonly cell: Cell; readonly imported?: boolean }
  | { readonly kind: "variant"; readonly variant: VariantInfo }
  | { readonly kind: "type"; readonly type: TypeInfo }
  | { readonly kind: "module"; readonly module: ModuleExports }

/** The names that are there before a module begins: the prelude, and in a session what was defined so far. */
export interface Scope {
  lookup(name: string): Binding | undefined
  names(): Iterable<string>
}

/** What a module gives to those who import it. */
export interface ModuleExports {
  readonly name: string
  readonly exports: ReadonlyMap<string, Export>
}

/** What a name means at one place of a program. */
export type Meaning = Variable | Exclude<Binding, { kind: "cell" }>

/** Where a `var` may be assigned: the body of one function, or the element of one comprehension. */
export interface Realm {
  readonly home: FunctionFacts
}

/** One definition of a name by the program. */
export class Variable {
  readonly kind = "variable"
  readonly name: string
  readonly binder: "let" | "var" | "fn" | "param" | "loop" | "match" | "import"
  readonly span: Span
  readonly home: FunctionFacts
  readonly realm: Realm
  /** The box of a top-level name. */
  readonly cell: Cell | null
  /** The block that defines it and which of its statements does. */
  readonly block: BlockFacts | null
  readonly index: number
  /** What an `fn` defines. */
  fn: FunctionFacts | null = null
  used = false
  /** Assigned to in part: not at all, one step into it (`v[i]`, `v ++=`), or deeper (`v[i].w`). */
  parts: 0 | 1 | 2 = 0
  /** Functions that captured this `var` and what they are bound to: for the warning about later assignments. */
  captors: { readonly span: Span; readonly bound: Variable }[] | null = null
  /** Functions bound to this name that kept a value of a `var` assigned since. */
  stale: { readonly span: Span; readonly name: string }[] | null = null
  /** For a top-level name that a pattern defines: the local that the pattern binds first. */
  inSlot: Variable | null = null
  /** Where its value lives in the frame of `home`, once that is known. */
  slot = -1

  constructor(
    name: string,
    binder: Variable["binder"],
    span: Span,
    realm: Realm,
    at: { readonly cell?: Cell; readonly block?: BlockFacts | null; readonly index?: number } = {},
  ) {
    this.name = name
    this.binder = binder
    this.span = span
    this.home = realm.home
    this.realm = realm
    this.cell = at.cell ?? null
    this.block = at.block ?? null
    this.index = at.index ?? 0
  }
}

/** The parameters of a function that is known before the program runs. */
export interface KnownParameters {
  readonly params: readonly { readonly name: string | null; readonly required: boolean; readonly text: string }[]
}

/** What one function, or one top-level statement, needs. */
export class FunctionFacts implements Realm {
  readonly name: string
  /** The function around it; null for a top-level statement. */
  parent: FunctionFacts | null
  /** Variables of enclosing functions (and top-level `var`s) that are copied into the closure, in the order of `captures`. */
  readonly captures: Variable[] = []
  private readonly indices = new Map<Variable, number>()
  /** Top-level `var`s that a top-level statement keeps in slots while it runs, and those of them it assigns. */
  readonly slotted = new Set<Variable>()
  readonly assigned = new Set<Variable>()
  known: KnownParameters | null = null
  /** A statement of the module itself, which may assign top-level `var`s. */
  assigns = false
  /** The name it is bound to, if by that alone it can be called later. */
  bound: Variable | null = null

  constructor(name: string, parent: FunctionFacts | null) {
    this.name = name
    this.parent = parent
  }

  get home(): FunctionFacts {
    return this
  }

  /** Makes a variable of an outer function reachable from this one. True if it was not before. */
  capture(variable: Variable): boolean {
    let inner: FunctionFacts = this // eslint-disable-line @typescript-eslint/no-this-alias
    while (inner.parent !== null && (variable.cell !== null || variable.home !== inner)) {
      if (inner.indices.has(variable)) return inner !== this
      inner.indices.set(variable, inner.captures.length)
      inner.captures.push(variable)
      inner = inner.parent
    }
    if (variable.cell !== null) inner.slotted.add(variable)
    return true
  }

  captureIndex(variable: Variable): number | undefined {
    return this.indices.get(variable)
  }
}

/** What one block defines by `fn`, and when each of these functions is made. */
export class BlockFacts {
  readonly functions: BlockFunction[] = []
  private readonly byVariable = new Map<Variable, BlockFunction>()
  private readonly byIndex = new Map<number, BlockFunction>()
  private byMade: Map<number, BlockFunction[]> | null = null
  /** The statement being read, and the `fn` it defines if it does. */
  index = 0
  private current: BlockFunction | undefined

  add(fn: BlockFunction): void {
    this.functions.push(fn)
    this.byVariable.set(fn.variable, fn)
    this.byIndex.set(fn.index, fn)
  }

  enter(index: number): void {
    this.index = index
    this.current = this.byIndex.get(index)
  }

  /** The function that a statement defines. */
  definedAt(index: number): BlockFunction | undefined {
    return this.byIndex.get(index)
  }

  /** The functions made before a statement, in order; asked once all is read. */
  madeAt(index: number): readonly BlockFunction[] {
    if (this.byMade === null) {
      this.byMade = new Map()
      for (const fn of this.functions) {
        const group = this.byMade.get(fn.made)
        if (group === undefined) this.byMade.set(fn.made, [fn])
        else group.push(fn)
      }
    }
    return this.byMade.get(index) ?? []
  }

  /** The statement being read mentions a variable of the block. */
  mention(variable: Variable): void {
    const target = this.byVariable.get(variable)
    if (target === undefined) return
    if (this.current !== undefined) this.current.mentions.add(target)
    else if (this.index < target.made) target.made = this.index
  }
}

/** One `fn` of a block. */
export interface BlockFunction {
  readonly node: FnStatement
  readonly variable: Variable
  /** The statement before which its closure is made. */
  made: number
  readonly index: number
  /** Functions of the same block that its body mentions. */
  readonly mentions: Set<BlockFunction>
}

/** What one loop does beside going round. */
export interface LoopFacts {
  breaks: boolean
  continues: boolean
  returns: boolean
  /** The variable it iterates over, and whether the body assigns to parts of it. */
  readonly over: Variable | null
  changesSource: boolean
}

/** What a part of a program can do, as bits. */
export const RETURNS = 1
export const BREAKS = 2
export const CONTINUES = 4
/** It never comes to its end. */
export const LEAVES = 8
/** It becomes statements in front of the expression that it stands in. */
export const LIFTS = 16
/** It assigns a variable that the expression around it may read. */
export const ASSIGNS = 32
/** The ways to leave. */
export const EXITS = RETURNS | BREAKS | CONTINUES

/** The result of resolving: what every node of the syntax means. Keys are nodes. */
export interface Facts {
  /** Names, and fields of modules. */
  readonly meanings: Map<object, Meaning>
  /** Names in patterns, `var` and `fn` statements, rests of array patterns, assigned names. */
  readonly variables: Map<object, Variable>
  /** Patterns that test for a variant. */
  readonly variants: Map<object, VariantInfo>
  readonly functions: Map<Expr | Statement, FunctionFacts>
  readonly loops: Map<Statement, LoopFacts>
  /** Blocks that contain `fn` statements. */
  readonly blocks: Map<object, BlockFacts>
  /** What a part can do; absent means nothing of the kind. */
  readonly abilities: Map<object, number>
}
