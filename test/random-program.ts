/**
 * Random programs that leave loops and functions everywhere, call in every place, and assign what others hold.
 * They are well typed by construction (numbers, booleans, arrays of numbers of three elements or more) and end. The same seed gives the same program.
 */

import { Chance } from "./chance.ts"

interface Scope {
  readonly numbers: readonly string[]
  readonly vars: readonly string[]
  readonly arrays: readonly string[]
  readonly arrayVars: readonly string[]
  readonly functions: readonly string[]
}

const nothing: Scope = { numbers: [], vars: [], arrays: [], arrayVars: [], functions: [] }

interface Place {
  readonly inLoop: boolean
  readonly inFunction: boolean
  readonly depth: number
}

/** The text of the program with this seed. */
export function randomProgram(seed: number): string {
  return new Generator(seed).program()
}

class Generator extends Chance {
  private count = 0

  private fresh(prefix: string): string {
    return `${prefix}${String(this.count++)}`
  }

  program(): string {
    const lines = ["fn t(x) { print(x); x }", "fn b(x, y) { print(x); y }"]
    const known: Scope = { ...nothing, functions: ["t"] }
    const [body] = this.statements(known, { inLoop: false, inFunction: true, depth: 4 }, "  ", 5)
    lines.push(`fn main(p) {`, ...body, `  ${this.number(known, { inLoop: false, inFunction: false, depth: 1 })}`, "}")
    lines.push("main(1)")
    const [top, scope] = this.statements(known, { inLoop: false, inFunction: false, depth: 3 }, "", 5)
    lines.push(...top, this.number(scope, { inLoop: false, inFunction: false, depth: 3 }))
    return lines.join("\n")
  }

  private statements(scope: Scope, place: Place, indent: string, most: number): [string[], Scope] {
    const lines: string[] = []
    let known = scope
    const many = 1 + this.below(most)
    for (let i = 0; i < many; i++) {
      const [more, next] = this.statement(known, place, indent)
      lines.push(...more)
      known = next
    }
    return [lines, known]
  }

