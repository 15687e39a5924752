/**
 * Expressions of random programs, each of a type that was asked for, from the names that are known where they stand.
 * It must not know the programs they are parts of.
 */

import { Chance, type Choice } from "./chance.ts"

/** What an expression of the program is; `n` and `m` are lengths. */
export type Type =
  | { readonly kind: "number" | "integer" | "boolean" | "function" }
  | Structured
  | { readonly kind: "vector" | "functional" | "field"; readonly n: number }
  | { readonly kind: "matrix"; readonly n: number; readonly m: number }
interface Structured {
  readonly kind: "record" | "pair" | "shape" | "list"
}
export type Kind = Type["kind"]

export interface Name {
  readonly name: string
  readonly type: Type
  /** A `var` of the function where it is. */
  readonly changes: boolean
}

export interface Place {
  readonly names: readonly Name[]
  /** How deep expressions and statements may still go. */
  readonly depth: number
  readonly inLoop: boolean
  /** The function around may be left by `return`, with a value of this type. */
  readonly returns: Type | null
  /** Turns of the loops around, multiplied. */
  readonly turns: number
}

export const scalar: Type = { kind: "number" }
export const smooth = ["sin", "cos", "tanh", "atan", "sigmoid", "square", "asinh", "softplus", "erf"]
const reduced = ["sum", "mean", "logsumexp", "squared_norm"]

const literals = ["0", "1", "2", "3", "0.5", "-1", "1.5", "-0.7", "0.25", "-2"]

export abstract class Expressions extends Chance {
  private count = 0
  /** Reverse mode was used for a value. */
  protected rough = false
  /** See `randomProgram`. */
  protected readonly honest: boolean
  /** Only loops, branches, assignments, arithmetic and the derivatives of all that: programs of which every part is deep in the language. */
  protected readonly narrow: boolean

  constructor(seed: number, honest: boolean) {
    super(seed)
    this.honest = honest
    this.narrow = (seed & 1) === 1
  }

  protected abstract statements(p: Place, indent: string, most: number): [string[], Place]

  /** The weight of what narrow programs do without. */
  private wide(weight: number): number {
    return this.narrow ? 0 : weight
  }

  protected fresh(prefix: string): string {
    return `${prefix}${String(this.count++)}`
  }

  // ------------------------------------------------------------ names

  protected of(p: Place, kind: Kind): Name[] {
    return p.names.filter((name) => name.type.kind === kind)
  }

  protected like(p: Place, type: Type): Name[] {
    return p.names.filter((name) => same(name.type, type))
  }

  protected with(p: Place, name: string, type: Type, changes = false): Place {
    return { ...p, names: [...p.names.filter((other) => other.name !== name), { name, type, changes }] }
  }

  protected deeper(p: Place): Place {
    return { ...p, depth: p.depth - 1 }
  }

  /** Inside a function or an element of a comprehension: variables cannot be assigned, loops not left. */
  protected closed(p: Place, returns: Type | null = null): Place {
    return {
      ...p,
      names: p.names.map((name) => ({ ...name, changes: false })),
      depth: p.depth - 1,
      inLoop: false,
      returns,
    }
  }

  // ------------------------------------------------------------ expressions

  protected expression(p: Place, type: Type): string {
    switch (type.kind) {
      case "number":
        return this.number(p)
      case "integer":
        return this.integer(p)
      case "boolean":
        return this.boolean(p)
      case "vector":
        return this.vector(p, type.n)
      case "matrix":
        return this.matrix(p, type)
      case "function":
        return this.function(p)
      case "functional":
        return this.functional(p, type.n)
      case "field": {
        const u = this.fresh("u")
        const at = this.with(this.closed(p), u, { kind: "vector", n: type.n })
        return `(${u} => ${this.vector(at, type.n)})`
      }
      case "record":
      case "pair":
      case "shape":
      case "list":
        return this.structure(p, type)
    }
  }

