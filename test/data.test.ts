/** Data files: CSV as it is found in the wild, and NumPy's formats against files that NumPy wrote. */

import { Buffer } from "node:buffer"
import { zipSync } from "fflate"
import { describe, expect, it } from "vitest"
import { createEngine } from "../engine/index.ts"
import { parseCsv, writeCsv } from "../interpreter/data/csv.ts"
import * as zip from "../cli/zip.ts"
import { parseNpy, parseNpz, writeNpy, writeNpz } from "../interpreter/data/npy.ts"
import { show } from "../interpreter/values/show.ts"
import type { Value } from "../interpreter/values/values.ts"

const budget = { charge: () => undefined, poll: () => undefined }
const engine = createEngine()

function value(source: string): Value {
  return engine.evaluate(source).value
}

function csv(text: string, separator?: string): string {
  return show(parseCsv(text, "t.csv", budget, { separator }))
}

describe("CSV", () => {
  it.each([
    ["1,x\n2,y\n", true, '{ c0: [1, 2], c1: ["x", "y"] }'],
    ["1,2\n3,z\n", true, '{ c0: [1, 3], c1: ["2", "z"] }'],
    ["1,true\n", ["a", "b"], "{ a: [1], b: [true] }"],
  ] as const)("%j without names", (text, names, expected) => {
    expect(show(parseCsv(text, "t.csv", budget, { names }))).toBe(expected)
  })

  it.each([
    ["1,2\n3\n", true, "1 cell, but there are names for 2 columns"],
    ["1,2\n", ["a"], "2 cells, but there are names for 1 column"],
    ["1,2\n", ["a", "a"], "two columns are called `a`"],
    ["", true, "it should have at least one line"],
  ] as const)("%j without names is refused", (text, names, problem) => {
    expect(() => parseCsv(text, "t.csv", budget, { names })).toThrow(problem)
  })

  it.each([
    ["a,b\n1,2\n3,4\n", "{ a: [1, 3], b: [2, 4] }"],
    ["a,b\r\n1,2\r\n", "{ a: [1], b: [2] }"],
    ["\ufeffa\n1\n\n2", "{ a: [1, 2] }"],
    ["a,b\n,x\nNA,\n nan ,y\n", '{ a: [nan, nan, nan], b: ["x", "", "y"] }'],
    ["a\n1e3\n-.5\n+2.\n-inf\nInfinity\n", "{ a: [1000, -0.5, 2, -inf, inf] }"],
    ['a,b\n"1","x, ""y""\nz"\n', '{ a: [1], b: ["x, \\"y\\"\\nz"] }'],
    ["a,b\n1,2\n1.50,x\n", '{ a: [1, 1.5], b: ["2", "x"] }'],
    ["a\n1.50\n2\nx\n", '{ a: ["1.50", "2", "x"] }'],
    ["__proto__,constructor\n1,2\n", "{ __proto__: [1], constructor: [2] }"],
    ["a;b\n1;2,5\n", '{ a: [1], b: ["2,5"] }'],
    ["a\tb\n1\t2\n", "{ a: [1], b: [2] }"],
    ["a,b\ntrue,TRUE\nfalse,no\n", '{ a: [true, false], b: ["TRUE", "no"] }'],
    ["a,b\n", "{ a: [], b: [] }"],
  ])("%j", (text, expected) => {
    expect(csv(text)).toBe(expected)
  })

  it("takes the separator it is told", () => {
    expect(csv("a:b,c\n1:2\n", ":")).toBe('{ a: [1], "b,c": [2] }')
  })

  it.each([
    ["", "t.csv, line 1, column 1: the file is empty"],
    ["a,b\n1,2\n3\n", "t.csv, line 3, column 1: 1 cell, but the first line names 2 columns"],
    ['a,b\n"x\ny",2\n1,"z', "t.csv, line 4, column 3: a quoted cell does not end"],
    ['a,b\n1,"x"y\n', "t.csv, line 2, column 6: text behind the closing quote"],
    ["a,a\n", "t.csv, line 1, column 1: two columns are called `a`"],
    ['a\n"1\n2"\n\n3,4\n', "t.csv, line 5, column 1: 2 cells"],
  ])("%j is refused with its place", (text, message) => {
    expect(() => csv(text)).toThrow(message)
  })

  it("what is written is read back", () => {
    const columns = '["plain", "a,b", "say \\"x\\"", " \\n "]'
    const source = `set({ x: [1, nan, -inf, 0.1], c: ["", "1", "é", "t\\tab"] }, "a,b", ${columns})`
    const text = writeCsv(value(source))
    expect(csv(text)).toBe(show(value(source)))
    expect(csv(writeCsv(value("{ a: [true, false] }")))).toBe("{ a: [true, false] }")
    expect(csv(writeCsv(value('{ a: ["", "x", ""] }')))).toBe('{ a: ["", "x", ""] }')
  })

  it("numbers take eight bytes a cell of a long file", () => {
    const rows = 200_000
    const text = "a,b\n" + "1.25,-3e2\n".repeat(rows)
    let charged = 0
    const read = parseCsv(text, "t.csv", { poll: () => undefined, charge: (bytes) => (charged += bytes) })
    expect(show(read)).toContain("1.25")
    expect(charged).toBeLessThanOrEqual(rows * 16)
  })
})

