/**
 * Random programs with derivatives: a function `f` of numbers, arrays and structures, inputs for it, and functions that take its value and derivatives.
 * They are well typed by construction, nearly always run to their end, and keep their numbers small. A program is its text: `inputs` are the arguments for
 * every function named `exact…` (value and forward mode) or `rough…` (reverse mode has a part in it). The same seed gives the same program.
 */

/** What an expression of the program is; `n` and `m` are lengths. */
type Type =
  | { readonly kind: "number" | "integer" | "boolean" | "function" }
  | Structured
  | { readonly kind: "vector" | "functional" | "field"; readonly n: number }
  | { readonly kind: "matrix"; readonly n: number; readonly m: number }
interface Structured {
  readonly kind: "record" | "pair" | "shape" | "list"
}
type Kind = Type["kind"]

interface Name {
  readonly name: string
  readonly type: Type
  /** A `var` of the function where it is. */
  readonly changes: boolean
}

interface Place {
  readonly names: readonly Name[]
  /** How deep expressions and statements may still go. */
  readonly depth: number
  readonly inLoop: boolean
  /** The function around returns a number and may be left by `return`. */
  readonly returns: boolean
  /** Turns of the loops around, multiplied. */
  readonly turns: number
}

type Choice = readonly [weight: number, write: () => string]

const scalar: Type = { kind: "number" }
const smooth = ["sin", "cos", "tanh", "atan", "sigmoid", "square", "asinh", "softplus", "erf"]
const literals = ["0", "1", "2", "3", "0.5", "-1", "1.5", "-0.7", "0.25", "-2"]

/**
 * The text of the program with this seed. `honest`: its derivatives are those of its values, and it nowhere asks whether numbers are equal, so that finite
 * differences can tell them.
 */
export function randomProgram(seed: number, honest = false): string {
  return new Generator(seed, honest).program()
}

class Generator {
  private state: number
  private count = 0
  /** Reverse mode was used for a value. */
  private rough = false
  private readonly honest: boolean

  constructor(seed: number, honest: boolean) {
    this.honest = honest
    this.state = (Math.imul(seed, 2654435761) + 12345) >>> 0
  }

  // ------------------------------------------------------------ chance

  private random(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  private below(n: number): number {
    return Math.floor(this.random() * n)
  }

  private chance(p: number): boolean {
    return this.random() < p
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  private choose(choices: readonly Choice[]): string {
    let at = this.random() * choices.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, write] of choices) if ((at -= weight) < 0) return write()
    return choices[0]![1]()
  }

  private fresh(prefix: string): string {
    return `${prefix}${String(this.count++)}`
  }

  // ------------------------------------------------------------ names

  private of(p: Place, kind: Kind): Name[] {
    return p.names.filter((name) => name.type.kind === kind)
  }

  private like(p: Place, type: Type): Name[] {
    return p.names.filter((name) => same(name.type, type))
  }

  private with(p: Place, name: string, type: Type, changes = false): Place {
    return { ...p, names: [...p.names.filter((other) => other.name !== name), { name, type, changes }] }
  }

  private deeper(p: Place): Place {
    return { ...p, depth: p.depth - 1 }
  }

  /** Inside a function or an element of a comprehension: variables cannot be assigned, loops not left. */
  private closed(p: Place, returns = false): Place {
    return {
      ...p,
      names: p.names.map((name) => ({ ...name, changes: false })),
      depth: p.depth - 1,
      inLoop: false,
      returns,
    }
  }

  // ------------------------------------------------------------ the program