  private structure(p: Place, type: Structured): string {
    const inner = this.deeper(p)
    const number = (): string => this.number(inner)
    const known = this.of(p, type.kind)
    const choices: Choice[] = known.length > 0 ? [[4, () => this.pick(known).name]] : []
    if (p.depth > 0) {
      choices.push([
        1,
        () =>
          `(if ${this.boolean(inner)} { ${this.expression(inner, type)} } else { ${this.expression(inner, type)} })`,
      ])
      if (type.kind !== "shape")
        choices.push([
          1,
          () =>
            this.pick([
              `(${this.number(inner)} * ${this.expression(inner, type)})`,
              `(-${this.expression(inner, type)})`,
            ]),
        ])
    }
    switch (type.kind) {
      case "record":
        choices.push([3, () => `{ a: ${number()}, w: ${this.vector(inner, 2)} }`])
        if (known.length > 0) choices.push([2, () => `{ ...${this.pick(known).name}, a: ${number()} }`])
        break
      case "pair":
        choices.push([3, () => `(${number()}, ${number()})`])
        break
      case "shape":
        choices.push([2, () => `Dot(${number()})`], [2, () => `Bar(${number()}, h: ${number()})`])
        break
      case "list":
        choices.push([
          2,
          () => {
            const at = this.closed(p)
            return `[{ p: ${this.number(at)}, q: ${this.number(at)} } for ${this.fresh("i")} in 0..3]`
          },
        ])
        choices.push([1, () => `[{ p: ${number()}, q: ${number()} }, { p: ${number()}, q: ${number()} }]`])
        if (known.length > 0) choices.push([0.5, () => `(${this.pick(known).name} ++ ${this.pick(known).name})`])
        if (known.length > 0)
          choices.push([
            2,
            () => `[{ p: e.q, q: e.p * ${this.number(this.closed(inner))} } for e in ${this.pick(known).name}]`,
          ])
        break
    }
    return this.choose(choices)
  }

  /** What is chosen by a boolean beside it, or by a condition on two sources; the second is inside the comprehension, which assigns nothing outside. */
  private chosen(p: Place): string {
    const at = this.with(this.with(this.closed(p), "u", scalar), "t", scalar)
    const pairs = (): string =>
      `[(${this.number(p)}, ${this.boolean(p)}), (${this.number(p)}, ${this.pick(["true", this.boolean(p)])})]`
    if (this.chance(0.5))
      return `sum([if c { ${this.number(at)} } else { u } for (u, c) in ${pairs()} ++ ${pairs()}, t in [1, 2] if ${this.pick(["true", "c or t < 2", "t < 2"])}])`
    return `sum([${this.number(at)} for u in ${this.vector(p, 2)}, t in ${this.vector(this.closed(p), 3)} if ${this.pick(["u < t", "true"])}])`
  }

  /** A number that stays small when assigned turn after turn. */
  protected tame(p: Place, turns: number): string {
    return turns > 1 && this.chance(0.7) ? `${this.pick(["sin", "tanh", "cos"])}(${this.number(p)})` : this.number(p)
  }

