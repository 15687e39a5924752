/**
 * Random programs with derivatives: a function `f` of numbers, arrays and structures, inputs for it, and functions that take its value and derivatives.
 * They are well typed by construction, nearly always run to their end, and keep their numbers small. A program is its text: `inputs` are the arguments for
 * every function named `exact…` (value and forward mode) or `rough…` (reverse mode has a part in it). The same seed gives the same program.
 */

import type { Choice } from "./chance.ts"
import { Expressions, scalar, smooth, type Kind, type Name, type Place, type Type } from "./differential-expressions.ts"

/**
 * The text of the program with this seed. `honest`: its derivatives are those of its values, and it nowhere asks whether numbers are equal, so that finite
 * differences can tell them.
 */
export function randomProgram(seed: number, honest = false): string {
  return new Generator(seed, honest).program()
}
class Generator extends Expressions {
  // ------------------------------------------------------------ the program

  program(): string {
    const lines = ["type Shape = Dot(r) | Bar(w, h)", "type Tree = Leaf(v) | Node(l, r)"]
    let known: Place = { names: [], depth: 2, inLoop: false, returns: null, turns: 1 }
    const helpers = this.below(3)
    for (let k = 0; k < helpers; k++) {
      const [text, next] = this.helper(known)
      lines.push(text)
      known = next
    }
    const params = this.parameters()
    let inside: Place = { ...known, depth: 2 + this.below(3), returns: scalar }
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

  /** Two or three derivatives of `f` along the direction, each of either mode. */
  private word(args: string, point: string): string {
    let out = `f(${args})`
    for (let k = 2 + this.below(2); k > 0; k--)
      out = this.chance(0.5)
        ? `jvp((${args}) => ${out}, ${point}, along)[1]`
        : `dot(grad((${args}) => ${out})(${args}), along)`
    return out
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
      [true, this.word(args, point)],
      [true, this.word(args, point)],
    ]
    if (!this.narrow)
      more.push(
        [true, `do { let (y, pull) = vjp(f, ${point})\n  (y, pull(2)) }`],
        [true, `grad((${args}) => { let (y, pull) = vjp(f, ${point})\n  y * y })(${args})`],
        [true, `grad(checkpoint(f))(${args})`],
      )
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
    const at = (depth: number, names: readonly [string, Type][], returns: Type | null): Place => {
      let place: Place = { ...p, depth, returns }
      for (const [x, type] of names) place = this.with(place, x, type)
      return place
    }
    const known = this.with(p, name, { kind: "function" })
    switch (
      this.narrow
        ? this.pick([3, 4, 5, 6, 8, 8, 9, 9, 11, 12, 13, 14])
        : this.pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 9, 10, 11, 12, 13, 14])
    ) {
      case 0:
      case 1: {
        const body = this.number(at(2, [["x", scalar]], null))
        const slope = this.honest ? `diff(x => ${body})(x)` : this.number(at(1, [["x", scalar]], null))
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
            null,
          ),
        )
        const more = this.number(at(1, [["x", scalar]], null))
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
            null,
          ),
        )
        const made = this.chance(0.5)
          ? `let ${name} = ${name}m(0.7)`
          : `fn ${name}(x) = ${name}m(x)(${this.number(at(1, [["x", scalar]], null))})`
        return [`fn ${name}m(k) = x => ${body}\n${made}`, known]
      }
      case 7:
        return [`let ${name} = compose(${this.pick(smooth)}, x => ${this.number(at(1, [["x", scalar]], null))})`, known]
      case 8: {
        const leaf = this.number(at(1, [["v", scalar]], null))
        const x = (): string => this.number(at(1, [["x", scalar]], null))
        if (this.chance(0.85))
          return [
            [
              `fn ${name}b(n, x) = if n <= 0 { Leaf(x) } else { Node(${name}b(n - 1, x * 0.7), Leaf(n * 0.1)) }`,
              `let ${name}d = ${name}b(${String(4 + this.below(4))}, 0.9)`,
              `fn ${name}t(t, x) = match t { Leaf(v) => ${leaf} * x, Node(l, r) => ${name}t(l, x) * 0.5 + sin(${name}t(r, x * 0.9)) }`,
              `fn ${name}m(t, x) = match t { Leaf(v) => Leaf(v * ${x()}), Node(l, r) => Node(${name}m(r, x), ${name}m(l, x)) }`,
              this.pick([
                `fn ${name}(x) = ${name}t(${name}d, x)`,
                `fn ${name}(x) = ${name}t(${name}b(${String(3 + this.below(4))}, x), 0.9)`,
                `fn ${name}(x) = ${name}t(${name}m(${name}d, x), x)`,
                `fn ${name}(x) = jvp(t => ${name}t(t, x), ${name}d, ${name}d)[1]`,
                `fn ${name}(x) = ${name}t(jvp(t => ${name}m(t, x), ${name}d, ${name}d)[1], x)`,
              ]),
            ].join("\n"),
            known,
          ]
        return [
          `fn ${name}t(t) = match t { Leaf(v) => ${leaf}, Node(l, r) => ${name}t(l) * 0.5 + sin(${name}t(r)) }\nfn ${name}(x) = ${name}t(Node(Leaf(x), Node(Leaf(${x()}), Leaf(${x()}))))`,
          known,
        ]
      }
      case 2:
        return [`let ${name} = checkpoint(x => ${this.number(at(2, [["x", scalar]], null))})`, known]
      case 3: {
        const inner = this.number(
          at(
            1,
            [
              ["n", { kind: "integer" }],
              ["x", scalar],
            ],
            null,
          ),
        )
        const deep = `${name}r`
        const step = this.pick([
          `${deep}(n - 1, ${inner})`,
          `sin(${deep}(n - 1, x)) + ${inner}`,
          `sin(${deep}(n - 1, x * 0.5)) * ${deep}(n - 2, ${inner})`,
          `sin(if n % 2 < 1 { ${deep}(n - 1, ${inner}) } else { ${deep}p(n, x) })`,
        ])
        const count = this.pick([String(1 + this.below(8)), `(if x < 1 { 4 } else { 3 })`])
        return [
          [
            `fn ${deep}(n, x) = if n <= 0 { x } else { ${step} }`,
            `fn ${deep}p(n, x) = { a: ${deep}(n - 1, x), b: n }.a * 0.9`,
            `fn ${name}(x) = ${deep}(${count}, x)`,
          ].join("\n"),
          known,
        ]
      }
      case 4: {
        const h = this.fresh("h")
        const result = this.number(at(1, [["x", scalar]], null))
        return [
          `fn ${h}(g, x) = g(g(x)) * 0.5\nfn ${name}(x) = ${h}(t => ${this.number(at(1, [["t", scalar]], null))}, ${result})`,
          known,
        ]
      }
      case 11: {
        // Found in a loop, or not at all.
        const place = at(1, [["x", scalar]], null)
        const inside = this.with({ ...place, inLoop: true, turns: 4 }, "i", { kind: "integer" })
        const [before, after] = this.statements(inside, "    ", 2)
        const found = `({ a: ${this.number(after)}, w: ${this.vector(after, 2)} }, i)`
        const search = [
          `fn ${name}s(x) {\n  for i in 0..${String(1 + this.below(5))} {`,
          ...before,
          `    if ${this.boolean(after)} { return ${found} }\n  }\n  ((), ${this.number(place)})\n}`,
        ]
        const use = `fn ${name}(x) {\n  let (found, n) = ${name}s(x)\n  if found == () { return n * x }\n  found.a * sum(found.w) + n\n}`
        return [`${search.join("\n")}\n${use}`, known]
      }
      case 13: {
        // Arrays through recursion.
        const item = this.number(
          at(
            1,
            [
              ["n", { kind: "integer" }],
              ["w", scalar],
              ["x", scalar],
            ],
            null,
          ),
        )
        const deep = `${name}r`
        const end = this.pick(["a", "a * x", "[x * i for i in 0..len(a)]"])
        const step = this.pick([
          `{\n  var b = ${deep}(n - 1, a, x)\n  let w = b[n - 1] * a[n]\n  b[n] = ${item}\n  b }`,
          `{\n  var b = a\n  let w = a[n - 1]\n  b[n] = ${item}\n  ${deep}(n - 1, b, x) }`,
          `{\n  let w = a[n]\n  ${deep}(n - 1, a * 0.5 + 0.1, ${item}) * a }`,
        ])
        const count = this.pick([String(1 + this.below(5)), `(if x < 1 { 4 } else { 3 })`])
        const start = `[sin(x * i) for i in 0..${this.pick(["6", "20"])}]`
        return [
          `fn ${deep}(n, a, x) = if n <= 0 { ${end} } else ${step}\nfn ${name}(x) {\n  let v = ${deep}(${count}, ${start}, x)\n  ${this.pick(["sum(v)", "dot(v, v) * 0.1", "v[1] * v[2] + v[5]"])} }`,
          known,
        ]
      }
      case 14: {
        // Functions to choose from.
        const one = (): string =>
          this.pick([
            this.pick(smooth),
            `t => ${this.number(
              at(
                1,
                [
                  ["t", scalar],
                  ["x", scalar],
                ],
                null,
              ),
            )}`,
            "t => t * x + 0.5",
          ])
        const functions = `[${Array.from({ length: 2 + this.below(3) }, one).join(", ")}]`
        const records = `[{ f: ${one()}, w: x }, { f: ${one()}, w: 0.5 }]`
        const use = this.pick([
          `var v = x\n  for i in 0..${String(1 + this.below(5))} { v = fs[i % len(fs)](v) * 0.7 }\n  v`,
          "var v = x\n  for g in fs { v = g(v) * 0.7 }\n  v",
          "fold(fs, x, (v, g) => g(v))",
          "sum(map(fs, g => g(x)))",
          "var s = 0\n  for (i, g) in enumerate(fs) { s += g(x * i) }\n  s",
          `let rs = ${records}\n  var s = x\n  for i in 0..4 { s = rs[i % 2].f(s * rs[i % 2].w) }\n  s * fs[-1](x)`,
        ])
        return [`fn ${name}(x) {\n  let fs = ${functions}\n  ${use} }`, known]
      }
      case 12: {
        const type: Type = this.pick<Type>([
          { kind: "vector", n: this.pick([3, 20]) },
          { kind: "matrix", n: 2, m: 3 },
          { kind: "record" },
          { kind: "pair" },
          { kind: "shape" },
          { kind: "list" },
        ])
        const place = at(2, [["x", scalar]], type)
        const [start, begun] = this.variables(place, "  ")
        const [body, last] = this.statements(begun, "  ", 4)
        const value = this.expression({ ...last, depth: 1 }, type)
        const made = this.with(at(1, [["x", scalar]], null), "made", type, true)
        const use = `fn ${name}(x) {\n  var made = ${name}s(x)\n  ${this.all(made, this.number(made))}\n}`
        return [[`fn ${name}s(x) {`, ...start, ...body, `  ${value}`, "}", use].join("\n"), known]
      }
      default: {
        const [body, last] = this.statements(at(2, [["x", scalar]], scalar), "  ", 3)
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

  protected override statements(p: Place, indent: string, most: number): [string[], Place] {
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
    const { returns } = p
    if (returns !== null)
      choices.push([
        p.inLoop ? 1 : 0.4,
        () => `if ${this.boolean(inner)} { return ${this.expression(inner, returns)} }`,
      ])
    if (p.turns === 1 && p.depth > 0 && returns === scalar && !this.honest)
      choices.push([0.1, () => this.longLoop(inner, indent)])
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
          const at = this.with(this.closed(p, scalar), x, scalar)
          const [body, last] = this.statements(at, `${indent}  `, 2)
          next = this.with(p, g, { kind: "function" })
          const head = this.chance(0.5) ? `fn ${g}(${x}) {` : `let ${g} = ${x} => {`
          return block([...body, `${indent}  ${this.number(last)}`], head)
        },
      ])
    }
    return [[indent + this.choose(choices)], next]
  }

  /** A loop of so many turns that compiled code divides it into stretches. */
  private longLoop(p: Place, indent: string): string {
    const [v, i, j] = [this.fresh("v"), this.fresh("i"), this.fresh("i")]
    const simple = this.with(this.with({ ...p, depth: 0 }, v, scalar), i, { kind: "integer" })
    const leaves = (after: number): string =>
      `if ${i} > ${String(after)} and ${v} > ${this.literal()} { ${this.chance(0.5) ? "break" : `return ${this.number(simple)}`} }`
    const lines = [`${v} = ${this.pick(["sin", "tanh", "cos"])}(${v} + ${this.number(simple)}) * 0.9`]
    if (this.chance(0.3)) lines.unshift(`if ${i} % 3 == 0 { continue }`)
    const deep = this.chance(0.5)
    if (this.chance(0.5)) lines.push(leaves(deep ? 150 : 17_000))
    const turn = lines.map((line) => `${indent}    ${line}`).join("\n")
    const loop = deep
      ? `for ${i} in 0..200 {\n${indent}  for ${j} in 0..90 {\n${turn}\n${indent}  }\n${indent}  ${leaves(170)}\n${indent}}`
      : `for ${i} in 0..18000 {\n${turn}\n${indent}}`
    return `var ${v} = ${this.number(p)}\n${indent}${loop}\n${indent}if ${v} > 0.5 { return ${v} }`
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
}

function tuple(items: readonly string[]): string {
  return items.length === 1 ? items[0]! : `(${items.join(", ")})`
}