  program(): string {
    const lines = ["type Shape = Dot(r) | Bar(w, h)", "type Tree = Leaf(v) | Node(l, r)"]
    let known: Place = { names: [], depth: 2, inLoop: false, returns: false, turns: 1 }
    const helpers = this.below(3)
    for (let k = 0; k < helpers; k++) {
      const [text, next] = this.helper(known)
      lines.push(text)
      known = next
    }
    const params = this.parameters()
    let inside: Place = { ...known, depth: 2 + this.below(3), returns: true }
    for (const { name, type } of params) inside = this.with(inside, name, type)
    const [start, begun] = this.variables(inside, "  ")
    const [rest, last] = this.statements(begun, "  ", 5)
    const body = [...start, ...rest]
    const result = this.all(last, this.chance(0.25) ? this.derived(last) : this.number(last))
    lines.push(`fn f(${params.map(({ name }) => name).join(", ")}) {`, ...body, `  ${result}`, "}")
    const values = params.map(({ type }) => this.constant(type))
    const directions = params.map(({ type }) => this.constant(type))
    lines.push(`let inputs = ${tuple(values)}`, `let along = ${tuple(directions)}`)
    if (this.honest) {
      const point = params.map((_, k) => (params.length === 1 ? "p" : `p[${String(k)}]`)).join(", ")
      const args = params.map(({ name }) => name).join(", ")
      const at = tuple(params.map(({ name }) => name))
      lines.push(
        `fn line(t) {\n  let p = inputs + t * along\n  f(${point})\n}`,
        `fn pushed(${args}) = jvp(f, ${at}, along)[1]`,
        `fn pulled(${args}) = dot(grad(f)(${args}), along)`,
      )
      return lines.join("\n")
    }
    this.probes(params).forEach(([rough, text], k) => {
      const kind = rough || this.rough ? "rough" : "exact"
      lines.push(`fn ${kind}${String(k)}(${params.map(({ name }) => name).join(", ")}) = ${text}`)
    })
    return lines.join("\n")
  }

  private parameters(): { name: string; type: Type }[] {
    const types: Type[] = []
    const many = 1 + this.below(3)
    for (let k = 0; k < many; k++) {
      types.push(
        this.pick<Type>([
          scalar,
          scalar,
          { kind: "vector", n: this.pick([2, 3, 4, 4, 20]) },
          { kind: "matrix", n: 2, m: this.pick([2, 3]) },
          { kind: "record" },
          { kind: "pair" },
          { kind: "list" },
        ]),
      )
    }
    return types.map((type, k) => ({ name: `x${String(k)}`, type }))
  }

  /** Functions that take derivatives of `f` at the inputs; true where reverse mode has a part. */
  private probes(params: readonly { name: string; type: Type }[]): [boolean, string][] {
    const args = params.map(({ name }) => name).join(", ")
    const point = tuple(params.map(({ name }) => name))
    const alone = params.length === 1
    const out: [boolean, string][] = [
      [false, `f(${args})`],
      [true, `value_and_grad(f)(${args})`],
      [false, `jvp(f, ${point}, along)`],
    ]
    const more: [boolean, string][] = [
      [true, `hvp(f, ${point}, along)`],
      [true, `jvp(grad(f), ${point}, along)`],
      [false, `jvp((${args}) => jvp(f, ${point}, along)[1], ${point}, along)`],
      [true, `grad((${args}) => jvp(f, ${point}, along)[1])(${args})`],
      [true, `do { let (y, pull) = vjp(f, ${point})\n  (y, pull(2)) }`],
      [true, `grad((${args}) => { let (y, pull) = vjp(f, ${point})\n  y * y })(${args})`],
      [true, `grad(checkpoint(f))(${args})`],
    ]
    const first = params[0]!
    if (first.type.kind === "number") {
      more.push([true, `grad((${args}) => grad(f, wrt: 0)(${args}))(${args})`])
      more.push([true, `grad(f, wrt: 0)(${args})`])
      if (alone) more.push([false, "f'(x0)"], [false, "f''(x0)"], [true, "grad(f')(x0)"], [true, "(grad(f))'(x0)"])
    } else if (first.type.kind === "vector") {
      more.push([true, `grad((${args}) => sum(grad(f, wrt: 0)(${args})))(${args})`])
      if (first.type.n <= 4) more.push([true, `hessian(f, wrt: 0)(${args})`], [true, `jacobian(f, wrt: 0)(${args})`])
    }
    const many = 1 + this.below(2)
    for (let k = 0; k < many; k++) out.push(this.pick(more))
    if (this.chance(0.2))
      out.push([
        false,
        `do {\n  print(f(${args}))\n  let ys = map([0.5, -1, 2], t => { print(t)\n t * f(${args}) })\n  for y in ys { print(y) }\n  sum(ys) }`,
      ])
    return out
  }