  protected number(p: Place): string {
    const inner = this.deeper(p)
    const number = (): string => this.number(inner)
    const variables = this.of(p, "number")
    const choices: Choice[] = [[variables.length > 0 ? 1 : 3, () => this.bare(this.literal())]]
    if (variables.length > 0) choices.push([6, () => this.pick(variables).name])
    if (this.of(p, "integer").length > 0) choices.push([1, () => this.integer({ ...p, depth: 0 })])
    const vectors = this.of(p, "vector")
    if (vectors.length > 0)
      choices.push([
        3,
        () => {
          const v = this.pick(vectors)
          return `${v.name}[${this.place(inner, v)}]`
        },
      ])
    const matrices = this.of(p, "matrix")
    if (matrices.length > 0)
      choices.push([
        2,
        () => {
          const a = this.pick(matrices)
          const { n, m } = a.type as { n: number; m: number }
          return `${a.name}[${this.index(inner, n)}, ${this.index(inner, m)}]`
        },
      ])
    if (this.of(p, "record").length > 0)
      choices.push([
        2,
        () => `${this.pick(this.of(p, "record")).name}${this.pick([".a", `.w[${this.index(inner, 2)}]`])}`,
      ])
    if (this.of(p, "pair").length > 0)
      choices.push([2, () => `${this.pick(this.of(p, "pair")).name}[${this.pick(["0", "1"])}]`])
    if (this.of(p, "list").length > 0)
      choices.push([
        2,
        () => `${this.pick(this.of(p, "list")).name}[${this.pick(["0", "1", "-1"])}].${this.pick(["p", "q"])}`,
      ])
    if (p.depth <= 0) return this.choose(choices)
    choices.push(
      [4, () => `(${number()} + ${number()})`],
      [3, () => `(${number()} - ${number()})`],
      [4, () => `(${number()} * ${number()})`],
      [2, () => `${number()} / (1 + ${number()} ^ 2)`],
      [0.3, () => `(${number()} / ${number()})`],
      [5, () => `${this.pick(smooth)}(${number()})`],
      [1, () => `exp(tanh(${number()}))`],
      [1, () => `sqrt(1 + ${number()} ^ 2)`],
      [0.4, () => `sqrt(${number()})`],
      [1, () => `ln(2 + sin(${number()}))`],
      [1, () => `(-${number()})`],
      [1, () => `(${number()}) ^ ${this.pick(["2", "3", "2", "0", "1"])}`],
      [0.5, () => `(2 + sin(${number()})) ^ ${number()}`],
      [1, () => `abs(${number()})`],
      [1.5, () => `${this.pick(["max", "min"])}(${number()}, ${number()})`],
      [0.7, () => `clamp(${number()}, -1, 1)`],
      [0.7, () => `(${number()} % ${this.pick(["3", "2", "(-2)"])})`],
      [0.4, () => `${this.pick(["floor", "round", "sign", "relu", "ceil"])}(${number()})`],
      [0.7, () => `${this.pick(["atan2", "hypot", "logaddexp"])}(${number()}, 1 + ${number()} ^ 2)`],
      [1.5, () => `where(${this.boolean(inner)}, ${number()}, ${number()})`],
      [2, () => `(if ${this.boolean(inner)} { ${number()} } else { ${number()} })`],
      [this.wide(1), () => (this.honest ? number() : `stop_gradient(${number()})`)],
      [1.5, () => this.block(inner)],
      [1.5, () => this.match(inner)],
      [this.wide(0.7), () => this.chosen(inner)],
      [2, () => `sum(${this.vector(inner, 3)})`],
      [
        1,
        () =>
          `${this.pick(this.narrow ? reduced : [...reduced, "prod", "max", "min", "norm"])}(${this.vector(inner, this.pick([2, 3, 12]))})`,
      ],
      [
        1.5,
        () => {
          const n = this.pick([2, 3, 10])
          return `dot(${this.vector(inner, n)}, ${this.vector(inner, n)})`
        },
      ],
      [
        2,
        () => {
          const i = this.fresh("i")
          const at = this.with(this.closed(p), i, { kind: "integer" })
          const end = this.pick(["3", "4", "12", "1"])
          const condition = this.chance(this.narrow ? 0 : 0.3) ? ` if ${this.boolean(at)}` : ""
          return `sum(${this.number(at)} for ${i} in 0..${end}${condition})`
        },
      ],
      [
        0.5,
        () => {
          const [i, j] = [this.fresh("i"), this.fresh("j")]
          const at = this.with(this.with(this.closed(p), i, { kind: "integer" }), j, { kind: "integer" })
          const condition = this.chance(this.narrow ? 0 : 0.5) ? ` if ${this.boolean(at)}` : ""
          return `sum([${this.number(at)} for ${i} in 0..3, ${j} in 0..${this.pick([i, "2"])} + 1${condition}])`
        },
      ],
      [
        this.wide(0.3),
        () => {
          const x = this.fresh("x")
          return `(match attempt(() => ${this.number(this.closed(p))}) { Done(${x}) => ${x}, Failed(_) => ${number()} })`
        },
      ],
      [
        0.4,
        () => {
          const x = this.fresh("x")
          const at = this.with(this.closed(p), x, scalar)
          return `sum(filter(${this.vector(inner, 3)}, ${x} => ${this.boolean(at)}))`
        },
      ],
      [this.wide(0.7), () => `(${this.vector(inner, 3)} @ ${this.vector(inner, 3)})`],
      [
        this.wide(1),
        () => {
          const [a, x] = [this.fresh("a"), this.fresh("x")]
          const at = this.with(this.with(this.closed(p), a, scalar), x, scalar)
          return `fold(${this.vector(inner, 3)}, ${number()}, (${a}, ${x}) => ${this.number(at)})`
        },
      ],
      [
        1,
        () => {
          const x = this.fresh("x")
          return `(${x} => ${this.number(this.with(this.closed(p), x, scalar))})(${number()})`
        },
      ],
      [3, () => `${this.function(inner)}(${number()})`],
      [this.wide(0.7), () => `checkpoint(${this.function(inner)})(${number()})`],
      // Forward mode inside.
      [1.5, () => `diff(${this.function(inner)})(${number()})`],
      [0.7, () => `(${this.function(inner)})''(${number()})`],
      [1, () => `jvp(${this.function(inner)}, ${number()}, ${number()})[${this.pick(["0", "1", "1"])}]`],
      [0.7, () => `jvp(${this.functional(inner, 2)}, ${this.vector(inner, 2)}, ${this.vector(inner, 2)})[1]`],
      [this.wide(0.3), () => `iterate(${number()}, 3, ${this.function(inner)})`],
      [
        this.wide(0.5),
        () => `jacfwd(${this.expression(inner, { kind: "field", n: 2 })})(${this.vector(inner, 2)})[0, 1]`,
      ],
      [0.2, () => `sum(jacfwd(${this.expression(inner, { kind: "field", n: 10 })})(${this.vector(inner, 10)}))`],
      [
        0.4,
        () => {
          const [flat, back] = [this.fresh("c"), this.fresh("c")]
          return `do { let (${flat}, ${back}) = ravel(${this.structure(inner, { kind: this.pick(["record", "pair"]) })})\n sum(${flat}) + sum(ravel(${back}(${number()} * ${flat}))[0]) }`
        },
      ],
      [
        this.wide(0.5),
        () => `do { let (y, push) = linearize(${this.function(inner)}, ${number()})\n y + push(${number()}) }`,
      ],
    )
    const functions = this.of(p, "function")
    if (functions.length > 0) choices.push([3, () => `${this.pick(functions).name}(${number()})`])
    if (this.of(p, "shape").length > 0) choices.push([2, () => this.match(inner)])
    return this.choose(choices)
  }

