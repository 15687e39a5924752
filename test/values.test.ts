import { describe, expect, test } from "vitest"
import { BoolArray, Tensor } from "../interpreter/arrays/tensor.ts"
import { Dual, freshTag } from "../interpreter/autodiff/num.ts"
import { build, conflict, settle } from "../interpreter/values/build.ts"
import { equals } from "../interpreter/values/equality.ts"
import { toJson } from "../interpreter/values/json.ts"
import { show } from "../interpreter/values/show.ts"
import { leavesOf, mapLeaves, withLeaves, zipLeaves } from "../interpreter/values/structure.ts"
import {
  BuiltinFunction,
  Layout,
  List,
  recordOf,
  RecordValue,
  Tuple,
  VariantValue,
  type Value,
} from "../interpreter/values/values.ts"
import type { VariantInfo } from "../lang/core.ts"

const node: VariantInfo = { name: "Cons", type: { name: "L", variants: [], doc: null }, fields: ["h", "t"], doc: null }
const nil: VariantInfo = { ...node, name: "Nil", fields: [] }

/** A chain of variants, a million deep. */
function chain(n: number): Value {
  let value: Value = new VariantValue(nil, [])
  for (let i = 0; i < n; i++) value = new VariantValue(node, [i, value])
  return value
}

const vector = (...numbers: number[]): Tensor => new Tensor([numbers.length], Float64Array.from(numbers))

describe("the array rule", () => {
  test("numbers and arrays of one shape are dense, anything else is a list", () => {
    expect(build([1, 2])).toBeInstanceOf(Tensor)
    expect((build([vector(1, 2), vector(3, 4)]) as Tensor).shape).toEqual([2, 2])
    expect((build([]) as Tensor).shape).toEqual([0])
    expect(build([true, false])).toBeInstanceOf(BoolArray)
    expect((build([build([true]), build([false])]) as BoolArray).shape).toEqual([2, 1])
    expect(build([1, true])).toBeInstanceOf(List)
    expect(build([vector(1), vector(1, 2)])).toBeInstanceOf(List)
    expect(build([1, vector(1)])).toBeInstanceOf(List)
    const active = build([1, new Dual(freshTag(), 2, 1)])
    expect(active).toBeInstanceOf(Dual)
    expect(show(active)).toBe("[1, 2]")
  })

  test("a list says what keeps it from being an array", () => {
    expect(conflict([1, 2, "a", 3])).toBe(2)
    expect(conflict(["a", 1])).toBe(0)
    const list = build([1, "a", 2]) as List
    list.items[2] = 5
    expect(settle(list, 2)).toBe(list)
    list.items[1] = 4
    expect(show(settle(list, 1))).toBe("[1, 4, 5]")
    expect(settle(list, 1)).toBeInstanceOf(Tensor)
  })
})

describe("show", () => {
  test.each<[Value, string]>([
    [1, "1"],
    [0.1 + 0.2, "0.30000000000000004"],
    [-0, "-0"],
    [1e21, "1e21"],
    [1e-7, "1e-7"],
    [Infinity, "inf"],
    [-Infinity, "-inf"],
    [NaN, "nan"],
    [true, "true"],
    [null, "()"],
    ['a"b\n{', '"a\\"b\\n\\{"'],
    [vector(1, 2.5), "[1, 2.5]"],
    [new Tensor([2, 2], Float64Array.of(1, 2, 3, 4)), "[[1, 2], [3, 4]]"],
    [new Tensor([0, 3], new Float64Array(0)), "[]"],
    [new Tuple([1, "a"]), '(1, "a")'],
    [recordOf([]), "{}"],
    [
      recordOf([
        ["a", 1],
        ["my key", null],
      ]),
      '{ a: 1, "my key": () }',
    ],
    [
      recordOf([
        ["__proto__", 1],
        ["constructor", 2],
      ]),
      "{ __proto__: 1, constructor: 2 }",
    ],
    [new VariantValue(node, [1, new VariantValue(nil, [])]), "Cons(1, Nil)"],
    [
      new BuiltinFunction({ name: "f", doc: "", params: ["x", "n?"], options: ["axis"], call: () => 1 }),
      "fn f(x, n?, axis: …)",
    ],
  ])("%o", (value, text) => {
    expect(show(value)).toBe(text)
  })

  test("matrices at the top have aligned rows", () => {
    const matrix = new Tensor([2, 2], Float64Array.of(1, -2.5, 10.25, 3))
    expect(show(matrix, { rows: true })).toBe("[[ 1,    -2.5],\n [10.25,  3]]")
    expect(show(new Tensor([1, 2, 2], matrix.data), { rows: true }).split("\n")).toHaveLength(2)
  })

  test("long arrays are shortened where that is asked for", () => {
    const long = new Tensor(
      [100],
      Float64Array.from({ length: 100 }, (_, i) => i),
    )
    expect(show(long, { most: 20 })).toBe("[0, 1, 2, …, 97, 98, 99]")
    expect(show(long)).toContain("50")
    expect(show(new List(Array.from({ length: 50 }, () => "x")), { most: 20 })).toBe(
      '["x", "x", "x", …, "x", "x", "x"]',
    )
  })

  test("digits", () => {
    expect(show(Math.PI, { digits: 5 })).toBe("3.1416")
  })
})

