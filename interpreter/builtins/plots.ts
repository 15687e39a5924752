/**
 * Built-ins that make plots: `line scatter hist bar heatmap contour quiver function_plot`, and `plot`, which puts several into one.
 * A plot is data and nothing more: the variant `Plot` of its series and settings, all of it primal numbers and texts, so that it may be stored,
 * compared, changed by `{ ...p, title: "…" }` and drawn by any host. It must not know how plots are drawn.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { Tensor } from "../arrays/tensor.ts"
import { often, spend } from "../arrays/work.ts"
import { isNum, primalOf, shapeOf } from "../autodiff/num.ts"
import { build } from "../values/build.ts"
import { kindOf } from "../values/kinds.ts"
import {
  BuiltinFunction,
  List,
  recordOf,
  Tuple,
  unit,
  VariantValue,
  type BuiltinSteps,
  type Named,
  type Value,
} from "../values/values.ts"
import { admit, count, flag, numeric } from "./arguments.ts"
import { scatterInto } from "./numeric-rearranging.ts"
import { isPlot, plotVariant, settings, type Setting } from "./plot.ts"
import { histogram } from "./numeric-transforms.ts"

// ---------------------------------------------------------------- the value

const readSetting: Readonly<Record<Setting, (name: string, option: Setting, value: Value) => Value>> = {
  title: text,
  xlabel: text,
  ylabel: text,
  xlog: choice,
  ylog: choice,
  xrange: range,
  yrange: range,
  legend: choice,
}

function text(name: string, option: string, value: Value): Value {
  if (typeof value !== "string") raise(faults.wrongArgument(name, option, "a string", kindOf(value)))
  return value
}

function choice(name: string, option: string, value: Value): Value {
  if (typeof value !== "boolean") raise(faults.wrongArgument(name, option, "true or false", kindOf(value)))
  return value
}

/** Two bounds, as a pair or an array of two. */
function range(name: string, option: string, value: Value): Value {
  const bounds = value instanceof Tuple ? value.values.map((bound) => (isNum(bound) ? primalOf(bound) : NaN)) : null
  const [low, high] = bounds ?? (isNum(value) && shapeOf(value).length === 1 ? data(name, option, value).data : [])
  if (!(typeof low === "number" && typeof high === "number" && low < high && Number.isFinite(high - low)))
    raise(faults.wrongArgument(name, option, "two bounds (low, high), the first below the second", kindOf(value)))
  return new Tuple([low, high])
}

/** The settings given by name, with those of the plots put together where none was given. */
function settingsOf(name: string, named: Named, from: readonly VariantValue[] = []): Value[] {
  return settings.map((setting, i) => {
    const value = named.get(setting)
    if (value !== undefined) return readSetting[setting](name, setting, value)
    return from.map((plot) => plot.values[i + 1]!).find((inherited) => inherited !== unit) ?? unit
  })
}

/** A plot of one series. */
function single(name: string, named: Named, kind: string, fields: Readonly<Record<string, Value>>): VariantValue {
  const label = named.get("label")
  const color = named.get("color")
  const series = recordOf([
    ["kind", kind],
    ...Object.entries(fields),
    ["label", label === undefined ? unit : text(name, "label", label)],
    ["color", color === undefined ? unit : colorOf(name, color)],
  ])
  return new VariantValue(plotVariant, [new List([series], 0), ...settingsOf(name, named)])
}