  /** A number that reverse mode has a part in: it is never compared, so that its rounding steers nothing. */
  protected derived(p: Place): string {
    this.rough = true
    const inner = this.deeper(p)
    const number = (): string => this.number(inner)
    const f = (): string => this.function(inner)
    const n = this.pick([2, 3])
    const h = (): string => this.functional(inner, n)
    const v = (): string => this.vector(inner, n)
    return this.choose([
      [2, () => `(${this.derived(inner)} * ${number()})`],
      [1, () => `(${this.derived(inner)} + ${this.derived(inner)})`],
      [1, () => `sin(${this.derived(inner)})`],
      [3, () => `grad(${f()})(${number()})`],
      [2, () => `grad(${h()})(${v()})[${this.pick(["0", "1"])}]`],
      [2, () => `dot(grad(${h()})(${v()}), ${v()})`],
      [2, () => `sum(hvp(${h()}, ${v()}, ${v()}))`],
      [this.wide(1), () => `do { let (y, pull) = vjp(${f()}, ${number()})\n y + pull(${number()}) }`],
      [1, () => `value_and_grad(${f()})(${number()})[${this.pick(["0", "1"])}]`],
      [1, () => `jacobian(${this.expression(inner, { kind: "field", n })})(${v()})[0, 1]`],
      [1, () => `sum(jacrev(${this.expression(inner, { kind: "field", n })})(${v()}))`],
      [1, () => `hessian(${h()})(${v()})[0, 1]`],
      [0.4, () => `sum(hessian(${this.functional(inner, 10)})(${this.vector(inner, 10)}))`],
      [
        0.5,
        () =>
          `sum(${this.pick(["jacrev", "jacobian"])}(${this.expression(inner, { kind: "field", n: 10 })})(${this.vector(inner, 10)})[2])`,
      ],
      [1, () => `jvp(grad(${f()}), ${number()}, ${number()})[1]`],
      [1, () => `grad(${f()}')(${number()})`],
      [1, () => `grad(grad(${f()}))(${number()})`],
      [this.wide(0.5), () => `gradn(${f()}, 2)(${number()})`],
      [this.wide(0.5), () => `laplacian(${h()})(${v()})`],
      [
        1,
        () => {
          const t = this.fresh("t")
          return `grad(${t} => ${this.derived(this.with(this.closed(p), t, scalar))})(${number()})`
        },
      ],
    ])
  }