/** Written by NumPy 2.4. */
const files: Readonly<Record<string, readonly [base64: string, value: string]>> = {
  f8: [
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAD4PwAAAAAAAADAAAAAAAAA8H8AAAAAAAD4fyvmcItoEgAAAAAAAAAAAAA=",
    "[[1.5, -2, inf], [nan, 1e-310, 0]]",
  ],
  "f8 in Fortran order": [
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywgNCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAAAAAAAAChAAAAAAAAAEEAAAAAAAAAwQAAAAAAAACBAAAAAAAAANEAAAAAAAADwPwAAAAAAACpAAAAAAAAAFEAAAAAAAAAxQAAAAAAAACJAAAAAAAAANUAAAAAAAAAAQAAAAAAAACxAAAAAAAAAGEAAAAAAAAAyQAAAAAAAACRAAAAAAAAANkAAAAAAAAAIQAAAAAAAAC5AAAAAAAAAHEAAAAAAAAAzQAAAAAAAACZAAAAAAAAAN0A=",
    "reshape(0..24, [2, 3, 4])",
  ],
  "f4, big-endian": [
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPmY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo/wAAAvoAAAA==",
    "[1.5, -0.25]",
  ],
  f2: [
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDQsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAPv97AQAA/A==",
    "[1.5, 65504, 5.960464477539063e-8, -inf]",
  ],
  i8: [
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDEpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr///////8fAPn/////////",
    "[[9007199254740991], [-7]]",
  ],
  u1: [
    "k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA/w==",
    "[0, 255]",
  ],
  "i2, big-endian": [
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPmkyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr//gEs",
    "[-2, 300]",
  ],
  booleans: [
    "k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAA==",
    "[[true, false]]",
  ],
  complex: [
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGMxNicsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAADwPwAAAAAAAABAAAAAAAAACEAAAAAAAAAQwA==",
    "([1, 3], [2, -4])",
  ],
  texts: [
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPFUzJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAphAAAAAAAAAAAAAABiAAAAYwAAAGQAAADkAAAAAAAAAAAAAAA=",
    '["a", "bcd", "ä"]',
  ],
  "a number": [
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAKQA==",
    "3.25",
  ],
  "an empty array": [
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDAsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=",
    "zeros([0, 3])",
  ],
}

const refused: Readonly<Record<string, readonly [base64: string, message: string]>> = {
  beyond: [
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAAAAAAAAAAAAAAAQ",
    "byte 136: an integer beyond 2^53",
  ],
  objects: [
    "k05VTVBZAQB2AHsnZGVzY3InOiAnfE8nLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqABJWNAAAAAAAAAIwWbnVtcHkuX2NvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwKFlGgDjAVkdHlwZZSTlIwCTziUiYiHlFKUKEsDjAF8lE5OTkr/////Sv////9LP3SUYoldlChOSwNldJRiLg==",
    "are not supported: they are objects of Python",
  ],
  struct: [
    "k05VTVBZAQB2AHsnZGVzY3InOiBbKCdhJywgJzxpNCcpLCAoJ2InLCAnPGY4JyldLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMSwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAAAAAAAAAEA=",
    "records of several numbers are not supported",
  ],
}

