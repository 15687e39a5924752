/**
 * One types a formula of `x` and a record `p` of parameters; the page shows the loss on some measurements, its gradient, and the curve after a fit.
 * The formula is a stranger's text: the engine bounds it, and what is wrong with it is shown with its place.
 */

import { AdlError, createEngine } from "adl-lang"
import { figureOf, svg } from "adl-lang/plot"

const engine = createEngine({ limits: { steps: 1e7, ms: 2000, memory: 2 ** 28 } })

const xs = Float64Array.from({ length: 80 }, (_, i) => i / 10)
const ys = xs.map((x, i) => 2 * Math.exp(-0.3 * x) * Math.cos(1.5 * x) + 0.05 * Math.sin(37 * i))
const start = { a: 1, k: 0.1, w: 1.4 }

const program = (formula: string): string => `fn y(x, p) = ${formula}
fn loss(p, xs, ys) = mean(([y(x, p) for x in xs] - ys)^2)
fn fit(start, xs, ys) {
  var p = start
  for i in 0..300 { p = p - 0.1 * grad(loss, wrt: "p")(p, xs, ys) }
  p
}
fn picture(p, xs, ys) = plot(scatter(xs, ys, label: "measured"), line(xs, [y(x, p) for x in xs], label: "fitted"))`

function element(id: string): HTMLElement {
  return document.getElementById(id)!
}

function show(x: unknown): string {
  return JSON.stringify(x, (_key, part: unknown) => (typeof part === "number" ? Number(part.toPrecision(5)) : part))
}

function update(formula: string): void {
  try {
    const model = engine.load(program(formula), { name: "formula" })
    const { value, grad } = model.fn("loss").valueAndGrad({ wrt: "p" })(start, xs, ys)
    const fitted = model.fn("fit")(start, xs, ys)
    const picture = model.fn("picture")(fitted, xs, ys)
    element("message").textContent = ""
    element("value").textContent = show(value)
    element("gradient").textContent = show(grad)
    element("fitted").textContent = show(fitted)
    element("plot").innerHTML = svg(figureOf(picture))
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