  protected literal(): string {
    return !this.honest && this.chance(0.4)
      ? this.pick(literals)
      : String(Math.round((this.random() * 4 - 2) * 1000) / 1000)
  }

  private bare(literal: string): string {
    return literal.startsWith("-") ? `(${literal})` : literal
  }

  private block(p: Place): string {
    // Assignments to variables from outside are left to statements: here they would hide in the middle of an expression.
    const [lines, last] = this.statements({ ...p, inLoop: false, returns: null }, " ", 2)
    return `do {\n${lines.join("\n")}\n ${this.number({ ...last, depth: Math.max(0, p.depth - 1) })} }`
  }

  private match(p: Place): string {
    const number = (q: Place = p): string => this.number(q)
    const shapes = this.of(p, "shape")
    if (shapes.length > 0 && this.chance(0.6)) {
      const at = (names: readonly string[]): Place => names.reduce((q, name) => this.with(q, name, scalar), p)
      return `(match ${this.pick(shapes).name} { Dot(r) => ${number(at(["r"]))}, Bar(w, h) => ${number(at(["w", "h"]))} })`
    }
    const vectors = this.of(p, "vector").filter(({ type }) => (type as { n: number }).n >= 2)
    if (vectors.length > 0 && this.chance(0.4)) {
      const at = this.with(this.with(p, "y", scalar), "z", scalar)
      return `(match ${this.pick(vectors).name} { [y, ...rest, z] if ${this.boolean(at)} => ${number(at)}, _ => ${number()} })`
    }
    if (this.chance(0.5))
      return `(match ${this.integer(p)} { 0 => ${number()}, 1 | 2 => ${number()}, n => ${number()} + n })`
    return `(match (${number()}, ${number()}) { ${this.honest ? "" : "(0, y) => y, "}(y, z) if y < z => y, (y, z) => ${number(this.with(this.with(p, "y", scalar), "z", scalar))} })`
  }

  private integer(p: Place): string {
    const inner = this.deeper(p)
    const known = this.of(p, "integer")
    const choices: Choice[] = [[1, () => String(this.below(4))]]
    if (known.length > 0) choices.push([4, () => this.pick(known).name])
    const vectors = this.of(p, "vector")
    if (vectors.length > 0) choices.push([1, () => `len(${this.pick(vectors).name})`])
    if (p.depth > 0)
      choices.push(
        [1, () => `(${this.integer(inner)} + ${this.integer(inner)})`],
        [1, () => `(${this.integer(inner)} - ${this.integer(inner)})`],
        [0.5, () => `(${this.integer(inner)} * ${this.integer(inner)})`],
        [1, () => `(${this.integer(inner)} % ${this.pick(["2", "3"])})`],
        [0.3, () => `floor(${this.number(inner)})`],
      )
    return this.choose(choices)
  }

  /** An index into a vector: nearly always one that is there. */
  protected place(p: Place, v: Name): string {
    const { n } = v.type as { n: number }
    const choices: Choice[] = [
      [3, () => this.index(p, n)],
      [1, () => `(${this.integer(p)}) % len(${v.name})`],
    ]
    if (this.chance(0.01)) return this.integer(p)
    return this.choose(choices)
  }

  protected index(p: Place, n: number): string {
    const integers = this.of(p, "integer")
    const choices: Choice[] = [
      [3, () => String(this.below(n))],
      [0.5, () => `-${String(1 + this.below(n))}`],
      [0.7, () => `(-1 - (${this.integer({ ...p, depth: 0 })}) % ${String(n)})`],
    ]
    if (integers.length > 0) choices.push([4, () => `${this.pick(integers).name} % ${String(n)}`])
    if (p.depth > 0) choices.push([1, () => `(${this.integer(this.deeper(p))}) % ${String(n)}`])
    return this.choose(choices)
  }

