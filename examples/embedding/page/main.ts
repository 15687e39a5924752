/**
 * One types a formula of `x` and a record `p` of parameters; the page shows the loss on some measurements, its gradient, and the curve after a fit.
 * The formula is a stranger's text: it is a module of its own, which the engine bounds, and what is wrong with it is shown with its place.
 */

import { AdlError, createEngine } from "adl-lang"
import { figureOf, svg } from "adl-lang/plot"

const engine = createEngine({ limits: { steps: 1e6, ms: 10_000, memory: 2 ** 28 } })

interface Parameters {
  readonly a: number
  readonly k: number
  readonly w: number
}

const xs = Float64Array.from({ length: 80 }, (_, i) => i / 10)
const ys = xs.map((x, i) => 2 * Math.exp(-0.3 * x) * Math.cos(1.5 * x) + 0.05 * Math.sin(37 * i))
const start: Parameters = { a: 1, k: 0.1, w: 1.4 }

/** The page's own program; the formula is the function `y` that it is given. */
const program = engine.load(
  `fn curve(y, p, xs) = [y(x, p) for x in xs]
fn loss(y, p, xs, ys) = mean((curve(y, p, xs) - ys)^2)
fn fit(y, start, xs, ys) {
  var p = start
  for i in 0..300 { p = p - 0.1 * grad(loss, wrt: "p")(y, p, xs, ys) }
  p
}
fn picture(y, p, xs, ys) = plot(scatter(xs, ys, label: "measured"), line(xs, curve(y, p, xs), label: "fitted"))`,
  { name: "page" },
)
const lossAndGradient = program.fn<readonly unknown[], number>("loss").valueAndGrad({ wrt: "p" })
const fit = program.fn<readonly unknown[], Parameters>("fit")
const picture = program.fn("picture")

function element(id: string): HTMLElement {
  return document.getElementById(id)!
}

/** Fills a row of the table: a loss, where there is one, and a number for each parameter. */
function fill(id: string, loss: number | null, { a, k, w }: Parameters): void {
  const cells = [loss, a, k, w].map((x) => {
    const cell = document.createElement("td")
    cell.textContent = x === null ? "" : x.toPrecision(4)
    return cell
  })
  const row = element(id)
  row.replaceChildren(row.firstElementChild!, ...cells)
}

function update(formula: string): void {
  try {
    const y = engine.load(`fn y(x, p) = ${formula}`, { name: "formula" }).value("y")
    const { value, grad } = lossAndGradient(y, start, xs, ys)
    const fitted = fit(y, start, xs, ys)
    const figure = figureOf(picture(y, fitted, xs, ys))!
    fill("start", value, start)
    fill("gradient", null, grad as Parameters)
    fill("fitted", lossAndGradient(y, fitted, xs, ys).value, fitted)
    element("plot").innerHTML = svg(figure)
    element("message").textContent = ""
  } catch (error) {
    if (!(error instanceof AdlError)) throw error
    element("message").textContent = error.render()
  }
}

const input = element("formula") as HTMLInputElement
input.addEventListener("input", () => {
  update(input.value)
})
await engine.ready
update(input.value)
