/** Fuzzing at length: `node test/fuzz-run.ts [inputs = 50000] [first = 0]`. Problems and the shares reached are printed as they come. */

import "./everything.ts"
import { fuzz } from "./fuzz.ts"

const count = Number(process.argv[2] ?? 50_000)
const first = Number(process.argv[3] ?? 0)
const size = 2500
let evaluated = 0
let derived = 0
let problems = 0
for (let at = 0; at < count; at += size) {
  const inputs = Math.min(size, count - at)
  const found = fuzz(first + at, first + at + inputs, (seed, kind, text, problem) => {
    problems++
    console.log(`--- seed ${String(seed)} (${kind}): ${problem}\n${text}\n---`)
  })
  evaluated += found.evaluated * inputs
  derived += found.derived * inputs
  const done = at + inputs
  console.log(
    `${String(done)} inputs: ${((100 * evaluated) / done).toFixed(1)} % reach evaluation, ${((100 * derived) / done).toFixed(1)} % a derivative, ${String(problems)} problems`,
  )
}
process.exitCode = problems === 0 ? 0 : 1
