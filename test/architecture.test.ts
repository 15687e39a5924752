/** The house: a file imports its own floor or a lower one, never in a circle; nothing below the shells knows Node. See ARCHITECTURE.md. */

import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { describe, expect, it } from "vitest"

const root = resolve(import.meta.dirname, "..")

/** Floors from the ground up; folders on one floor may import each other as far as no circle of files arises. */
const floors: readonly (readonly string[])[] = [
  ["lang/report"],
  ["lang"],
  ["interpreter/arrays", "interpreter/kernels"],
  ["interpreter/autodiff"],
  ["interpreter/primitives"],
  ["interpreter/values"],
  ["interpreter/builtins", "interpreter/data"],
  ["interpreter/evaluate", "interpreter/explain", "interpreter/plot"],
  ["stdlib"],
  ["compiler"],
  ["engine"],
  ["cli", "repl"],
]

const folders = floors.flat()

function floorOf(file: string): number {
  const folder = folders.filter((candidate) => file.startsWith(`${candidate}/`)).sort((a, b) => b.length - a.length)[0]
  return floors.findIndex((floor) => folder !== undefined && floor.includes(folder))
}

const files = ["lang", "interpreter", "stdlib", "compiler", "engine", "cli", "repl"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => join(folder, file)),
)

interface Import {
  readonly to: string
  /** Types vanish when the program runs: they make no circle. */
  readonly typeOnly: boolean
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8")
  const found = text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^"'`;]*?\sfrom\s+)?"([^"]+)"|\bimport\("([^"]+)"\)/gm)
  return Array.from(found, (match) => ({ to: match[2] ?? match[3]!, typeOnly: match[1] !== undefined }))
}

const inside = new Map(
  files.map((file) => [
    file,
    importsOf(file)
      .filter(({ to }) => to.startsWith("."))
      .map(({ to, typeOnly }) => ({ to: relative(root, resolve(root, dirname(file), to)), typeOnly })),
  ]),
)

describe("architecture", () => {
  it("every file stands on a floor", () => {
    expect(files.filter((file) => floorOf(file) < 0)).toEqual([])
  })

  it("no file imports a higher floor", () => {
    const up = [...inside].flatMap(([file, imports]) =>
      imports.filter(({ to }) => floorOf(to) > floorOf(file)).map(({ to }) => `${file} imports ${to}`),
    )
    expect(up).toEqual([])
  })

  it("no file imports itself in a circle", () => {
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (file: string, path: readonly string[]): void => {
      const at = path.indexOf(file)
      if (at >= 0) {
        circles.push([...path.slice(at), file].join(" → "))
        return
      }
      if (done.has(file)) return
      for (const { to, typeOnly } of inside.get(file) ?? []) if (!typeOnly) visit(to, [...path, file])
      done.add(file)
    }
    for (const file of files) visit(file, [])
    expect(circles).toEqual([])
  })

  it("only the shells know Node", () => {
    const shells = /^(cli|repl)\//
    const found = files.filter((file) => !shells.test(file) && importsOf(file).some(({ to }) => to.startsWith("node:")))
    expect(found).toEqual([])
  })
})