  /** A function at top level, and the place that knows it. */
  private helper(p: Place): [string, Place] {
    const name = this.fresh("g")
    const at = (depth: number, names: readonly [string, Type][], returns: boolean): Place => {
      let place: Place = { ...p, depth, returns }
      for (const [x, type] of names) place = this.with(place, x, type)
      return place
    }
    const known = this.with(p, name, { kind: "function" })
    switch (this.below(11)) {
      case 0:
      case 1: {
        const body = this.number(at(2, [["x", scalar]], false))
        const slope = this.honest ? `diff(x => ${body})(x)` : this.number(at(1, [["x", scalar]], false))
        const rule = this.chance(0.5)
          ? `_jvp(x => ${body}, (x, y, v) => v * `
          : `_vjp(x => ${body}, (x, y) => c => c * `
        return [`let ${name} = custom${rule}${slope})`, known]
      }
      case 5: {
        const body = this.number(
          at(
            2,
            [
              ["x", scalar],
              ["k", scalar],
              ["m", scalar],
            ],
            false,
          ),
        )
        const more = this.number(at(1, [["x", scalar]], false))
        return [
          `fn ${name}k(x, k = 2, m = x * 0.5) = ${body}\nfn ${name}(x) = ${name}k(x, m: ${more}) + ${name}k(x, ${more})`,
          known,
        ]
      }
      case 6: {
        const body = this.number(
          at(
            2,
            [
              ["x", scalar],
              ["k", scalar],
            ],
            false,
          ),
        )
        const made = this.chance(0.5)
          ? `let ${name} = ${name}m(0.7)`
          : `fn ${name}(x) = ${name}m(x)(${this.number(at(1, [["x", scalar]], false))})`
        return [`fn ${name}m(k) = x => ${body}\n${made}`, known]
      }
      case 7:
        return [
          `let ${name} = compose(${this.pick(smooth)}, x => ${this.number(at(1, [["x", scalar]], false))})`,
          known,
        ]
      case 8: {
        const leaf = this.number(at(1, [["v", scalar]], false))
        const x = (): string => this.number(at(1, [["x", scalar]], false))
        return [
          `fn ${name}t(t) = match t { Leaf(v) => ${leaf}, Node(l, r) => ${name}t(l) * 0.5 + sin(${name}t(r)) }\nfn ${name}(x) = ${name}t(Node(Leaf(x), Node(Leaf(${x()}), Leaf(${x()}))))`,
          known,
        ]
      }
      case 2:
        return [`let ${name} = checkpoint(x => ${this.number(at(2, [["x", scalar]], false))})`, known]
      case 3: {
        const inner = this.number(
          at(
            1,
            [
              ["n", { kind: "integer" }],
              ["x", scalar],
            ],
            false,
          ),
        )
        const deep = `${name}r`
        const step = this.chance(0.5) ? `${deep}(n - 1, ${inner})` : `sin(${deep}(n - 1, x)) + ${inner}`
        return [
          `fn ${deep}(n, x) = if n <= 0 { x } else { ${step} }\nfn ${name}(x) = ${deep}(${String(1 + this.below(4))}, x)`,
          known,
        ]
      }
      case 4: {
        const h = this.fresh("h")
        const result = this.number(at(1, [["x", scalar]], false))
        return [
          `fn ${h}(g, x) = g(g(x)) * 0.5\nfn ${name}(x) = ${h}(t => ${this.number(at(1, [["t", scalar]], false))}, ${result})`,
          known,
        ]
      }
      default: {
        const [body, last] = this.statements(at(2, [["x", scalar]], true), "  ", 3)
        return [[`fn ${name}(x) {`, ...body, `  ${this.number(last)}`, "}"].join("\n"), known]
      }
    }
  }

  private constant(type: Type): string {
    const some = (n: number): string => Array.from({ length: n }, () => this.literal()).join(", ")
    switch (type.kind) {
      case "vector":
        return `[${some(type.n)}]`
      case "matrix":
        return `[${Array.from({ length: type.n }, () => `[${some(type.m)}]`).join(", ")}]`
      case "record":
        return `{ a: ${this.literal()}, w: [${some(2)}] }`
      case "pair":
        return `(${some(2)})`
      case "list":
        return `[{ p: ${this.literal()}, q: ${this.literal()} }, { p: ${this.literal()}, q: ${this.literal()} }, { p: ${this.literal()}, q: ${this.literal()} }]`
      default:
        return this.literal()
    }
  }

  private literal(): string {
    return !this.honest && this.chance(0.4)
      ? this.pick(literals)
      : String(Math.round((this.random() * 4 - 2) * 1000) / 1000)
  }

  // ------------------------------------------------------------ statements