  protected boolean(p: Place): string {
    const inner = this.deeper(p)
    const known = this.of(p, "boolean")
    const compare = (q: Place): string =>
      `${this.number(q)} ${this.pick(this.honest ? ["<", ">"] : ["<", ">", "<=", ">=", "==", "!="])} ${this.number(q)}`
    const choices: Choice[] = [
      [4, () => compare({ ...p, depth: Math.min(1, p.depth - 1) })],
      [1, () => `${this.integer({ ...p, depth: Math.min(1, p.depth) })} % 2 == 0`],
    ]
    if (known.length > 0) choices.push([3, () => this.pick(known).name])
    if (p.depth > 0)
      choices.push(
        [1, () => `(${this.boolean(inner)} ${this.pick(["and", "or"])} ${this.boolean(inner)})`],
        [1, () => `not (${this.boolean(inner)})`],
        [0.5, () => `${this.number(inner)} < ${this.number(inner)} < ${this.number(inner)}`],
        [this.honest ? 0 : 0.2, () => `${this.vector(inner, 2)} ${this.pick(["==", "!="])} ${this.vector(inner, 2)}`],
        [0.5, () => `${this.pick(["any", "all"])}(${this.booleans(inner, this.pick([2, 3, 10]))})`],
        [0.1, () => this.pick(["true", "false"])],
      )
    return `(${this.choose(choices)})`
  }

  private booleans(p: Place, n: number): string {
    const inner = this.deeper(p)
    const sign = this.pick(this.honest ? ["<", ">"] : ["<", ">", "<=", ">="])
    const choices: Choice[] = [
      [2, () => `(${this.vector(inner, n)} ${sign} ${this.chance(0.3) ? this.number(inner) : this.vector(inner, n)})`],
    ]
    if (p.depth > 0)
      choices.push(
        [0.5, () => `(not ${this.booleans(inner, n)})`],
        [0.5, () => `(${this.booleans(inner, n)} ${this.pick(["and", "or"])} ${this.booleans(inner, n)})`],
        [
          0.5,
          () => {
            const x = this.fresh("x")
            return `[${this.boolean(this.with(this.closed(p), x, scalar))} for ${x} in ${this.vector(inner, n)}]`
          },
        ],
      )
    return this.choose(choices)
  }

  protected vector(p: Place, n: number): string {
    const inner = this.deeper(p)
    const number = (): string => this.number(inner)
    const type: Type = { kind: "vector", n }
    const known = this.like(p, type)
    const choices: Choice[] = []
    if (known.length > 0) choices.push([6, () => this.pick(known).name])
    if (n <= 4) choices.push([2, () => `[${Array.from({ length: n }, number).join(", ")}]`])
    else if (!this.narrow) choices.push([2, () => `linspace(-1, 1, ${String(n)})`])
    choices.push(
      [0.5, () => `zeros(${String(n)})`],
      [0.3, () => `ones(${String(n)})`],
      [0.5, () => `full(${String(n)}, ${number()})`],
    )
    if (p.depth > 0) {
      const vector = (): string => this.vector(inner, n)
      choices.push(
        [1, () => `(${vector()} ${this.pick(["+", "-", "*"])} ${vector()})`],
        [1, () => `(${number()} * ${vector()})`],
        [0.5, () => `(${vector()} + ${number()})`],
        [1, () => `${this.pick(smooth)}(${vector()})`],
        [0.5, () => `(-${vector()})`],
        [0.5, () => `(if ${this.boolean(inner)} { ${vector()} } else { ${vector()} })`],
        [
          3,
          () => {
            const i = this.fresh("i")
            return `[${this.number(this.with(this.closed(p), i, { kind: "integer" }))} for ${i} in 0..${String(n)}]`
          },
        ],
        [
          1,
          () => {
            const x = this.fresh("x")
            const at = this.with(this.closed(p), x, scalar)
            return this.chance(0.5)
              ? `[${this.number(at)} for ${x} in ${vector()}]`
              : `map(${vector()}, ${x} => ${this.number(at)})`
          },
        ],
        [
          0.5,
          () => {
            const other = this.chance(0.3) ? number() : vector()
            return `where(${this.booleans(inner, n)}, ${vector()}, ${other})`
          },
        ],
        [
          0.3,
          () => {
            const shift = `(${this.integer({ ...p, depth: 0 })}) % 2`
            return `${this.vector(inner, n + 1)}[${shift} - ${String(n + 1)}..${String(n)} + ${shift}]`
          },
        ],
        [this.wide(0.3), () => `${this.pick(["cumsum", "reverse", "softmax"])}(${vector()})`],
        [this.wide(0.5), () => `vmap(${this.function(inner)})(${vector()})`],
        [this.wide(0.5), () => `(${this.matrix(inner, { kind: "matrix", n, m: 2 })} @ ${this.vector(inner, 2)})`],
        [
          this.wide(0.5),
          () => {
            const [a, x] = [this.fresh("a"), this.fresh("x")]
            const at = this.with(this.with(this.closed(p), a, scalar), x, scalar)
            return `scan(${vector()}, ${number()}, (${a}, ${x}) => ${this.number(at)})`
          },
        ],
      )
      if (n > 1) choices.push([0.5, () => `[${number()}, ...${this.vector(inner, n - 1)}]`])
      if (n > 1) choices.push([0.5, () => `(${this.vector(inner, 1)} ++ ${this.vector(inner, n - 1)})`])
      if (n < 4) choices.push([0.5, () => `${this.vector(inner, n + 1)}[${this.pick([`..${String(n)}`, "1.."])}]`])
    }
    const matrices = this.of(p, "matrix").filter(({ type }) => (type as { m: number }).m === n)
    if (matrices.length > 0)
      choices.push([
        2,
        () => {
          const a = this.pick(matrices)
          return `${a.name}[${this.index(inner, (a.type as { n: number }).n)}]`
        },
      ])
    return this.choose(choices)
  }

