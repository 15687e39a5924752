/** Template literals as programs: whatever is interpolated is a constant with that value, wherever it may stand, and an error wherever it may not. */

import fc from "fast-check"
import { describe, expect, it, test } from "vitest"
import { AdlError, createEngine, type AdlValue } from "../engine/index.ts"
import { createWorkerEngine } from "../engine/worker/index.ts"

const { adl } = createEngine()

function failure(f: () => unknown): string {
  try {
    f()
  } catch (error) {
    if (!(error instanceof AdlError)) throw error
    return error.diagnostics[0]!.code
  }
  throw new Error("no error")
}

/** A template of these pieces, as JavaScript would hand it to the tag. */
function tagged(pieces: readonly string[], ...values: readonly unknown[]): AdlValue {
  return adl(Object.assign([...pieces], { raw: pieces }), ...values)
}

describe("a value in a template", () => {
  it("may be anything that crosses, functions of the engine too", () => {
    const cube = adl`x => x^3`
    expect(adl`grad(${cube})(${2})`.toJS()).toBe(12)
    expect(adl`${cube}''(2) + ${{ w: [1, 2] }}.w[1] * ${-3}`.toJS()).toBe(6)
    expect(adl`[${true}, ${"a"}, ${null}]`.toString()).toBe('[true, "a", ()]')
    expect(
      adl`do { let a = ${1}
      fn f(x) = x * ${a(3)} + a
      f'(${5}) }`.toJS(),
    ).toBe(3)
    function a(x: number): number {
      return x
    }
  })

  it("is what it is, whatever program its text would be", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.double(), (text, x) => {
        expect(adl`${text}`.toJS()).toBe(text)
        expect(adl`"{${text}}"`.toJS()).toBe(text)
        expect(adl`${x}`.toJS()).toBe(x)
        expect(adl`(${{ a: text }}).a`.toJS()).toBe(text)
      }),
      { numRuns: 300, seed: 7 },
    )
  })

  it("has a name that the text does not have", () => {
    expect(
      adl`do { let value1 = 5
      value1 + ${1} }`.toJS(),
    ).toBe(6)
    expect(
      adl`do { let value = 5
      let value_1 = 7
      value + value_1 + ${1} }`.toJS(),
    ).toBe(13)
    const many = Array.from({ length: 25 }, (_, i) => i)
    expect(tagged(["[", ...many.slice(1).map(() => ", "), "]"], ...many).toJS()).toEqual(Float64Array.from(many))
  })

  it("leaves backslashes to the program", () => {
    expect(adl`"a\n\t{${1}}\u{41}"`.toJS()).toBe("a\n\t1A")
  })

  const elsewhere: Readonly<Record<string, () => unknown>> = {
    "a string": () => adl`"a ${3}"`,
    "a comment": () => adl`1 // ${3}`,
    "a field": () => adl`{ a: 1 }.${"a"}`,
    "the name of a field": () => adl`{ ${"a"}: 1 }`,
    "a field by its name alone": () => adl`{ ${"a"} }`,
    "a binding": () => adl`let ${"x"} = 3`,
    "a parameter": () => adl`${"x"} => 3`,
    "a pattern": () => adl`match 1 { ${1} => 2, _ => 3 }`,
    "part of a name": () => adl`x${1}`,
    "the name of an argument": () => adl`round(2, ${"digits"}: 1)`,
    "a module": () => adl`import { a } from "${"std/optim"}"`,
  }
  test.each(Object.entries(elsewhere))("is refused as %s", (_where, f) => {
    expect(failure(f)).toBe("E0716")
  })

  it("that does not cross is named", () => {
    expect(() => adl`1 + ${{ a: [1, "x"] }}.a[0]`).toThrow('`value1.a[1]`: expected a number, got "x"')
    expect(failure(() => adl`${Symbol("a")}`)).toBe("E0705")
  })
})

it("is no function of texts", () => {
  const loose = adl as unknown as (...given: unknown[]) => unknown
  for (const given of [["1 + 1"], [["1 + 1"]], [], [null], [{ raw: [1] }], [{ raw: ["1", "2"] }]])
    expect(failure(() => loose(...given))).toBe("E0713")
})

it("obeys the limits and says where it failed", () => {
  const { adl } = createEngine({ limits: { steps: 1000 } })
  expect(failure(() => adl`sum([i for i in 0..${1e6}])`)).toBe("E0502")
  try {
    void adl`1 +
      ${[1, 2]} + ${[1, 2, 3]}`
    expect.unreachable()
  } catch (error) {
    expect((error as AdlError).diagnostics[0]?.span).toMatchObject({ file: "<template>", line: 1 })
  }
})

it("is the same in a worker", async () => {
  const engine = createWorkerEngine()
  try {
    const { adl } = engine
    const cube = await adl`x => x^3`
    expect((await adl`grad(${cube})(${2}) + len(${'"); 1 + ("'})`).toJS()).toBe(22)
    await expect(adl`"a ${3}"`).rejects.toThrow("value 1 of the template")
  } finally {
    engine.dispose()
  }
})
