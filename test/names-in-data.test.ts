/** Names that mean something to JavaScript as headers of CSV and keys of JSON: columns and fields like any other, read, written and read again, in every tier. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { createEngine } from "../cli/node.ts"

const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "then", "prototype"]
const folder = mkdtempSync(join(tmpdir(), "adl-names-"))
const before = process.cwd()
beforeAll(() => {
  process.chdir(folder)
})
afterAll(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true, force: true })
})

describe.each([0, 1] as const)("tier %s", (tier) => {
  it.each(names)("%s", (name) => {
    writeFileSync("in.csv", `${name},b\n1,2\n3,4\n`)
    writeFileSync("in.json", `{ "${name}": 2, "b": { "${name}": [1, 2] } }`)
    const session = createEngine({ files: true, tier }).session()
    session.run(`let t = read_csv("in.csv")\nlet j = read_json("in.json")
fn loss(t) = sum(t.${name}^2) + sum(t.b)
fn nested(j) = j.${name} * sum(j.b["${name}"])
write_csv("out.csv", t)\nwrite_json("out.json", j)`)
    for (let i = 0; i < 3; i++) {
      expect(session.run(`(loss(t), nested(j), grad(nested)(j).${name})`).toString()).toBe("(16, 6, 3)")
      expect(session.run(`grad(loss)(t).${name}`).toString()).toBe("[2, 6]")
    }
    expect(session.run("[keys(t), keys(j), keys(j.b)]").toString()).toBe(
      `[["${name}", "b"], ["${name}", "b"], ["${name}"]]`,
    )
    expect(readFileSync("out.csv", "utf8")).toBe(`${name},b\n1,2\n3,4\n`)
    expect(session.run('read_json("out.json") == j and read_csv("out.csv") == t').toJS()).toBe(true)
    const back = session.run("t").toJS() as object
    expect(Object.keys(back)).toEqual([name, "b"])
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype)
    expect({}).not.toHaveProperty("b")
  })
})