  /** Variables for what follows to change. */
  private variables(p: Place, indent: string): [string[], Place] {
    const lines: string[] = []
    let known = p
    for (let k = this.below(4); k > 0; k--) {
      const name = this.fresh("v")
      const type = this.type()
      lines.push(`${indent}var ${name} = ${this.expression({ ...known, depth: 1 }, type)}`)
      known = this.with(known, name, type, true)
    }
    return [lines, known]
  }

  /** A number with much of what is known added to it, so that what was computed is needed. */
  private all(p: Place, result: string): string {
    const terms = [result]
    for (const { name, type, changes } of p.names) {
      if (!this.chance(changes ? 0.7 : 0.2)) continue
      if (type.kind === "number") terms.push(name)
      else if (type.kind === "vector" || type.kind === "matrix") terms.push(`sum(${name})`)
      else if (type.kind === "record") terms.push(`${name}.a * sum(${name}.w)`)
      else if (type.kind === "pair") terms.push(`${name}[0] * ${name}[1]`)
    }
    return terms.join(" + ")
  }

  private statements(p: Place, indent: string, most: number): [string[], Place] {
    const lines: string[] = []
    let known = p
    const many = this.below(most + 1)
    for (let k = 0; k < many; k++) {
      const [more, next] = this.statement(known, indent)
      lines.push(...more)
      known = next
    }
    return [lines, known]
  }