const archive =
  "UEsDBC0AAAAIAAAAIQAkIeEr//////////8FABQAeC5ucHkBABAAmAAAAAAAAABMAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6mjoKtQoUAC4GFPDBHspwAABQSwMELQAAAAgAAAAhALo0LnP//////////w0AFABfX3Byb3RvX18ubnB5AQAQAIEAAAAAAAAARQAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBek2SorqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RqGOpo6CrUKFAAuRgBQSwECLQMtAAAACAAAACEAJCHhK0wAAACYAAAABQAAAAAAAAAAAAAAgAEAAAAAeC5ucHlQSwECLQMtAAAACAAAACEAujQuc0UAAACBAAAADQAAAAAAAAAAAAAAgAGDAAAAX19wcm90b19fLm5weVBLBQYAAAAAAgACAG4AAAAHAQAAAAA="

function bytes(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, "base64"))
}

describe("NumPy files", () => {
  it.each(Object.entries(files))("%s", (_name, [base64, expected]) => {
    expect(show(parseNpy(bytes(base64), "t.npy", budget))).toBe(show(value(expected)))
  })

  it.each(Object.entries(refused))("%s: refused", (_name, [base64, message]) => {
    expect(() => parseNpy(bytes(base64), "t.npy", budget)).toThrow(message)
  })

  it("broken files tell the byte", () => {
    const whole = bytes(files["f8"]![0])
    expect(() => parseNpy(whole.subarray(0, 4), "t.npy", budget)).toThrow("t.npy, byte 0: this is no .npy file")
    expect(() => parseNpy(whole.subarray(0, 60), "t.npy", budget)).toThrow("byte 60: the file ends within its header")
    expect(() => parseNpy(whole.subarray(0, whole.length - 1), "t.npy", budget)).toThrow(
      "byte 175: the file ends after 47 of 48 bytes of data",
    )
    const newer = whole.slice()
    newer[6] = 9
    expect(() => parseNpy(newer, "t.npy", budget)).toThrow("byte 6: format version 9 is not known")
    expect(() => parseNpz(whole, "t.npz", budget, zip)).toThrow("t.npz, byte 0: this is no .npz file")
  })

  it("a shape too large to be is refused before memory is taken", () => {
    const huge = writeNpy(value("zeros([2, 3])"))
    const text = Buffer.from(huge).toString("latin1").replace("(2, 3), }     ", "(2000000, 3000),}")
    const edited = Uint8Array.from(text, (letter) => letter.charCodeAt(0)).subarray(0, huge.length)
    expect(() => parseNpy(edited, "t.npy", budget)).toThrow(/too large|2000000/)
  })

  it.each([
    "[[1, 2, 3], [4, 5, nan]]",
    "3",
    "[true, false]",
    "zeros([0, 2])",
    "reshape(0..24, [2, 3, 4])",
    "[-0, 1e-320]",
  ])("%s is written as NumPy writes it, and read back", (source) => {
    expect(show(parseNpy(writeNpy(value(source)), "t.npy", budget))).toBe(show(value(source)))
  })

  it("archives by name, also a name that JavaScript knows", () => {
    expect(show(parseNpz(bytes(archive), "t.npz", budget, zip))).toBe("{ x: [0, 1, 2], __proto__: [true] }")
    const source = "{ a: [1, 2], b: [[true]], c: 5 }"
    expect(show(parseNpz(writeNpz(value(source), zip), "t.npz", budget, zip))).toBe(source)
    expect(writeNpz(value(source), zip)).toEqual(writeNpz(value(source), zip))
  })

  it("an archive that unpacks to more than there may be is refused before it is unpacked", () => {
    const bomb = zipSync({ "a.npy": new Uint8Array(5_000_000) }, { level: 9 })
    const strict = {
      poll: () => undefined,
      charge: (size: number) => {
        if (size > 1e6) throw new Error("too much")
      },
    }
    expect(() => parseNpz(bomb, "t.npz", strict, zip)).toThrow("too much")
  })

  it.each([
    ['"text"', "`write_npy` needs an array of numbers or booleans for `a`, but got a string"],
    ["(1, 2)", "`write_npy` needs an array of numbers or booleans for `a`, but got a tuple of 2"],
  ])("%s cannot be written", (source, message) => {
    expect(() => writeNpy(value(source))).toThrow(message)
  })
})
