/** Plots: what the built-ins accept, and that pictures show what they were given, whatever that is. */

import { describe, expect, it } from "vitest"
import { createEngine } from "../engine/index.ts"
import { axesOf } from "../interpreter/plot/axes.ts"
import { braille, figureOf, svg, type TextSize } from "../interpreter/plot/index.ts"

const engine = createEngine()

/** The picture of a plot expression. */
function picture(source: string): string {
  const figure = figureOf(engine.evaluate(source).toJS())
  expect(figure, source).not.toBeNull()
  return svg(figure!)
}

/** The lines of a plot expression drawn as text. */
function drawn(source: string, size: TextSize = {}): string[] {
  return braille(figureOf(engine.evaluate(source).toJS())!, size).split("\n")
}

/** The texts of a picture, tags left out. */
function texts(source: string): string[] {
  return [...picture(source).matchAll(/<text[^>]*>(.*?)<\/text>/g)].map((found) => found[1]!.replace(/<[^>]*>/g, "^"))
}

const kinds = [
  "line([1, 2, 3], [4, 5, 4], markers: true)",
  "line([1, nan, inf, 3])",
  "scatter([1, 2, 3], [4, 5, 4])",
  "hist([1, 2, 2, 3, 7], 4, density: true)",
  'bar(["a", "b", "c"], [3, -1, 2])',
  "bar([1, 2, 4], [3, -1, 2])",
  "heatmap([[1, 2], [3, nan]])",
  "heatmap([[1, 2, 3]], x: [3, 2, 1])",
  "contour([[i * j for j in 0..8] for i in 0..5], levels: 4)",
  "contour([[1, 1], [1, 1]])",
  "quiver([0, 1], [0, 1], [1, 0], [0, -1])",
  "quiver([0], [0], [0], [0])",
  "function_plot(sin, 0, 10)",
  "function_plot(exp, 1, 100, xlog: true, ylog: true)",
]

describe("levels of contours", () => {
  it.each([
    ["contour([[0, 1], [2, 3]])", [0.5, 1, 1.5, 2, 2.5]],
    ["contour([[0, 1], [2, 3]], levels: 3)", [1, 2]],
    ["contour([[-0.1, 0.1]], levels: 4)", [-0.05, 0, 0.05]],
    ["contour([[7, 7]])", [7]],
    ["contour([[1e-300, 3e-300]], levels: 3)", [2e-300]],
    ["contour([[-1e308, 1e308]])", [0]],
    ["contour([[nan, inf]])", []],
    ["contour([[0, 1]], levels: [0.3, 0.7])", [0.3, 0.7]],
  ])("%s", (source, expected) => {
    const shown = engine.evaluate(`${source}.series[0].levels`).toJS() as { data?: Float64Array }
    expect(Array.from(shown.data ?? (shown as unknown as number[]))).toEqual(expected)
  })
})

describe("pictures", () => {
  it.each(kinds)("%s has finite coordinates only", (source) => {
    expect(picture(source)).not.toMatch(/NaN|Infinity|undefined|null/)
  })

  it("long numbers below an axis leave each other room", () => {
    const long = texts("scatter([1e9, 1e9 + 2], [0, 1])").filter((text) => /^1\.0{8}/.test(text))
    expect(long.length).toBeGreaterThan(1)
    expect(long.length).toBeLessThan(7)
  })

  it("lines of equal values are seen on cells of the same values, and take the color they are given", () => {
    const z = "[[0, 1], [2, 3]]"
    expect(picture(`plot(heatmap(${z}), contour(${z}, levels: [1]))`)).toContain('stroke="#fff" stroke-width="1.2"')
    const red = picture(`plot(heatmap(${z}), contour(${z}, levels: [1], color: "red"))`)
    expect(red).toContain('stroke="red" stroke-width="1.5"')
    expect(red).not.toContain('stroke="#fff" stroke-width="1.2"')
  })

  it("arrows end inside of the axes", () => {
    const { y } = axesOf(figureOf(engine.evaluate("quiver([0, 1], [0, 1], [0, 0], [-1, 1])").toJS())!)
    expect(y.low).toBeLessThan(-0.2)
    expect(y.high).toBeGreaterThan(1.2)
  })

  it.each([
    "line([])",
    "scatter([], [])",
    "line([nan, nan])",
    "line([5])",
    "line([-1, 0], xlog: true, ylog: true)",
    "line([1e308, -1e308])",
    "line([1e-320, 2e-320])",
    "line([0, 1e300], ylog: true)",
    "line([3, 3, 3])",
    "hist([])",
    "hist([2, 2])",
    "bar([], [])",
    "heatmap([[nan]])",
  ])("%s is drawn all the same", (source) => {
    expect(picture(source)).not.toMatch(/NaN|Infinity|undefined|null/)
  })

  it("log axes have powers of ten, with a plain number where they are short", () => {
    const shown = texts("line([1e-12, 1e-6, 1], [1, 10, 100], xlog: true, ylog: true)")
    expect(shown).toContain("10^\u221212^")
    expect(shown).toContain("100")
  })

  it("large numbers have their power of ten once", () => {
    expect(texts("line([0, 1e7, 2e7])")).toEqual(expect.arrayContaining(["0.0", "2.0", "\u00d710^7^"]))
  })

  it("texts cannot leave their element", () => {
    const shown = picture('line([1, 2], title: "a < b & \\"c\\"", label: "</text><script>")')
    expect(shown).toContain("a &lt; b &amp; &quot;c&quot;")
    expect(shown).not.toContain("<script>")
  })

  it("a point lies where the axes say", () => {
    const shown = picture("plot(scatter([0, 10], [0, 10]), xrange: (0, 10), yrange: (0, 10))")
    const tick = (label: string): number =>
      Number(new RegExp(`<text x="([\\d.]+)"[^>]*middle[^>]*>${label}</text>`).exec(shown)![1])
    const [first, second] = [...shown.matchAll(/<circle cx="([\d.]+)"/g)].map((found) => Number(found[1]))
    expect([first, second]).toEqual([tick("0"), tick("10")])
  })

  it("a line of a million points is a picture of thousands, its extremes kept", () => {
    const shown = picture("line(map(0..1000000, i => if i == 777777 { 1000 } else { sin(i / 100) }))")
    expect(shown.length).toBeLessThan(200_000)
    const path = /<path d="(M[^"]*)" fill="none" stroke="#1f6fb4"/.exec(shown)![1]!
    const heights = path
      .split(/[ML]/)
      .slice(1)
      .map((pair) => Number(pair.split(",")[1]))
    expect(Math.min(...heights)).toBeLessThan(60)
  })

  it("the legend lists labels, and nothing where it is not wanted", () => {
    expect(texts('plot(line([1, 2], label: "one"), line([2, 1]))')).toContain("one")
    expect(texts('plot(line([1, 2], label: "one"), legend: false)')).not.toContain("one")
  })
})

