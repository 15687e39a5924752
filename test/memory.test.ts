/**
 * The memory of big arrays goes back: what a process ever held at most, after thousands of arrays of 1 MB that nobody keeps.
 * Each case runs in a process of its own, since the peak is the process's.
 * It must not know how arrays are kept.
 */
import { spawnSync } from "node:child_process"
import { expect, test } from "vitest"

const engine = new URL("../engine/full.ts", import.meta.url).href

/** The peak of a process that calls `run` of a program, in megabytes. */
function peak(tier: 0 | "auto", program: string, call: string): number {
  const code = `
    import { createEngine } from ${JSON.stringify(engine)}
    const engine = createEngine({ tier: ${JSON.stringify(tier)} })
    await engine.ready
    const run = engine.load(${JSON.stringify(program)}, { name: "temporaries" }).fn("run")
    ${call}
    console.log(process.resourceUsage().maxRSS / 1024)`
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" })
  expect(stderr).toBe("")
  return Number(stdout)
}

test.each([0, "auto"] as const)(
  "ten thousand temporaries of 1 MB stay under 300 MB, tier %s",
  { timeout: 300_000 },
  (tier) => {
    // Two arrays a step: the zeros and the sum.
    const program = "fn run(n) { var total = 0\n for i in 0..n { let x = zeros(131072) + i\n total += x[5] }\n total }"
    expect(peak(tier, program, "run(5000)")).toBeLessThan(300)
  },
)

test.each([0, "auto"] as const)(
  "a gradient through checkpointed steps keeps none of their arrays, tier %s",
  { timeout: 300_000 },
  (tier) => {
    const program = `
      fn part(x, p) { let y = p * sin(x)\n sum(exp(y) * y + y * y) }
      fn run(p) {
        let x = linspace(0, 1, 131072)
        var total = 0
        for i in 0..150 { total += checkpoint(part)(x, p) }
        total
      }`
    expect(peak(tier, program, "run.grad()(0.3)")).toBeLessThan(300)
  },
)
