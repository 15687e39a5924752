/**
 * What a person waits for: whole processes from their start, and the speed of reading a large program.
 * Every command is started in turn, round after round, and compared with a bare Node of the same version.
 * It must not know how the table is laid out.
 */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { median, race, thorough } from "./harness.ts"

/** One figure beside the table. */
export interface Figure {
  readonly title: string
  readonly value: string
  readonly target: string
  readonly met: boolean | undefined
}

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

function wall(args: string[]): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" })
  if (status !== 0) throw new Error(stderr.trim().split("\n", 1)[0] ?? "failed")
  return performance.now() - start
}

function started(title: string, args: string[], most: number, rounds: number): Figure {
  const target = `≤ ${String(most)} × \`node -e 0\``
  try {
    const samples: number[] = []
    const bare: number[] = []
    wall(args)
    for (let i = 0; i < rounds; i++) {
      bare.push(wall(["-e", "0"]))
      samples.push(wall(args))
    }
    const ratio = median(samples.map((ms, i) => ms / (bare[i] ?? NaN)))
    return { title, value: `${ratio.toFixed(2)} × (${median(samples).toFixed(0)} ms)`, target, met: ratio <= most }
  } catch (error) {
    return {
      title,
      value: `not run: ${error instanceof Error ? error.message : String(error)}`,
      target,
      met: undefined,
    }
  }
}

/** Starts of the command line, bundled where a bundle was built. */
export function starts(rounds: number): Figure[] {
  const adl = path("../bin/adl.cjs")
  const how = existsSync(path("../dist")) ? "bundled" : "from the sources"
  return [
    started(`\`adl -e 1\`, ${how}`, [adl, "-e", "1"], 2, rounds),
    started(`the first Helmholtz gradient, n = 50, ${how}`, [adl, path("programs/cold.adl")], 3, rounds),
  ]
}

/** About a megabyte of ordinary program text. */
export function largeProgram(bytes: number): string {
  const parts: string[] = []
  let size = 0
  for (let i = 0; size < bytes; i++) {
    const part = `/// Smoothed energy number ${String(i)}, with a wall at the origin
fn energy${String(i)}(p, xs, steps = ${String(i % 9)}) {
  let { w, b } = p
  var total = 0
  for x in xs {
    let y = tanh(w * x + b) ^ 2 - 0.5e-3 * x   // the residual
    if y > 0 and total < 1e9 { total += y * y } else { total -= ln(1 + abs(y)) / steps }
  }
  let parts = [match v { 0 => 1, _ => v } for v in [1, 2.5, ${String(i)}] if v != 2]
  total + sum(parts) - dot([w, b], [b, w])
}

`
    parts.push(part)
    size += part.length
  }
  return parts.join("")
}

/** How fast a large program is parsed. */
export async function parsing(): Promise<Figure> {
  const title = "parsing a 1 MB program"
  const target = "≥ 2 MB/s"
  try {
    const { parse } = await import("../lang/parse.ts")
    const text = largeProgram(2 ** 20)
    const { faults } = parse({ name: "large.adl", text })
    if (faults.length > 0) throw new Error(`the program has faults: ${faults[0]?.message ?? ""}`)
    const [timing] = race([{ name: "parse", run: () => parse({ name: "large.adl", text }) }], thorough)
    const speed = text.length / 1e3 / (timing?.ms ?? NaN)
    return { title, value: `${speed.toFixed(1)} MB/s`, target, met: speed >= 2 }
  } catch (error) {
    return {
      title,
      value: `not run: ${error instanceof Error ? error.message : String(error)}`,
      target,
      met: undefined,
    }
  }
}