/** A name that SVG knows, or `#rrggbb`; nothing that could end an attribute. */
function colorOf(name: string, value: Value): Value {
  if (typeof value !== "string" || !/^(#[0-9a-f]{3}|#[0-9a-f]{6}|[a-z]+)$/i.test(value))
    raise(faults.wrongArgument(name, "color", 'a color such as "teal" or "#0a7ea4"', kindOf(value)))
  return value
}

// ---------------------------------------------------------------- reading the data

/** The primal of a numeric array. */
function data(name: string, parameter: string, value: Value | undefined): Tensor {
  const primal = primalOf(numeric(name, parameter, value))
  if (primal instanceof Tensor) return primal
  raise(faults.wrongArgument(name, parameter, "an array", kindOf(value)))
}

function vector(name: string, parameter: string, value: Value | undefined): Tensor {
  const x = data(name, parameter, value)
  if (x.shape.length !== 1) raise(faults.wrongArgument(name, parameter, "a vector", kindOf(value)))
  return x
}

function counting(n: number): Tensor {
  return new Tensor(
    [n],
    Float64Array.from({ length: n }, (_, i) => i),
  )
}

/** Abscissas and ordinates; of one vector, over its indices. */
function points(name: string, a: Value | undefined, b: Value | undefined): { x: Tensor; y: Tensor } {
  if (b === undefined) {
    const y = vector(name, "y", a)
    return { x: counting(y.data.length), y }
  }
  const x = vector(name, "x", a)
  const y = vector(name, "y", b)
  if (x.data.length !== y.data.length) raise(faults.lengthsDiffer(name, x.data.length, y.data.length))
  return { x, y }
}

/** The matrix z over the option vectors x (its columns) and y (its rows), which count from 0 unless given. */
function surface(name: string, named: Named, value: Value | undefined): { x: Tensor; y: Tensor; z: Tensor } {
  const z = data(name, "z", value)
  if (z.shape.length !== 2) raise(faults.wrongArgument(name, "z", "a matrix", kindOf(value)))
  const along = (option: string, n: number): Tensor => {
    const given = named.get(option)
    if (given === undefined) return counting(n)
    const x = vector(name, option, given)
    if (x.data.length !== n)
      raise(faults.wrongArgument(name, option, `a vector of ${String(n)} elements, as z has`, kindOf(given)))
    const turn = Math.sign(x.data[1]! - x.data[0]!)
    if (x.data.some((here, i) => i > 0 && (turn === 0 || Math.sign(here - x.data[i - 1]!) !== turn)))
      raise(faults.wrongArgument(name, option, "a vector that only rises or only falls", kindOf(given)))
    return x
  }
  return { x: along("x", z.shape[1]!), y: along("y", z.shape[0]!), z }
}

const common = ["label", "color", ...settings]
const about =
  "Options: `label` and `color` of the series; `title`, `xlabel`, `ylabel`, `xlog`, `ylog`, `xrange`, `yrange`, `legend` of the picture."

// ---------------------------------------------------------------- the functions

export const line = new BuiltinFunction({
  name: "line",
  doc: `\`line(x, y)\`, \`line(y)\`: a plot of the points joined by lines, over 0, 1, … without x; nan leaves a gap, \`markers: true\` shows the points. ${about}`,
  params: ["x", "y?"],
  options: ["markers", ...common],
  call: (_runtime, [x, y], named) =>
    single("line", named, "line", { ...points("line", x, y), markers: flag("line", named, "markers") }),
})

export const scatter = new BuiltinFunction({
  name: "scatter",
  doc: `${scatterInto.doc} \`scatter(x, y)\` of two vectors is a plot of points. ${about}`,
  params: ["n", "indices", "values?"],
  options: common,
  call: (runtime, args, named) => {
    const [x, y, values] = args
    if (values === undefined) return single("scatter", named, "scatter", points("scatter", x, y))
    const option = common.find((name) => named.has(name))
    if (option !== undefined) raise(faults.unknownArgument("scatter", option, ["n", "indices", "values"]))
    return scatterInto.call(runtime, args, named)
  },
})

export const hist = new BuiltinFunction({
  name: "hist",
  doc: `\`hist(a, bins)\`: a plot of how many elements fall into each of so many equal bins (10 unless told), or between given edges; \`density: true\` scales the area to 1. ${about}`,
  params: ["a", "bins?"],
  options: ["density", ...common],
  call: (runtime, [a, bins], named) => {
    const counted = histogram.call(runtime, bins === undefined ? [a!] : [a!, bins], new Map()) as Tuple
    const counts = data("hist", "a", counted.values[0])
    const edges = data("hist", "a", counted.values[1])
    const total = counts.data.reduce((sum, n) => sum + n, 0)
    const height = flag("hist", named, "density")
      ? counts.data.map((n, i) => n / (total * (edges.data[i + 1]! - edges.data[i]!)))
      : counts.data
    return single("hist", named, "hist", { edges, height: new Tensor(counts.shape, height) })
  },
})

export const bar = new BuiltinFunction({
  name: "bar",
  doc: `\`bar(names, heights)\`, \`bar(heights)\`: a plot of one bar for each name (strings or numbers); several in one \`plot\` stand side by side. ${about}`,
  params: ["names", "heights?"],
  options: common,
  call: (_runtime, [a, b], named) => {
    const heights = vector("bar", "heights", b ?? a)
    const n = heights.data.length
    const names = b === undefined ? counting(n) : a!
    if (names instanceof List) {
      const wrong = names.items.find((item) => typeof item !== "string")
      if (wrong !== undefined) raise(faults.wrongArgument("bar", "names", "strings or numbers", kindOf(wrong)))
    }
    const given = names instanceof List ? names : vector("bar", "names", names)
    const length = given instanceof List ? given.items.length : given.data.length
    if (length !== n) raise(faults.lengthsDiffer("bar", length, n))
    return single("bar", named, "bar", { names: given, height: heights })
  },
})

export const heatmap = new BuiltinFunction({
  name: "heatmap",
  doc: `\`heatmap(z)\`: a plot of a matrix as colored cells, z[i, j] at x[j], y[i] (options \`x\`, \`y\`: vectors, counting from 0 unless given). ${about}`,
  params: ["z"],
  options: ["x", "y", ...common],
  call: (_runtime, [z], named) => single("heatmap", named, "heatmap", surface("heatmap", named, z)),
})

export const contour = new BuiltinFunction({
  name: "contour",
  doc: `\`contour(z)\`: a plot of the lines on which a matrix has the same value, z[i, j] at x[j], y[i]; \`levels\` are values, or about how many round ones (10 unless told). ${about}`,
  params: ["z"],
  options: ["x", "y", "levels", ...common],
  call: (runtime, [z], named) => {
    const { x, y, z: matrix } = surface("contour", named, z)
    const given = named.get("levels")
    const levels =
      given !== undefined && isNum(given) && shapeOf(given).length === 1
        ? vector("contour", "levels", given)
        : between(matrix, admit(runtime, [given === undefined ? 10 : count("contour", "levels", given, 1)])[0]!)
    return single("contour", named, "contour", { x, y, z: matrix, levels })
  },
})

/** Round values between the least and the greatest finite element, about n: the multiples of 1, 2 or 5 times a power of ten. */
function between(matrix: Tensor, n: number): Tensor {
  let low = Infinity
  let high = -Infinity
  spend(matrix.data.length)
  for (const x of matrix.data) {
    if (!Number.isFinite(x)) continue
    low = Math.min(low, x)
    high = Math.max(high, x)
  }
  if (low > high) return new Tensor([0], new Float64Array(0))
  const { times, exponent } = roundStep((high - low) / (n + 1))
  const at = (i: number): number => (exponent < 0 ? (i * times) / 10 ** -exponent : i * times * 10 ** exponent)
  const first = Math.floor(low / at(1)) + 1
  const length = Math.ceil(high / at(1)) - first
  // Values that lie closer together than round ones can are all one level.
  if (!(length > 0 && at(first + 1) > at(first))) return new Tensor([1], Float64Array.of(low / 2 + high / 2))
  const levels = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    if ((i & often) === 0) spend(often)
    levels[i] = at(first + i)
  }
  return new Tensor([length], levels)
}

/** The least number of at least `step` that is 1, 2 or 5 times a power of ten, for a step of any ordinary size. */
function roundStep(step: number): { readonly times: number; readonly exponent: number } {
  const exponent = Math.max(-300, Math.floor(Math.log10(step)))
  const times = [1, 2, 5].find((t) => t * 10 ** exponent >= step * (1 - 1e-12))
  return times === undefined ? { times: 1, exponent: exponent + 1 } : { times, exponent }
}

export const quiver = new BuiltinFunction({
  name: "quiver",
  doc: `\`quiver(x, y, u, v)\`: a plot of an arrow (u, v) at each point (x, y), all in one scale; arrays of any one shape. ${about}`,
  params: ["x", "y", "u", "v"],
  options: common,
  call: (_runtime, args, named) => {
    const [x, y, u, v] = ["x", "y", "u", "v"].map((parameter, i) => flat(data("quiver", parameter, args[i])))
    for (const other of [y!, u!, v!])
      if (other.data.length !== x!.data.length) raise(faults.lengthsDiffer("quiver", x!.data.length, other.data.length))
    return single("quiver", named, "quiver", { x: x!, y: y!, u: u!, v: v! })
  },
})

function flat(x: Tensor): Tensor {
  return new Tensor([x.data.length], x.data)
}

export const functionPlot = new BuiltinFunction({
  name: "function_plot",
  doc: `\`function_plot(f, a, b)\`: a plot of a function of one number from a to b, by \`points\` values (400 unless told), evenly placed on the axis. ${about}`,
  params: ["f", "a", "b"],
  options: ["points", ...common],
  *steps(runtime, [f, from, to], named): BuiltinSteps {
    const name = "function_plot"
    const [low, high] = [bound(name, "a", from), bound(name, "b", to)]
    const n = named.has("points") ? count(name, "points", named.get("points"), 2) : 400
    admit(runtime, [n])
    const log = named.get("xlog") === true
    if (log && !(low > 0 && high > 0))
      raise(faults.wrongArgument(name, "a", "bounds above 0 for a log axis", String(low)))
    const x = new Float64Array(n)
    const y = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      runtime.step(1)
      const t = i / (n - 1)
      x[i] = i === n - 1 ? high : log ? low * (high / low) ** t : low + (high - low) * t
      const value = yield { fn: f!, args: [x[i]!] }
      const primal = isNum(value) ? primalOf(value) : null
      if (typeof primal !== "number")
        raise(faults.wrongArgument(name, "f", "a function with numbers as values", kindOf(value)))
      y[i] = primal
    }
    return single(name, named, "line", { x: new Tensor([n], x), y: new Tensor([n], y), markers: false })
  },
})

