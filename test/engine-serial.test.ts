/** Values, functions and sessions as plain data: what arrives is what left, whatever it holds. */

import { describe, expect, it, test } from "vitest"
import { AdlError, createEngine, type Serialized } from "../engine/index.ts"

/** As a message between threads would bring it. */
const sent = (data: Serialized): Serialized => structuredClone(data)

const program = `type Tree = Leaf(value) | Node(left, right)
fn total(t) = match t {
  Leaf(v) => v^2
  Node(l, r) => total(l) + total(r)
}
fn fact(n) = if n <= 1 { 1 } else { n * fact(n - 1) }
fn even(n) = if n == 0 { true } else { odd(n - 1) }
fn odd(n) = if n == 0 { false } else { even(n - 1) }
fn adder(k) = x => x + k
let plus3 = adder(3)
let g = grad(total)
let twice = compose(plus3, plus3)
let rows = vmap(x => sum(x) * plus3(1))
let (at, pull) = vjp(x => x^3, 2)
let c = custom_jvp(x => sin(x), (x, y, v) => cos(x) * v)
let params = { w: [[1, 2], [3, 4]], tags: ["a", "b"], on: [true, false], pair: (1, ()), __proto__: 5 }
fn local(n) {
  fn down(k) = if k == 0 { n } else { down(k - 1) }
  () => down(3)
}
let thunk = local(9)`

const expressions = [
  "inf - inf",
  "-0.0",
  "()",
  '"text {1 + 1}"',
  "[true, false]",
  "zeros([2, 0])",
  "(1, [2, 3], { a: list(1, 2) })",
  "params",
  "Node(Leaf(1), Leaf(2))",
  "Leaf",
  "Done(3)",
]

const calls = [
  "total(Node(Leaf(3), Leaf(4)))",
  "g(Node(Leaf(3), Leaf(4)))",
  "fact(5)",
  "even(11)",
  "plus3(1)",
  "twice(1)",
  "rows([[1, 2], [3, 4]])",
  "pull(1)",
  "grad(c)(0)",
  "params.__proto__",
  "thunk()",
  "Node(Leaf(1), Leaf(2)) == Node(Leaf(1), Leaf(2))",
]

describe("values", () => {
  test.each(expressions)("%s", (text) => {
    const one = createEngine()
    const session = one.session()
    session.run(program)
    const value = session.run(text)
    const arrived = createEngine().deserialize(sent(one.serialize(value)))
    expect(arrived.toString()).toBe(value.toString())
    expect(arrived.type).toBe(value.type)
    expect(JSON.stringify(arrived)).toBe(JSON.stringify(value))
  })

  test.each([
    ["total", "f(Node(Leaf(3), Leaf(4)))", "25"],
    ["g", "f(Node(Leaf(3), Leaf(4)))", "Node(Leaf(6), Leaf(8))"],
    ["fact", "f(6)", "720"],
    ["even", "f(7)", "false"],
    ["twice", "f(1)", "7"],
    ["rows", "f([[1, 2], [3, 4]])", "[12, 28]"],
    ["pull", "f(2)", "24"],
    ["c", "f'(0)", "1"],
    ["sin", "f(0)", "0"],
    ["sin'", "f(0)", "1"],
    ["thunk", "f()", "9"],
    ["grad(x => compose(plus3, c)(x))", "f(0)", "1"],
  ])("the function %s", (name, call, shown) => {
    const one = createEngine()
    const session = one.session()
    session.run(program)
    const data = sent(one.serialize(session.run(name)))
    // The same type, said here on its own: values made of it fit the function that comes from elsewhere.
    const two = createEngine()
    const there = two.session()
    there.run("type Tree = Leaf(value) | Node(left, right)")
    there.define("f", two.deserialize(data))
    expect(there.run(call).toString()).toBe(shown)
  })

  it("deep and shared structures", () => {
    const engine = createEngine()
    const session = engine.session()
    session.run("var l = ()\nfor i in 0..100000 { l = (i, l) }")
    const value = session.run("l")
    const back = engine.deserialize(sent(engine.serialize(value)))
    expect(engine.evaluate("a == b", { scope: { a: value, b: back } }).toJS()).toBe(true)
    const shared = engine.evaluate("do { let a = zeros(1000)\n [list(a, a, a, a), 1] }")
    expect(engine.serialize(shared).nodes.length).toBe(3)
  })

  it("is free of what happens to the original", () => {
    const engine = createEngine()
    const xs = Float64Array.of(1, 2)
    const data = engine.serialize(xs)
    xs[0] = 7
    expect(engine.deserialize(data).toString()).toBe("[1, 2]")
  })

  it("refuses what lives in its engine alone, and rubbish", () => {
    const engine = createEngine({ host: { f: (x: number) => x + 1 } })
    const data = engine.serialize(engine.evaluate("x => f(x)"))
    expect(engine.evaluate("g(1)", { scope: { g: engine.deserialize(data) } }).toJS()).toBe(2)
    const failures = [
      () => createEngine().deserialize(engine.serialize(engine.evaluate("f"))),
      () => engine.deserialize({} as Serialized),
      () => engine.deserialize(null as unknown as Serialized),
      () => engine.restore({ adl: 1, root: [7], nodes: [] }).names(),
    ]
    for (const failing of failures) expect(failing).toThrow(AdlError)
  })
})

describe("sessions", () => {
  it("go on from a snapshot, in the same engine and in another", () => {
    const one = createEngine()
    const session = one.session({ scale: 10 })
    session.run(program)
    const shown = calls.map((text) => session.run(text).toString())
    const snapshot = sent(session.snapshot())
    for (const engine of [one, createEngine()]) {
      const restored = engine.restore(snapshot)
      expect(restored.names()).toEqual(session.names())
      expect(calls.map((text) => restored.run(text).toString())).toEqual(shown)
      // Functions still refer to names: a new `fn` replaces the old one for them too.
      restored.run("fn even(n) = 42")
      expect(restored.run("odd(1)").toString()).toBe("42")
      expect(session.run("odd(1)").toString()).toBe("true")
      expect(restored.run("scale").toJS()).toBe(10)
    }
  })

  it("take what they imported along", () => {
    const one = createEngine({
      modules: () => "type Shape = Circle(r)\nfn area(s) = match s { Circle(r) => pi * r^2 }",
    })
    const session = one.session()
    session.run(
      'import "./shapes.adl" as shapes\nimport { area, Circle } from "./shapes.adl"\nimport { adam } from "std/optim"',
    )
    const restored = createEngine().restore(sent(session.snapshot()))
    expect(restored.run("shapes.area(Circle(1)) == area(Circle(1))").toJS()).toBe(true)
  })

  it("a later change of the session does not reach the snapshot", () => {
    const engine = createEngine()
    const session = engine.session()
    session.run("var v = [1, 2, 3]\nv[0] = 5")
    const snapshot = session.snapshot()
    session.run("v[1] = 7")
    expect(engine.restore(snapshot).run("v").toString()).toBe("[5, 2, 3]")
  })
})