  private statement(scope: Scope, place: Place, indent: string): [string[], Scope] {
    const inner = { ...place, depth: place.depth - 1 }
    const line = (text: string, next: Scope = scope): [string[], Scope] => [[indent + text], next]
    const number = (): string => this.number(scope, inner)
    switch (this.below(place.depth > 0 ? 18 : 7)) {
      case 0: {
        const name = this.fresh("x")
        return line(`let ${name} = ${number()}`, { ...scope, numbers: [...scope.numbers, name] })
      }
      case 1: {
        const name = this.fresh("v")
        const vars = { ...scope, numbers: [...scope.numbers, name], vars: [...scope.vars, name] }
        return line(`var ${name} = ${number()}`, vars)
      }
      case 2:
        if (scope.vars.length === 0) return line(`print(${number()})`)
        return line(`${this.pick(scope.vars)} ${this.pick(["=", "+=", "-="])} ${number()}`)
      case 3: {
        const name = this.fresh("a")
        const arrays = { ...scope, arrays: [...scope.arrays, name], arrayVars: [...scope.arrayVars, name] }
        return line(`var ${name} = ${this.array(scope, inner)}`, arrays)
      }
      case 4:
        if (scope.arrayVars.length === 0) return line(`t(${number()})`)
        return line(
          this.chance(0.3)
            ? `${this.pick(scope.arrayVars)} ++= [${number()}]`
            : `${this.pick(scope.arrayVars)}[${String(this.below(3))}] ${this.pick(["=", "+="])} ${number()}`,
        )
      case 5: {
        const name = this.fresh("c")
        return line(`let ${name} = ${this.array(scope, inner)}`, { ...scope, arrays: [...scope.arrays, name] })
      }
      case 6:
        return line(`print(${number()})`)
      case 7:
      case 8:
      case 9:
        return this.choice(scope, place, indent)
      case 10:
      case 11: {
        const name = this.fresh("i")
        const [body] = this.statements(
          { ...scope, numbers: [...scope.numbers, name] },
          { ...inner, inLoop: true },
          `${indent}  `,
          4,
        )
        const source =
          this.chance(0.5) || scope.arrays.length === 0 ? `0..${String(this.below(4))}` : this.pick(scope.arrays)
        return [[`${indent}for ${name} in ${source} {`, ...body, `${indent}}`], scope]
      }
      case 12: {
        const name = this.fresh("k")
        const condition = this.pick([`${name} < 3`, `t(${name}) < 3`, `${name} < 3 and ${this.boolean(scope, inner)}`])
        const [body] = this.statements(
          { ...scope, numbers: [...scope.numbers, name] },
          { ...inner, inLoop: true },
          `${indent}  `,
          4,
        )
        return [
          [
            `${indent}var ${name} = 0`,
            `${indent}while ${condition} {`,
            `${indent}  ${name} += 1`,
            ...body,
            `${indent}}`,
          ],
          { ...scope, numbers: [...scope.numbers, name] },
        ]
      }
      case 13:
        if (place.inLoop) return line(`if ${this.boolean(scope, inner)} { ${this.pick(["break", "continue"])} }`)
        return this.choice(scope, place, indent)
      case 14:
        if (place.inFunction) return line(`if ${this.boolean(scope, inner)} { return ${number()} }`)
        return this.choice(scope, place, indent)
      case 15: {
        const name = this.fresh("f")
        const p = this.fresh("p")
        const inside = { inLoop: false, inFunction: true, depth: place.depth - 1 }
        const seen = { ...scope, vars: [], arrayVars: [], numbers: [...scope.numbers, p] }
        const [body] = this.statements(seen, inside, `${indent}  `, 3)
        const next = { ...scope, functions: [...scope.functions, name] }
        const last = `${indent}  ${this.number(seen, { ...inside, inFunction: false })}`
        if (this.chance(0.5)) return [[`${indent}fn ${name}(${p}) {`, ...body, last, `${indent}}`], next]
        return [[`${indent}let ${name} = ${p} => {`, ...body, last, `${indent}}`], next]
      }
      case 16: {
        // Mutual recursion, called before it is defined.
        const even = this.fresh("f")
        const odd = this.fresh("f")
        const between = this.fresh("x")
        return [
          [
            `${indent}print(${even}(${String(this.below(4))}))`,
            `${indent}fn ${even}(n) = if n < 1 { 1 } else { t(${odd}(n - 1)) }`,
            `${indent}let ${between} = ${number()}`,
            `${indent}fn ${odd}(n) = if n < 1 { 0 } else { ${even}(n - 1) }`,
          ],
          { ...scope, functions: [...scope.functions, even, odd], numbers: [...scope.numbers, between] },
        ]
      }
      default: {
        const [body] = this.statements(scope, inner, `${indent}  `, 3)
        return [[`${indent}do {`, ...body, `${indent}}`], scope]
      }
    }
  }

  /** A conditional that may leave in some of its branches. */
  private choice(scope: Scope, place: Place, indent: string): [string[], Scope] {
    const inner = { ...place, depth: place.depth - 1 }
    const branch = (): string[] => {
      const [body] = this.statements(scope, inner, `${indent}  `, 3)
      if (this.chance(0.4)) body.push(`${indent}  ${this.leave(scope, inner)}`)
      return body
    }
    if (this.chance(0.25)) {
      const arms = [`0`, `1 | 2 if ${this.boolean(scope, inner)}`, `n`].slice(this.below(2))
      const lines = arms.flatMap((pattern) => [`${indent}  ${pattern} => do {`, ...branch(), `${indent}  }`])
      return [[`${indent}match ${this.number(scope, inner)} {`, ...lines, `${indent}}`], scope]
    }
    const lines = [`${indent}if ${this.boolean(scope, inner)} {`, ...branch()]
    if (this.chance(0.3)) lines.push(`${indent}} else if ${this.boolean(scope, inner)} {`, ...branch())
    if (this.chance(0.6)) lines.push(`${indent}} else {`, ...branch())
    return [[...lines, `${indent}}`], scope]
  }

  private leave(scope: Scope, place: Place): string {
    const ways = [...(place.inLoop ? ["break", "continue"] : []), ...(place.inFunction ? ["return"] : [])]
    if (ways.length === 0) return "()"
    const way = this.pick(ways)
    if (way !== "return") return way
    const value = this.number(scope, { ...place, depth: 0 })
    if (this.chance(0.4)) return `return ${this.pick(scope.functions)}(${value})`
    return this.chance(0.1) ? "return 7 + sum([1, 2])" : `return ${value}`
  }

