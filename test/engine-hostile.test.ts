/**
 * Snapshots and values as data that comes from anywhere: what nobody's `serialize` gave is refused in words, and the engine works on.
 * Once with a table of what is wrong, once with random changes to what is right; a failure shows its seed.
 */

import { describe, expect, it, test } from "vitest"
import { AdlError, type Serialized } from "../engine/index.ts"
import { createEngine } from "../engine/full.ts"
import { Chance } from "./chance.ts"

const limits = { steps: 1e5, ms: 2000, memory: 2 ** 26 }

const given = (nodes: readonly unknown[], root: unknown = [0]): Serialized =>
  ({ adl: 1, root, nodes }) as unknown as Serialized

const tensor = (shape: unknown, data: unknown): unknown => ({ is: "tensor", shape, data })
const numbers = Float64Array.of(1, 2)
const tree = { is: "type", name: "Tree", doc: null, variants: [{ name: "Leaf", fields: ["v"], doc: null }] }

/** What `x => x` becomes, with other code in it. */
function code(change: (nodes: Record<string, unknown>[]) => void): Serialized {
  const engine = createEngine()
  const data = structuredClone(engine.serialize(engine.evaluate("(x, y) => { var a = x + y\n a * 2 }")))
  change(data.nodes as unknown as Record<string, unknown>[])
  return data
}

/** Puts another value where an object of this kind has one of that name. */
function put(kind: string, name: string, value: unknown): Serialized {
  return code((nodes) => {
    const node = nodes.find(({ is, names, items }) => {
      if (is !== "object" || !(names as string[]).includes(name)) return false
      return kind === "" || (items as unknown[])[(names as string[]).indexOf("kind")] === kind
    })
    if (node === undefined) throw new Error(`no ${kind} with ${name}`)
    ;(node["items"] as unknown[])[(node["names"] as string[]).indexOf(name)] = value
  })
}

/** A value that is 2^depth parts long without taking the room. */
function doubling(is: string, depth: number): unknown[] {
  return Array.from({ length: depth }, (_, i) => ({ is, items: i + 1 < depth ? [[i + 1], [i + 1]] : [1, 2] }))
}

const wrong: [string, Serialized][] = [
  ["no nodes", given(null as unknown as [])],
  ["nodes that are a text", given("nodes" as unknown as [])],
  ["a reference to nowhere", given([], [7])],
  ["a reference below 0", given([{ is: "tuple", items: [[-1], 1] }])],
  ["a reference by a name", given([{ is: "tuple", items: [["length"], ["constructor"]] }])],
  ["a reference to a fraction", given([{ is: "tuple", items: [[0.5], 1] }])],
  ["a node that is nothing", given([null])],
  ["a node of no known form", given([{ is: "__proto__" }])],
  ["a host's object as a part", given([{ is: "list", witness: -1, items: [{ toString: 1 }] }])],
  ["parts that are none", given([{ is: "tuple", items: "ab" }])],
  ["a tuple that holds itself", given([{ is: "tuple", items: [[0], [0]] }])],
  ["two lists that hold each other", given([1, 0].map((i) => ({ is: "list", witness: -1, items: [[i]] })))],
  ["a shape that is not filled", given([tensor([1e9], numbers)])],
  ["a shape whose size is beyond counting", given([tensor([1e300, 1e300], numbers)])],
  ["a shape below 0", given([tensor([-1, -2], numbers)])],
  ["a shape of texts", given([tensor(["2"], numbers)])],
  ["elements that are an array", given([tensor([2], [1, 2])])],
  ["elements of another type", given([tensor([2], new Float32Array(2))])],
  ["a record with one name twice", given([{ is: "record", names: ["a", "a"], items: [1, 2] }])],
  ["a record with a name that is a number", given([{ is: "record", names: [1], items: [1] }])],
  ["a record with fewer values", given([{ is: "record", names: ["a", "b"], items: [1] }])],
  ["a variant of no type", given([{ is: "variant", variant: 1, items: [] }])],
  [
    "a variant beyond its type",
    given([{ is: "constructor", variant: [1] }, { is: "variantInfo", type: [2], index: 5 }, tree]),
  ],
  [
    "a variant of that name in the prototype",
    given([{ is: "constructor", variant: [1] }, { is: "variantInfo", type: [2], index: "at" }, tree]),
  ],
  [
    "a variant with more fields",
    given([{ is: "variant", variant: [1], items: [1, 2] }, { is: "variantInfo", type: [2], index: 0 }, tree]),
  ],
  ["a type as a value", given([tree])],
  [
    "a function that nobody made",
    given([
      { is: "made", maker: [1], items: [], named: [], part: null },
      { is: "builtin", name: "print" },
    ]),
  ],
  [
    "functions that make each other",
    given([
      { is: "made", maker: [1], items: [[0]], named: [], part: null },
      { is: "builtin", name: "grad" },
    ]),
  ],
  [
    "a part that is not there",
    given([
      { is: "made", maker: [1], items: [[1]], named: [], part: 9 },
      { is: "builtin", name: "grad" },
    ]),
  ],
  ["a built-in that is not there", given([{ is: "builtin", name: "constructor" }])],
  ["names of a session as a value", createEngine().session({ a: 1 }).snapshot()],
  ["a closure without code", given([{ is: "closure", code: [0], items: [] }])],
  ["code with a text as its slot", put("local", "slot", "0];alert(1);[0")],
  ["code with a slot beyond its frame", put("set", "slot", 1e9)],
  ["code with more slots than names", put("", "slots", 2 ** 31)],
  ["code with an operator of no such name", put("operate", "op", "constructor")],
  ["code with a kind of no such name", put("operate", "kind", "__proto__")],
  ["code with an object as a literal", put("const", "value", [0])],
  ["code with a place beyond its text", put("", "end", 1e9)],
  [
    "code that is its own part",
    code((nodes) => {
      const at = nodes.findIndex(({ items }) => (items as unknown[] | undefined)?.includes("operate"))
      const args = (nodes[at]!["items"] as unknown[])[(nodes[at]!["names"] as string[]).indexOf("args")] as [number]
      nodes[args[0]]!["items"] = [[at], [at]]
    }),
  ],
  [
    "code that calls what is not there",
    code((nodes) => {
      const node = nodes.find(({ items }) => (items as unknown[] | undefined)?.includes("local"))!
      const span = (node["items"] as unknown[])[(node["names"] as string[]).indexOf("span")]
      Object.assign(node, { names: ["kind", "name", "span"], items: ["builtin", "eval", span] })
    }),
  ],
]

