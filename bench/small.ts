/**
 * What an operation of the interpreter on small arrays costs: `node bench/small.ts [elements ...]`, in ns, processor time.
 * An operation is a loop of assignments of it less a loop of assignments alone. It must not test results.
 */
import { createEngine } from "../engine/index.ts"
import { clock } from "./clock.ts"

const operations = [
  "a + b",
  "a - b",
  "a * b",
  "a * 2",
  "a / 2",
  "2 - a",
  "-a",
  "exp(a)",
  "sin(a)",
  "sqrt(a)",
  "sum(a)",
  "dot(a, b)",
  "a @ b",
]
const sizes = process.argv.slice(2).map(Number)
const repeats = 8
const turns = 20000
for (const n of sizes.length > 0 ? sizes : [1, 8, 9, 12, 15]) {
  const engine = createEngine({ tier: 0 })
  const program = (body: string) =>
    `fn run(a, b, n) {\n var x = a\n for i in 0..n {\n${`  x = ${body}\n`.repeat(repeats)} }\n return x\n}`
  const a = Float64Array.from({ length: n }, (_, i) => 0.5 + i / n)
  const runs = ["a", ...operations].map((op) => {
    const run = engine.load(program(op), { name: "small.adl" }).fn("run")
    return () => run(a, a, turns)
  })
  const found = runs.map((): number[] => [])
  for (let r = -3; r < 15; r++)
    runs.forEach((run, i) => {
      const start = clock()
      run()
      if (r >= 0) found[i]!.push(((clock() - start) * 1e6) / (turns * repeats))
    })
  const [empty, ...costs] = found.map((all) => all.sort((x, y) => x - y)[all.length >> 1]!)
  console.log(
    `${n} elements:`.padEnd(14),
    operations.map((op, i) => `${op} ${(costs[i]! - empty!).toFixed(0)}`).join("   "),
  )
}
