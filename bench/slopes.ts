/**
 * What a gradient costs over its function, interpreted, at every size of the survey's Table 4.
 * Function and gradient of the Helmholtz energy take turns; the worst ratio of all sizes is the figure.
 * It must not know how the table is laid out.
 */
import { load, matrix } from "./adl.ts"
import { fluid } from "./data.ts"
import { quick, race } from "./harness.ts"
import type { Figure } from "./start.ts"

const sizes = [1, 8, 15, 22, 29, 36, 43, 50]
const most = 6

/** The ratio at one size. */
async function ratio(n: number): Promise<number> {
  const { x, b, a } = fluid(n)
  const square = matrix(a, n)
  const f = (await load("helmholtz.adl", 0)).fn("helmholtz")
  const gradient = f.valueAndGrad({ wrt: "x" })
  const [, timing] = race(
    [
      { name: "f", run: () => f(x, b, square) },
      { name: "gradient", run: () => gradient(x, b, square) },
    ],
    quick,
  )
  return timing?.ratio ?? NaN
}

/** Gradient over function in tier 0. */
export async function slopes(): Promise<Figure> {
  const ratios: number[] = []
  for (const n of sizes) ratios.push(await ratio(n))
  const worst = Math.max(...ratios)
  return {
    title: `gradient over function of Helmholtz, tier 0, n = ${sizes.join(", ")}`,
    value: ratios.map((each) => each.toFixed(1)).join(", "),
    target: `≤ ${String(most)} each`,
    met: worst <= most,
  }
}

if (import.meta.main) {
  const { title, value, target, met } = await slopes()
  console.log(`${title}: ${value} (${target}) ${met === true ? "✓" : "✗"}`)
}