  private number(scope: Scope, place: Place): string {
    const inner = { ...place, depth: place.depth - 1 }
    const number = (): string => this.number(scope, inner)
    if (place.depth <= 0)
      return scope.numbers.length > 0 && this.chance(0.7) ? this.pick(scope.numbers) : String(this.below(5))
    switch (this.below(16)) {
      case 0:
      case 1:
        return scope.numbers.length > 0 ? this.pick(scope.numbers) : String(this.below(5))
      case 2:
      case 3:
        return `(${number()} ${this.pick(["+", "-"])} ${number()})`
      case 4:
        return `(${number()} * ${number()} % 7)`
      case 5:
      case 6:
        return `${this.pick(scope.functions)}(${number()})`
      case 7:
        return `(if ${this.boolean(scope, inner)} { ${number()} } else { ${number()} })`
      case 8: {
        const [body, seen] = this.statements(scope, inner, "", 2)
        return `do { ${body.join("\n")}\n${this.number(seen, { ...inner, depth: 0 })} }`
      }
      case 9: {
        // Leaving from the middle of an expression.
        const [body, seen] = this.statements(scope, inner, "", 1)
        const text = `${body.join("\n")}\nif ${this.boolean(seen, { ...inner, depth: 0 })} { ${this.leave(seen, inner)} }`
        return `do { ${text}\n${this.number(seen, { ...inner, depth: 0 })} }`
      }
      case 10:
        return scope.arrays.length > 0 ? `${this.pick(scope.arrays)}[${String(this.below(3))}]` : number()
      case 11: {
        const name = this.fresh("i")
        const closed = { ...scope, vars: [], arrayVars: [] }
        const inside = { inLoop: false, inFunction: false, depth: place.depth - 1 }
        const seen = { ...closed, numbers: [...scope.numbers, name] }
        const condition = this.chance(0.5) ? ` if ${this.boolean(seen, inside)}` : ""
        return `sum([${this.number(seen, inside)} for ${name} in 0..${String(1 + this.below(3))}${condition}])`
      }
      case 12:
        return `(match ${number()} { 0 => ${number()}, n if ${this.boolean(scope, inner)} => n, m => m + ${number()} })`
      case 13: {
        const p = this.fresh("p")
        const inside = { inLoop: false, inFunction: true, depth: place.depth - 1 }
        const seen = { ...scope, vars: [], arrayVars: [], numbers: [...scope.numbers, p] }
        return `(${p} => ${this.number(seen, { ...inside, inFunction: false })})(${number()})`
      }
      case 14:
        return `(match (${number()}, ${number()}) { (0, y) | (y, 1) => y, (x, _) => x })`
      default:
        return scope.arrays.length > 0
          ? `(match ${this.pick(scope.arrays)} { [x, ...r, z] if t(x) < 2 => z + len(r), [x, ...] => x, _ => 0 })`
          : number()
    }
  }

  private boolean(scope: Scope, place: Place): string {
    const inner = { ...place, depth: place.depth - 1 }
    const number = (): string => this.number(scope, { ...inner, inLoop: false, inFunction: false })
    if (place.depth <= 0) return `${number()} < ${String(this.below(4))}`
    switch (this.below(7)) {
      case 0:
        return `${number()} < ${number()} <= ${number()}`
      case 1:
        return `(${this.boolean(scope, inner)} and ${this.boolean(scope, inner)})`
      case 2:
        return `(${this.boolean(scope, inner)} or ${this.boolean(scope, inner)})`
      case 3:
        return `not (${this.boolean(scope, inner)})`
      case 4:
        return `b(${number()}, ${this.boolean(scope, inner)})`
      default:
        return `${number()} ${this.pick(["<", ">", "==", "!="])} ${number()}`
    }
  }

  private array(scope: Scope, place: Place): string {
    if (scope.arrays.length > 0 && this.chance(0.5)) return this.pick(scope.arrays)
    const inner = { ...place, depth: place.depth - 1 }
    return `[${[0, 1, 2].map(() => this.number(scope, inner)).join(", ")}]`
  }
}