describe("refused, in words", () => {
  const engine = createEngine({ limits })
  test.each(wrong)("%s", (_what, data) => {
    let error: unknown
    try {
      engine.deserialize(data)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(AdlError)
    const { code, message } = (error as AdlError).diagnostics[0]!
    expect(["E0713", "E0201"]).toContain(code)
    expect(message).not.toMatch(/undefined|\[object|TypeError|null/)
    expect(engine.evaluate("grad(x => x^3)(2)").toJS()).toBe(12)
  })

  test.each(["tuple", "list"])("a %s of parts that are shared is bounded like any other value", (is) => {
    const data = given(doubling(is, 60).map((node) => ({ ...(node as object), witness: -1 })))
    const value = engine.deserialize(data)
    expect(() => engine.evaluate('"{x}"', { scope: { x: value } })).toThrow(AdlError)
    expect(engine.evaluate("1 + 1").toJS()).toBe(2)
  })

  it("what takes more memory than the limit allows", () => {
    const data = createEngine().serialize(new Float64Array(2 ** 21))
    const small = createEngine({ limits: { memory: 2 ** 20 } })
    expect(() => small.deserialize(data)).toThrow(expect.objectContaining({ message: expect.stringMatching(/memory/) }))
  })
})

it("code that makes no sense is a fault of where it came from, and the engine works on", () => {
  const engine = createEngine({ tier: 1 })
  const data = structuredClone(engine.serialize(engine.evaluate("((a, b)) => a")))
  const nodes = data.nodes as unknown as { names?: string[]; items?: unknown[] }[]
  // a pair is taken apart where 1 was found
  const test = nodes.find(({ items }) => items?.[0] === "tuple")!
  Object.assign(test, { names: ["kind", "value"], items: ["literal", 1] })
  const call = (of: typeof engine): AdlError | undefined => {
    try {
      of.evaluate("f(1)", { scope: { f: of.deserialize(data) } })
    } catch (error) {
      return error as AdlError
    }
    return undefined
  }
  for (const error of [call(engine), call(createEngine({ tier: 0 }))]) {
    expect(error).toBeInstanceOf(AdlError)
    expect(error!.diagnostics[0]).toMatchObject({ code: "E0718", hint: expect.stringContaining("`snapshot`") })
  }
  expect(engine.evaluate("grad(((a, b)) => a * b)((2, 3))").toString()).toBe("(3, 2)")
})

it("names of JavaScript are ordinary names", () => {
  const engine = createEngine()
  const session = engine.session()
  session.run(
    "let __proto__ = { constructor: 1, __proto__: 2, toString: 3 }\nfn hasOwnProperty(x) = x + __proto__.constructor",
  )
  const restored = createEngine().restore(structuredClone(session.snapshot()))
  expect(restored.names()).toEqual(["hasOwnProperty", "__proto__"])
  expect(restored.run("[hasOwnProperty(1), __proto__.__proto__, __proto__.toString]").toString()).toBe("[2, 2, 3]")
})

it("is free of what happens to the data later", () => {
  const engine = createEngine()
  const data = engine.serialize(Float64Array.of(1, 2))
  const value = engine.deserialize(data)
  const [node] = data.nodes as unknown as { data: Float64Array }[]
  node!.data[0] = 7
  expect(value.toString()).toBe("[1, 2]")
})

// ---------------------------------------------------------------- random changes

const program = `type Tree = Leaf(value) | Node(left, right)
fn total(t) = match t { Leaf(v) => v^2, Node(l, r) => total(l) + total(r) }
fn poly(xs, k = 2) { var s = 0
  for (i, x) in enumerate(xs) { if x > 3 { break }
    s += x^k }
  while s > 100 { s = s / 2 }
  s }
let shift = { by: 3, rows: [[1, 2], [3, 4]] }
let adder = (x => y => x + y * shift.by)(2)
let g = grad(total)
let (at, pull) = vjp(x => sin(x)^2, 0.5)
let words = ["a{1 + 1}", "b"]
fn odd(xs) = [x for x in xs if x % 2 == 1]`
const calls = [
  "g(Node(Leaf(1), Leaf(2)))",
  "poly([1, 2, 3, 9], k: 3)",
  "adder(1)",
  "pull(1)",
  "odd([1, 2, 3])",
  "words",
  "grad(poly)([1, 2])",
]

const odd: readonly unknown[] = [
  0,
  -1,
  1,
  2.5,
  1e9,
  NaN,
  "",
  "x",
  "__proto__",
  "constructor",
  true,
  null,
  [],
  [0],
  [1e9],
  [-1],
  {},
  undefined,
]

/** Random changes of data. */
class Change extends Chance {
  /** Changes one place or two. */
  several(data: Serialized): void {
    for (let k = this.below(2); k >= 0; k--) this.one(data.nodes as unknown as Record<string, unknown>[])
  }

  private one(nodes: Record<string, unknown>[]): void {
    const node = this.pick(nodes)
    const key = this.pick(Object.keys(node))
    const part = node[key]
    if (Array.isArray(part) && part.length > 0 && this.chance(0.9)) {
      const at = this.below(part.length)
      if (this.chance(0.15)) part.splice(at, 1)
      else part[at] = this.chance(0.7) ? this.similar(part[at], nodes) : this.replacement(nodes)
    } else if (this.chance(0.1)) Reflect.deleteProperty(node, key)
    else node[key] = this.replacement(nodes)
  }

  /** Something of the same form, so that the change may go unnoticed. */
  private similar(x: unknown, nodes: readonly Record<string, unknown>[]): unknown {
    if (typeof x === "number") return this.below(4)
    if (typeof x === "boolean") return !x
    if (!Array.isArray(x) || x.length === 0) return this.pick(odd)
    const form = (i: number): string => JSON.stringify([nodes[i]?.["is"], nodes[i]?.["names"]])
    const same = [...nodes.keys()].filter((i) => form(i) === form((x as number[])[0]!))
    return [this.pick(same)]
  }

  private replacement(nodes: readonly unknown[]): unknown {
    return this.chance(0.4) ? [this.below(nodes.length)] : this.pick(odd)
  }
}

/** What still has the form of code may make no sense, and then ends as any failing run does. */
it("randomly changed snapshots are refused or run within the limits, and the engine works on", () => {
  const session = createEngine().session()
  session.run(program)
  const snapshot = session.snapshot()
  const engine = createEngine({ limits: { ...limits, ms: 1000 } })
  const outcomes = { refused: 0, failed: 0, ran: 0 }
  for (let seed = 1; seed <= 600; seed++) {
    const data = structuredClone(snapshot)
    new Change(seed).several(data)
    const attempt = (f: () => unknown): AdlError | null => {
      try {
        f()
        return null
      } catch (error) {
        if (!(error instanceof AdlError)) throw new Error(`seed ${String(seed)}`, { cause: error })
        return error
      }
    }
    let restored: ReturnType<typeof engine.restore> | undefined
    if (attempt(() => (restored = engine.restore(data))) !== null) {
      outcomes.refused++
      continue
    }
    const errors = calls.map((text) =>
      attempt(() => {
        const value = restored!.run(text)
        return [value.toString(), value.toJS(), value.type]
      }),
    )
    // what makes no sense is no mistake of the engine
    const codes = errors.flatMap((error) => error?.diagnostics.map(({ code }) => code) ?? [])
    expect([seed, codes.includes("E0712")]).toEqual([seed, false])
    if (errors.every((error) => error === null)) outcomes.ran++
    else outcomes.failed++
    expect([seed, engine.evaluate("grad(x => x^3)(2)").toJS()]).toEqual([seed, 12])
  }
  console.log(`of the changed snapshots ${JSON.stringify(outcomes)}`)
  expect(outcomes.refused).toBeGreaterThan(100)
  expect(outcomes.failed).toBeGreaterThan(5)
  expect(outcomes.ran).toBeGreaterThan(30)
})