function bound(name: string, parameter: string, value: Value | undefined): number {
  const x = isNum(value) ? primalOf(value) : null
  if (typeof x !== "number" || !Number.isFinite(x))
    raise(faults.wrongArgument(name, parameter, "a finite number", kindOf(value)))
  return x
}

export const plot = new BuiltinFunction({
  name: "plot",
  doc: `\`plot(p, q, …)\`: several plots in one picture; \`plot(x, y)\` and \`plot(y)\` of vectors are \`line\`. Settings given here win over those of the plots. ${about}`,
  params: ["p..."],
  options: ["markers", ...common],
  call: (runtime, args, named) => {
    if (args.length > 0 && args.length <= 2 && args.every((arg) => isNum(arg))) return line.call(runtime, args, named)
    const plots = args.flatMap((arg) => (arg instanceof List ? arg.items : [arg]))
    const wrong = plots.find((arg) => !isPlot(arg))
    if (wrong !== undefined || plots.length === 0)
      raise(faults.wrongArgument("plot", "p", "plots, such as `line(x, y)`", kindOf(wrong)))
    const parts = plots.filter(isPlot)
    for (const option of ["label", "color", "markers"])
      if (named.has(option)) raise(faults.unknownArgument("plot", option, settings))
    const series = parts.flatMap((part) => (part.values[0] instanceof List ? part.values[0].items : []))
    return new VariantValue(plotVariant, [build([...series]), ...settingsOf("plot", named, parts)])
  },
})