describe("JSON", () => {
  test.each<[Value, string]>([
    [0.1, "0.1"],
    [NaN, '{"$number":"nan"}'],
    [-Infinity, '{"$number":"-inf"}'],
    [null, "null"],
    [new Tensor([2, 1], Float64Array.of(1, 2)), "[[1],[2]]"],
    [new BoolArray([2], Uint8Array.of(1, 0)), "[true,false]"],
    [new Tuple([1, "a"]), '[1,"a"]'],
    [
      recordOf([
        ["a", 1],
        ["b", "c"],
      ]),
      '{"a":1,"b":"c"}',
    ],
    [new VariantValue(node, [1, new VariantValue(nil, [])]), '{"$variant":"Cons","h":1,"t":{"$variant":"Nil"}}'],
    [new BuiltinFunction({ name: "f", doc: "", params: [], call: () => 1 }), '{"$function":"f"}'],
  ])("%o", (value, text) => {
    expect(toJson(value)).toBe(text)
  })
})

describe("structures", () => {
  const record = recordOf([
    ["w", vector(1, 2)],
    ["b", new Tuple([3, "a"])],
  ])

  test("layouts are shared and any name is a field", () => {
    expect(
      recordOf([
        ["a", 1],
        ["b", 2],
      ]).layout,
    ).toBe(Layout.of(["a", "b"]))
    expect(recordOf([["__proto__", 7]]).get("__proto__")).toBe(7)
    expect(recordOf([["a", 1]]).get("toString")).toBeUndefined()
  })

  test("leaves are taken out and put back in order", () => {
    expect(leavesOf(record)).toEqual([vector(1, 2), 3, "a"])
    expect(show(withLeaves(record, [1, 2, 3]))).toBe("{ w: 1, b: (2, 3) }")
    expect(show(mapLeaves(record, (leaf) => (typeof leaf === "number" ? leaf + 1 : leaf)))).toBe(
      '{ w: [1, 2], b: (4, "a") }',
    )
  })

  test("two structures of one form, whatever the order of fields", () => {
    const other = recordOf([
      ["b", new Tuple([10, "z"])],
      ["w", 5],
    ])
    expect(show(zipLeaves(record, other, (_x, y) => y, "+"))).toBe('{ w: 5, b: (10, "z") }')
  })

  test("where they differ the path is named", () => {
    const other = new RecordValue(record.layout, [1, new Tuple([3, new Tuple([1, 2])])])
    expect(() => zipLeaves(other, record, (x) => x, "+")).toThrow("at `.b[1]`")
  })
})

describe("depth does not matter", { timeout: 60_000 }, () => {
  const deep = chain(1_000_000)

  test("show, JSON, equality, maps", () => {
    expect(show(deep).length).toBeGreaterThan(10_000_000)
    expect(toJson(deep).length).toBeGreaterThan(10_000_000)
    expect(equals(deep, chain(1_000_000))).toBe(true)
    expect(equals(deep, chain(999_999))).toBe(false)
    expect(leavesOf(mapLeaves(deep, () => 1))).toHaveLength(1_000_000)
  })
})
