import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { format } from "../lang/format.ts"
import { parse } from "../lang/parse.ts"
import { scan } from "../lang/scan.ts"
import { endOf } from "../lang/tokens.ts"
import { plain } from "./lang-tree.ts"

const formatted = (text: string, width?: number): string => format({ name: "test", text }, width).text
const treeOf = (text: string): unknown => {
  const { program, faults } = parse({ name: "test", text })
  expect(faults).toEqual([])
  return plain(program)
}
const commentsOf = (text: string): string[] => {
  const { comments, docs } = scan(text)
  return [...comments, ...docs]
    .sort((a, b) => a.startOffset - b.startOffset)
    .map(({ image }) => image.replace(/\s+/g, " ").trim())
}

/** Every ADL file of the project. */
const programs = ["bench", "examples", "stdlib", "test"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".adl"))
    .map((file) => readFileSync(join(folder, file), "utf8")),
)
const sound = programs.filter((text) => parse({ name: "test", text }).faults.length === 0)

describe("formatting", () => {
  test("keeps comments where they belong", () => {
    const text = `#!/usr/bin/env adl
/// Module.

import { a, b as c } from "x" // why

// before f
/// Doc of f
fn   f( x , y=2 ) { // after brace
  // first
  let a = (x+y)*2   // trailing


  // about b
  let b = [1,  // one
           2]
  /* closing */
}
let t = match v { // arms
  A(x) => 1_000 // big
  B => (do {
    2
    // last in do
  })
  // end
}
map(xs, x => { // lam
  y })
(a); b;
type T =
  /// docs
  | A(x)
let z = ((a + b)) + (c) * 1e-3
// the end`
    expect(formatted(text)).toBe(`#!/usr/bin/env adl
/// Module.

import { a, b as c } from "x" // why

// before f
/// Doc of f
fn f(x, y = 2) {
  // after brace
  // first
  let a = (x + y) * 2 // trailing

  // about b
  let b = [1,  // one
           2]
  /* closing */
}
let t = match v {
  // arms
  A(x) => 1_000 // big
  B => {
    2
    // last in do
  }
  // end
}
map(xs, x => {
  // lam
  y
})
(a);
b;
type T =
  /// docs
  | A(x)
let z = (a + b) + (c) * 1e-3
// the end
`)
  })

  test("keeps spellings", () => {
    expect(formatted('let a = 1_000.50e+3 + "\\u{41}{ x+1 }"')).toBe('let a = 1_000.50e+3 + "\\u{41}{ x+1 }"\n')
  })

  test("gives a text with faults back as it is", () => {
    const { text, faults } = format({ name: "test", text: "let  a = (" })
    expect(text).toBe("let  a = (")
    expect(faults).toHaveLength(1)
  })

  test("an empty text stays empty, a lone comment stays", () => {
    expect(formatted("")).toBe("")
    expect(formatted("\n\n")).toBe("")
    expect(formatted("  // c\n\n\n/* d */")).toBe("// c\n\n/* d */\n")
  })

  test.each([100, 60, 30])(
    "every program of the project keeps its meaning and settles, at width %i",
    (width) => {
      expect(sound.length).toBeGreaterThan(10)
      for (const text of sound) {
        const once = formatted(text, width)
        expect(treeOf(once)).toEqual(treeOf(text))
        expect(commentsOf(once)).toEqual(commentsOf(text))
        expect(formatted(once, width)).toBe(once)
      }
    },
    60_000,
  )

  test("comments anywhere survive", () => {
    const pieces = sound.flatMap((text) => text.split(/\n(?=fn |let |type )/)).filter((text) => text.length < 600)
    const candidates = pieces.filter((text) => parse({ name: "test", text }).faults.length === 0)
    fc.assert(
      fc.property(
        fc.constantFrom(...candidates),
        fc.array(fc.record({ at: fc.nat(), line: fc.boolean() }), { minLength: 1, maxLength: 4 }),
        (text, places) => {
          // between two tokens of the text, but not inside a string
          const { tokens } = scan(text)
          const gaps = tokens.filter(({ image }) => !/["{}]/.test(image)).map(endOf)
          let commented = text
          const spots = places
            .map(({ at, line }) => ({ at: gaps[at % Math.max(1, gaps.length)] ?? 0, line }))
            .sort((a, b) => b.at - a.at)
          spots.forEach(({ at, line }, i) => {
            const comment = line ? ` // c${String(i)}\n` : ` /* c${String(i)} */ `
            commented = commented.slice(0, at) + comment + commented.slice(at)
          })
          if (parse({ name: "test", text: commented }).faults.length > 0) return
          const once = formatted(commented)
          expect(commentsOf(once)).toEqual(commentsOf(commented))
          expect(treeOf(once)).toEqual(treeOf(commented))
          expect(formatted(once)).toBe(once)
        },
      ),
      { numRuns: 300 },
    )
  }, 60_000)
})