  private statement(p: Place, indent: string): [string[], Place] {
    const inner = this.deeper(p)
    let next = p
    const changing = (kind: Kind): Name[] => this.of(p, kind).filter((name) => name.changes)
    const bind = (word: "let" | "var", type: Type): string => {
      const name = this.fresh(word === "let" ? "c" : "v")
      const text = `${word} ${name} = ${this.expression(inner, type)}`
      next = this.with(p, name, type, word === "var")
      return text
    }
    const block = (body: readonly string[], head: string, tail = "}"): string =>
      [head, ...body, `${indent}${tail}`].join("\n")
    const inside = (place: Place, most = 3): string[] => this.statements(place, `${indent}  `, most)[0]
    const choices: Choice[] = [
      [3, () => bind("let", this.type())],
      [3, () => bind("var", this.type())],
    ]
    const numbers = changing("number")
    if (numbers.length > 0)
      choices.push([
        p.inLoop ? 8 : 4,
        () => `${this.pick(numbers).name} ${this.pick(["=", "=", "+=", "-=", "*="])} ${this.tame(inner, p.turns)}`,
      ])
    const vectors = changing("vector")
    if (vectors.length > 0) {
      choices.push([
        p.inLoop ? 8 : 4,
        () => {
          const v = this.pick(vectors)
          const op = this.pick(["=", "=", "+=", "-=", "*="])
          return `${v.name}[${this.place(inner, v)}] ${op} ${this.tame(inner, p.turns)}`
        },
      ])
      choices.push([
        p.inLoop ? 3 : 1,
        () => {
          const v = this.pick(vectors)
          const { n } = v.type as { n: number }
          const from = this.below(n)
          const to = from + 1 + this.below(n - from)
          const value: Type = { kind: "vector", n: to - from }
          return this.chance(0.5)
            ? `${v.name} = ${this.expression(inner, v.type)}`
            : `${v.name}[${String(from)}..${String(to)}] ${this.pick(["=", "+="])} ${this.chance(0.4) ? this.number(inner) : this.expression(inner, value)}`
        },
      ])
    }
    const matrices = changing("matrix")
    if (matrices.length > 0)
      choices.push([
        2,
        () => {
          const v = this.pick(matrices)
          const { n, m } = v.type as { n: number; m: number }
          const i = this.index(inner, n)
          return this.chance(0.7)
            ? `${v.name}[${i}, ${this.index(inner, m)}] ${this.pick(["=", "+=", "*="])} ${this.tame(inner, p.turns)}`
            : `${v.name}[${i}] = ${this.expression(inner, { kind: "vector", n: m })}`
        },
      ])
    const records = changing("record")
    if (records.length > 0)
      choices.push([
        2,
        () => {
          const { name } = this.pick(records)
          return this.chance(0.5)
            ? `${name}.a = ${this.tame(inner, p.turns)}`
            : `${name}.w[${this.index(inner, 2)}] ${this.pick(["=", "+="])} ${this.tame(inner, p.turns)}`
        },
      ])
    if (this.of(p, "record").length > 0)
      choices.push([
        1,
        () => {
          const [a, w] = [this.fresh("c"), this.fresh("c")]
          const text = `let { a: ${a}, w: ${w} } = ${this.pick(this.of(p, "record")).name}`
          next = this.with(this.with(p, a, scalar), w, { kind: "vector", n: 2 })
          return text
        },
      ])
    if (this.of(p, "pair").length > 0)
      choices.push([
        1,
        () => {
          const [a, b] = [this.fresh("c"), this.fresh("c")]
          const text = `let (${a}, ${b}) = ${this.pick(this.of(p, "pair")).name}`
          next = this.with(this.with(p, a, scalar), b, scalar)
          return text
        },
      ])
    if (p.inLoop) choices.push([1, () => `if ${this.boolean(inner)} { ${this.pick(["break", "continue"])} }`])
    if (p.returns) choices.push([0.4, () => `if ${this.boolean(inner)} { return ${this.number(inner)} }`])
    choices.push([0.15, () => `if ${this.boolean(inner)} and ${this.boolean(inner)} { error("no") }`])
    choices.push([0.15, () => `assert(${this.boolean(inner)} or ${this.boolean(inner)}, "not so")`])
    if (p.depth > 0) {
      choices.push([
        3,
        () => {
          const arms = [block(inside(inner), `if ${this.boolean(inner)} {`, "")]
          if (this.chance(0.3)) arms.push(block(inside(inner), `} else if ${this.boolean(inner)} {`, ""))
          if (this.chance(0.6)) arms.push(block(inside(inner), "} else {", ""))
          return `${arms.map((arm) => arm.trimEnd()).join(`\n${indent}`)}\n${indent}}`
        },
      ])
      if (p.turns <= 24) {
        choices.push([
          4,
          () => {
            const i = this.fresh("i")
            const vector = this.of(p, "vector").filter(({ type }) => (type as { n: number }).n <= 6)
            const looping = { ...inner, inLoop: true, turns: p.turns * 4 }
            if (vector.length > 0 && this.chance(0.3)) {
              const v = this.pick(vector)
              if (this.chance(0.3)) {
                const x = this.fresh("c")
                const at = this.with(this.with(looping, i, { kind: "integer" }), x, scalar)
                return block(inside(at, 4), `for (${i}, ${x}) in enumerate(${v.name}) {`)
              }
              if (this.chance(0.3)) {
                const x = this.fresh("c")
                const at = this.with(this.with(looping, i, scalar), x, scalar)
                const other = this.vector({ ...inner, depth: 0 }, (v.type as { n: number }).n)
                return block(inside(at, 4), `for (${i}, ${x}) in zip(${v.name}, ${other}) {`)
              }
              return this.chance(0.5)
                ? block(inside(this.with(looping, i, scalar), 4), `for ${i} in ${v.name} {`)
                : block(inside(this.with(looping, i, { kind: "integer" }), 4), `for ${i} in 0..len(${v.name}) {`)
            }
            const lists = this.of(p, "list")
            if (lists.length > 0 && this.chance(0.5)) {
              const q = this.fresh("c")
              const at = this.with(this.with(looping, i, scalar), q, scalar)
              return block(inside(at, 4), `for { p: ${i}, q: ${q} } in ${this.pick(lists).name} {`)
            }
            const integers = this.of(p, "integer")
            const range =
              integers.length > 0 && this.chance(0.3)
                ? `0..${this.pick(integers).name}`
                : this.pick(["0..3", "0..4", "1..4", "0..=2", "0..1", "0..0", "2..5", "0..10"])
            return block(inside(this.with(looping, i, { kind: "integer" }), 4), `for ${i} in ${range} {`)
          },
        ])
        choices.push([
          2,
          () => {
            const k = this.fresh("k")
            const looping = this.with({ ...inner, inLoop: true, turns: p.turns * 4 }, k, { kind: "integer" })
            const more = this.chance(0.4) ? ` and ${this.boolean(this.with(inner, k, { kind: "integer" }))}` : ""
            const body = inside(looping, 4)
            next = this.with(p, k, { kind: "integer" })
            const start = `var ${k} = 0\n${indent}`
            return `${start}${block([`${indent}  ${k} += 1`, ...body], `while ${k} < ${String(1 + this.below(4))}${more} {`)}`
          },
        ])
      }
      choices.push([
        1,
        () => {
          const g = this.fresh("g")
          const x = this.fresh("x")
          const at = this.with(this.closed(p, true), x, scalar)
          const [body, last] = this.statements(at, `${indent}  `, 2)
          next = this.with(p, g, { kind: "function" })
          const head = this.chance(0.5) ? `fn ${g}(${x}) {` : `let ${g} = ${x} => {`
          return block([...body, `${indent}  ${this.number(last)}`], head)
        },
      ])
    }
    return [[indent + this.choose(choices)], next]
  }

  private type(): Type {
    return this.pick<Type>([
      scalar,
      scalar,
      scalar,
      { kind: "vector", n: this.pick([1, 2, 3, 3, 4, 12]) },
      { kind: "vector", n: 3 },
      { kind: "matrix", n: 2, m: this.pick([2, 3]) },
      { kind: "record" },
      { kind: "pair" },
      { kind: "shape" },
      { kind: "list" },
      { kind: "boolean" },
      { kind: "integer" },
      { kind: "function" },
    ])
  }

  // ------------------------------------------------------------ expressions

  private expression(p: Place, type: Type): string {
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
        choices.push([2, () => `[{ p: ${number()}, q: ${number()} } for ${this.fresh("i")} in 0..3]`])
        choices.push([1, () => `[{ p: ${number()}, q: ${number()} }, { p: ${number()}, q: ${number()} }]`])
        if (known.length > 0)
          choices.push([
            2,
            () => `[{ p: e.q, q: e.p * ${this.number(this.closed(inner))} } for e in ${this.pick(known).name}]`,
          ])
        break
    }
    return this.choose(choices)
  }