describe("text", () => {
  it.each(kinds)("%s keeps within its width", (source) => {
    const lines = drawn(`plot(${source}, title: "t", xlabel: "x", ylabel: "y")`, { width: 60, rows: 10 })
    expect(lines.length).toBeGreaterThan(12)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60)
    expect(lines.join("")).not.toMatch(/NaN|undefined/)
  })

  it("a straight line runs from corner to corner", () => {
    const lines = drawn("line([0, 1], xrange: (0, 1), yrange: (0, 1))", { width: 30, rows: 4 })
    expect(lines[0]).toMatch(/[\u2801-\u28ff]$/)
    expect(lines[0]!.length).toBe(30)
    expect(lines[3]).toMatch(/\u2524[\u2801-\u28ff]/)
  })

  it("without color labelled series have letters, with color none", () => {
    const source = 'plot(line([1, 2], label: "up"), line([2, 1], label: "down"))'
    expect(
      drawn(source)
        .slice(-2)
        .map((line) => line.trim()),
    ).toEqual(["a up", "b down"])
    expect(drawn(source, { color: true }).join("\n")).toContain("\u001b[38;5;33m\u2836\u2836\u001b[39m up")
  })

  it("texts cannot steer the terminal", () => {
    expect(drawn('line([1, 2], title: "a\\u{1b}[31mb\\nc")').join("\n")).not.toMatch(/\u001b/)
  })

  it("powers of ten are written with raised digits", () => {
    expect(drawn("line([1e-12, 1], ylog: true)").join("\n")).toContain("10\u207b\u00b9\u00b2")
  })
})

describe("plot values", () => {
  it("are data without derivatives", () => {
    expect(engine.evaluate("grad(x => do { let p = line([x, x^2]); x * p.series[0].y[1] })(3)").toJS()).toBe(9)
  })

  it("settings of the whole win over those of the parts", () => {
    expect(
      engine.evaluate('plot(line([1], title: "a", xlog: true), line([1], title: "b", ylabel: "y")).title').toJS(),
    ).toBe("a")
    expect(engine.evaluate('plot(line([1], title: "a"), title: "c").title').toJS()).toBe("c")
    expect(engine.evaluate('plot(line([1]), line([1], ylabel: "y")).ylabel').toJS()).toBe("y")
  })

  it("scatter of three arguments adds into zeros as ever", () => {
    expect(engine.evaluate("scatter(3, [0, 0], [1, 2])").toString()).toBe("[3, 0, 0]")
  })

  it.each([
    ["line([1, 2], [1, 2, 3])", "`line` of different lengths: 2 and 3"],
    ["line([1], title: 3)", "`line` needs a string for `title`, but got a number"],
    [
      "line([1], xrange: (2, 1))",
      "`line` needs two bounds (low, high), the first below the second for `xrange`, but got a tuple of 2",
    ],
    ['line([1], color: "red\\"")', "`line` needs a color"],
    ["plot(3, 4)", "`line` needs an array for `x`, but got a number"],
    ["plot(line([1]), 4)", "`plot` needs plots, such as `line(x, y)` for `p`, but got a number"],
    ["plot()", "`plot` needs plots, such as `line(x, y)` for `p`, but got nothing"],
    ["heatmap([1, 2])", "`heatmap` needs a matrix for `z`, but got an array of shape (2)"],
    ["heatmap([[1, 2]], x: [1, 2, 3])", "`heatmap` needs a vector of 2 elements, as z has for `x`"],
    ["contour([[1, 2]], x: [1, 1])", "only rises or only falls"],
    ["quiver([1], [1], [1], [1, 2])", "`quiver` of different lengths: 1 and 2"],
    [
      "function_plot(x => [x], 0, 1)",
      "`function_plot` needs a function with numbers as values for `f`, but got an array of shape (1)",
    ],
    ["function_plot(sin, -1, 1, xlog: true)", "bounds above 0 for a log axis"],
    ['scatter(3, [0], [1], label: "a")', "`scatter` has no parameter `label`"],
    ['plot(line([1]), label: "a")', "`plot` has no parameter `label`"],
    ['bar(["a", 1], [1, 2])', "`bar` needs strings or numbers for `names`"],
  ])("%s is refused", (source, message) => {
    expect(() => engine.evaluate(source)).toThrow(message)
  })

  it("a plot changed into something else is none", () => {
    expect(figureOf(engine.evaluate("{ ...line([1]), series: 3 }").toJS())).toBeNull()
    expect(figureOf(engine.evaluate("{ ...line([1]), xrange: (1, 0) }").toJS())).toBeNull()
    expect(figureOf(3)).toBeNull()
  })
})
