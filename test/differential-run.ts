/**
 * `npm run differential -- --count N --seed S`: random programs in every tier, as many as wanted, with what they were made of; a failure shows its seed and
 * the smallest program it was shrunk to. With `--pieces N`, functions of more than N statements are split; with `--segments`, loops are put in segments as short as can be. With `--mutants`, how many programs it takes to find
 * each of the wrong compilers. The exit status is 1 after a failure.
 */

import "./everything.ts"
import { parseArgs } from "node:util"
import { checks } from "../compiler/compile.ts"
import { shrunk, Statistics } from "./differential-check.ts"
import { compare, sabotage, shortSegments } from "./differential.ts"
import { randomProgram } from "./differential-generator.ts"
import { mutants } from "./differential-mutants.ts"

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "2000" },
    seed: { type: "string", default: "0" },
    mutants: { type: "boolean", default: false },
    pieces: { type: "string" },
    segments: { type: "boolean", default: false },
  },
})
const count = Number(values.count)
const first = Number(values.seed)
let failures = 0

if (values.mutants) {
  for (const { name, spoil } of mutants) {
    sabotage.spoil = spoil
    let seed = first
    while (seed < first + count && !found(seed)) seed++
    const missed = seed === first + count
    if (missed) failures++
    console.log(`${name}: ${missed ? "NOT FOUND" : `after ${String(seed - first + 1)}`}`)
  }
} else {
  checks.verify = true
  if (values.pieces !== undefined) checks.mostStatements = Number(values.pieces)
  if (values.segments) shortSegments()
  const statistics = new Statistics()
  for (let seed = first; seed < first + count; seed++) {
    const failure = statistics.check(seed)
    if (failure !== null) {
      failures++
      console.log(shrunk(seed, failure))
    }
  }
  console.log(statistics.text())
}
console.log(`${String(count)} programs from seed ${String(first)}: ${String(failures)} failures`)
process.exitCode = failures > 0 ? 1 : 0

/** Does a program give the wrong compiler away? */
function found(seed: number): boolean {
  try {
    const comparison = compare(randomProgram(seed))
    return comparison !== null && comparison.disagreements.length + comparison.notes.length > 0
  } catch {
    return true
  }
}