  /** A number that stays small when assigned turn after turn. */
  private tame(p: Place, turns: number): string {
    return turns > 1 && this.chance(0.7) ? `${this.pick(["sin", "tanh", "cos"])}(${this.number(p)})` : this.number(p)
  }

  private number(p: Place): string {
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
      [1, () => (this.honest ? number() : `stop_gradient(${number()})`)],
      [1.5, () => this.block(inner)],
      [1.5, () => this.match(inner)],
      [2, () => `sum(${this.vector(inner, 3)})`],
      [
        1,
        () =>
          `${this.pick(["sum", "mean", "logsumexp", "prod", "max", "min", "norm", "squared_norm"])}(${this.vector(inner, this.pick([2, 3, 12]))})`,
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
          const condition = this.chance(0.3) ? ` if ${this.boolean(at)}` : ""
          return `sum(${this.number(at)} for ${i} in 0..${end}${condition})`
        },
      ],
      [
        0.5,
        () => {
          const [i, j] = [this.fresh("i"), this.fresh("j")]
          const at = this.with(this.with(this.closed(p), i, { kind: "integer" }), j, { kind: "integer" })
          const condition = this.chance(0.5) ? ` if ${this.boolean(at)}` : ""
          return `sum([${this.number(at)} for ${i} in 0..3, ${j} in 0..${this.pick([i, "2"])} + 1${condition}])`
        },
      ],
      [
        0.3,
        () => {
          const x = this.fresh("x")
          return `(match attempt(() => ${number()}) { Done(${x}) => ${x}, Failed(_) => ${number()} })`
        },
      ],
      [0.7, () => `(${this.vector(inner, 3)} @ ${this.vector(inner, 3)})`],
      [
        1,
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
      [0.7, () => `checkpoint(${this.function(inner)})(${number()})`],
      // Forward mode inside.
      [1.5, () => `diff(${this.function(inner)})(${number()})`],
      [0.7, () => `(${this.function(inner)})''(${number()})`],
      [1, () => `jvp(${this.function(inner)}, ${number()}, ${number()})[${this.pick(["0", "1", "1"])}]`],
      [0.7, () => `jvp(${this.functional(inner, 2)}, ${this.vector(inner, 2)}, ${this.vector(inner, 2)})[1]`],
      [0.3, () => `iterate(${number()}, 3, ${this.function(inner)})`],
      [0.5, () => `jacfwd(${this.expression(inner, { kind: "field", n: 2 })})(${this.vector(inner, 2)})[0, 1]`],
      [0.5, () => `do { let (y, push) = linearize(${this.function(inner)}, ${number()})\n y + push(${number()}) }`],
    )
    const functions = this.of(p, "function")
    if (functions.length > 0) choices.push([3, () => `${this.pick(functions).name}(${number()})`])
    if (this.of(p, "shape").length > 0) choices.push([2, () => this.match(inner)])
    return this.choose(choices)
  }

  /** A number that reverse mode has a part in: it is never compared, so that its rounding steers nothing. */
  private derived(p: Place): string {
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
      [1, () => `do { let (y, pull) = vjp(${f()}, ${number()})\n y + pull(${number()}) }`],
      [1, () => `value_and_grad(${f()})(${number()})[${this.pick(["0", "1"])}]`],
      [1, () => `jacobian(${this.expression(inner, { kind: "field", n })})(${v()})[0, 1]`],
      [1, () => `sum(jacrev(${this.expression(inner, { kind: "field", n })})(${v()}))`],
      [1, () => `hessian(${h()})(${v()})[0, 1]`],
      [1, () => `jvp(grad(${f()}), ${number()}, ${number()})[1]`],
      [1, () => `grad(${f()}')(${number()})`],
      [1, () => `grad(grad(${f()}))(${number()})`],
      [0.5, () => `gradn(${f()}, 2)(${number()})`],
      [0.5, () => `laplacian(${h()})(${v()})`],
      [
        1,
        () => {
          const t = this.fresh("t")
          return `grad(${t} => ${this.derived(this.with(this.closed(p), t, scalar))})(${number()})`
        },
      ],
    ])
  }

  private bare(literal: string): string {
    return literal.startsWith("-") ? `(${literal})` : literal
  }

  private block(p: Place): string {
    // Assignments to variables from outside are left to statements: here they would hide in the middle of an expression.
    const [lines, last] = this.statements({ ...p, inLoop: false, returns: false }, " ", 2)
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
  private place(p: Place, v: Name): string {
    const { n } = v.type as { n: number }
    const choices: Choice[] = [
      [3, () => this.index(p, n)],
      [1, () => `(${this.integer(p)}) % len(${v.name})`],
    ]
    if (this.chance(0.01)) return this.integer(p)
    return this.choose(choices)
  }

  private index(p: Place, n: number): string {
    const integers = this.of(p, "integer")
    const choices: Choice[] = [
      [3, () => String(this.below(n))],
      [0.5, () => `-${String(1 + this.below(n))}`],
    ]
    if (integers.length > 0) choices.push([4, () => `${this.pick(integers).name} % ${String(n)}`])
    if (p.depth > 0) choices.push([1, () => `(${this.integer(this.deeper(p))}) % ${String(n)}`])
    return this.choose(choices)
  }

  private boolean(p: Place): string {
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
        [0.1, () => this.pick(["true", "false"])],
      )
    return `(${this.choose(choices)})`
  }

  private vector(p: Place, n: number): string {
    const inner = this.deeper(p)
    const number = (): string => this.number(inner)
    const type: Type = { kind: "vector", n }
    const known = this.like(p, type)
    const choices: Choice[] = []
    if (known.length > 0) choices.push([6, () => this.pick(known).name])
    if (n <= 4) choices.push([2, () => `[${Array.from({ length: n }, number).join(", ")}]`])
    else choices.push([2, () => `linspace(-1, 1, ${String(n)})`])
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
        [0.3, () => `${this.pick(["cumsum", "reverse", "softmax"])}(${vector()})`],
        [0.5, () => `vmap(${this.function(inner)})(${vector()})`],
        [0.5, () => `(${this.matrix(inner, { kind: "matrix", n, m: 2 })} @ ${this.vector(inner, 2)})`],
        [
          0.5,
          () => {
            const [a, x] = [this.fresh("a"), this.fresh("x")]
            const at = this.with(this.with(this.closed(p), a, scalar), x, scalar)
            return `scan(${vector()}, ${number()}, (${a}, ${x}) => ${this.number(at)})`
          },
        ],
      )
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
        [0.3, () => `outer(${this.vector(inner, n)}, ${row()})`],
        [0.3, () => `reshape(${this.vector(inner, n * m)}, [${String(n)}, ${String(m)}])`],
        [0.3, () => `transpose(${this.matrix(inner, { kind: "matrix", n: m, m: n })})`],
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

function tuple(items: readonly string[]): string {
  return items.length === 1 ? items[0]! : `(${items.join(", ")})`
}