  private matrix(p: Place, type: Extract<Type, { kind: "matrix" }>): string {
    const inner = this.deeper(p)
    const { n, m } = type
    const known = this.like(p, type)
    const row = (): string => this.vector(inner, m)
    const choices: Choice[] = [
      [1, () => `[${Array.from({ length: n }, row).join(", ")}]`],
      [0.5, () => `zeros([${String(n)}, ${String(m)}])`],
    ]
    if (known.length > 0) choices.push([4, () => this.pick(known).name])
    if (p.depth > 0) {
      const matrix = (): string => this.matrix(inner, type)
      choices.push(
        [1, () => `(${matrix()} ${this.pick(["+", "-", "*"])} ${matrix()})`],
        [0.5, () => `(${this.number(inner)} * ${matrix()})`],
        [this.wide(0.3), () => `outer(${this.vector(inner, n)}, ${row()})`],
        [this.wide(0.3), () => `reshape(${this.vector(inner, n * m)}, [${String(n)}, ${String(m)}])`],
        [this.wide(0.3), () => `reshape(flatten(${matrix()}), [-1, ${String(m)}])`],
        [
          this.wide(n > 1 ? 0.3 : 0),
          () => `(${this.matrix(inner, { ...type, n: 1 })} ++ ${this.matrix(inner, { ...type, n: n - 1 })})`,
        ],
        [this.wide(0.3), () => `(${this.matrix(inner, { ...type, m: 2 })} @ ${this.matrix(inner, { ...type, n: 2 })})`],
        [this.wide(0.3), () => `transpose(${this.matrix(inner, { kind: "matrix", n: m, m: n })})`],
        [
          2,
          () => {
            const [i, j] = [this.fresh("i"), this.fresh("j")]
            const at = this.with(this.with(this.closed(p), i, { kind: "integer" }), j, { kind: "integer" })
            return `[${this.number(at)} for ${i} in 0..${String(n)}, ${j} in 0..${String(m)}]`
          },
        ],
      )
    }
    return this.choose(choices)
  }

  /** A function of one number. */
  private function(p: Place): string {
    const known = this.of(p, "function")
    const x = this.fresh("x")
    const choices: Choice[] = [
      [2, () => `(${x} => ${this.number(this.with(this.closed(p), x, scalar))})`],
      [0.3, () => this.pick(["sin", "exp", "tanh", "sqrt", "abs"])],
    ]
    if (known.length > 0) choices.push([4, () => this.pick(known).name])
    return this.choose(choices)
  }

  /** A number of a vector. */
  private functional(p: Place, n: number): string {
    const u = this.fresh("u")
    return `(${u} => ${this.number(this.with(this.closed(p), u, { kind: "vector", n }))})`
  }
}

function same(x: Type, y: Type): boolean {
  return x.kind === y.kind && (!("n" in x) || ("n" in y && x.n === y.n)) && (!("m" in x) || ("m" in y && x.m === y.m))
}
