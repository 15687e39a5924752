/**
 * Random numbers: `key split_key uniform normal integers choice shuffle exponential gamma_sample beta_sample categorical`.
 * A key is an array of two words; the same key gives the same numbers everywhere, in every mode, and what is drawn depends smoothly on parameters
 * where it can: samples are fixed uniform numbers put through inverse distribution functions. It must not know derivatives.
 */

import { spend } from "../arrays/work.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import { BoolArray, broadcastShape, sameShape, sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import { broadcastTo } from "../autodiff/lift.ts"
import { isNum, primalOf, shapeOf, type Num } from "../autodiff/num.ts"
import { element, region, reshape } from "../autodiff/structure.ts"
import * as kernels from "../kernels/random.ts"
import { add, mul, neg, sub } from "../primitives/arithmetic.ts"
import { log1p } from "../primitives/elementary.ts"
import { betaincinv, gammaincinv } from "../primitives/quantiles.ts"
import { softmax } from "../primitives/softmax.ts"
import { build } from "../values/build.ts"
import { kindOf } from "../values/kinds.ts"
import { sequenceOf } from "../values/sequence.ts"
import { BuiltinFunction, type Named, type Runtime, type Value } from "../values/values.ts"
import { admit, array, flag, integer, moved, numeric, shapeArgument } from "./arguments.ts"

// ---------------------------------------------------------------- keys

function keyArgument(name: string, value: Value | undefined): kernels.Key {
  const x = isNum(value) ? primalOf(value) : undefined
  if (x instanceof Tensor && x.shape.length === 1 && x.data.length === 2) {
    const [a, b] = x.data as unknown as [number, number]
    if (a >>> 0 === a && b >>> 0 === b) return [a, b]
  }
  return raise(faults.wrongArgument(name, "key", "a key, as `key(seed)` makes one", kindOf(value)))
}

const key = new BuiltinFunction({
  name: "key",
  doc: "`key(seed)`: the random key of an integer.",
  params: ["seed"],
  retains: false,
  call: (_runtime, [seed]) => new Tensor([2], Float64Array.from(kernels.keyOf(integer("key", "seed", seed)))),
})

const splitKey = new BuiltinFunction({
  name: "split_key",
  doc: "`split_key(key, n)`: n keys (2 unless told) that are independent of each other and of what is drawn from `key`, as the rows of an array: `let [k1, k2] = split_key(k)`.",
  params: ["key", "n?"],
  retains: false,
  call: (runtime, [from, n]) => {
    const count = n === undefined ? 2 : integer("split_key", "n", n)
    if (count < 0) raise(faults.wrongArgument("split_key", "n", "a count of 0 or more", String(count)))
    admit(runtime, [count, 2])
    return new Tensor([count, 2], Float64Array.from(kernels.split(keyArgument("split_key", from), count).flat()))
  },
})

// ---------------------------------------------------------------- plain draws

/** The shape asked for: of one number where there is none. */
function drawShape(runtime: Runtime, name: string, value: Value | undefined): Shape {
  return value === undefined ? [] : admit(runtime, shapeArgument(name, value))
}

function shaped(data: Float64Array, shape: Shape): Num {
  return shape.length === 0 ? data[0]! : new Tensor(shape, data)
}

function uniforms(key: kernels.Key, shape: Shape): Num {
  return shaped(kernels.uniforms(key, sizeOf(shape)), shape)
}

/** Uniform numbers strictly between 0 and 1. */
function openUniforms(key: kernels.Key, shape: Shape): Num {
  const data = kernels.uniforms(key, sizeOf(shape))
  return shaped(
    data.map((u) => (u === 0 ? 2 ** -54 : u)),
    shape,
  )
}

function option(name: string, named: Named, parameter: string, fallback: number): Num {
  const value = named.get(parameter)
  return value === undefined ? fallback : numeric(name, parameter, value)
}

const uniform = new BuiltinFunction({
  name: "uniform",
  doc: "`uniform(key, shape)`: numbers equally likely in [0, 1), or from `low:` to `high:`; without a shape one number.",
  params: ["key", "shape?"],
  options: ["low", "high"],
  retains: false,
  call: (runtime, [from, shape], named) => {
    const u = uniforms(keyArgument("uniform", from), drawShape(runtime, "uniform", shape))
    if (named.size === 0) return u
    const low = option("uniform", named, "low", 0)
    return add(low, mul(sub(option("uniform", named, "high", 1), low), u))
  },
})

const normal = new BuiltinFunction({
  name: "normal",
  doc: "`normal(key, shape)`: numbers of the standard normal distribution, or with `mean:` and `stddev:`; without a shape one number.",
  params: ["key", "shape?"],
  options: ["mean", "stddev"],
  retains: false,
  call: (runtime, [from, shape], named) => {
    const to = drawShape(runtime, "normal", shape)
    const z = shaped(kernels.normals(keyArgument("normal", from), sizeOf(to)), to)
    if (named.size === 0) return z
    return add(option("normal", named, "mean", 0), mul(option("normal", named, "stddev", 1), z))
  },
})

const exponential = new BuiltinFunction({
  name: "exponential",
  doc: "`exponential(key, shape)`: numbers of the exponential distribution with mean 1; without a shape one number.",
  params: ["key", "shape?"],
  retains: false,
  call: (runtime, [from, shape]) =>
    neg(log1p(neg(uniforms(keyArgument("exponential", from), drawShape(runtime, "exponential", shape))))),
})

const integers = new BuiltinFunction({
  name: "integers",
  doc: "`integers(key, shape, low, high)`: integers from low up to but not including high, each equally likely; `()` as shape for one.",
  params: ["key", "shape", "low", "high"],
  retains: false,
  call: (runtime, [from, shape, low, high]) => {
    const to = shape === null ? [] : drawShape(runtime, "integers", shape)
    const least = integer("integers", "low", low)
    const end = integer("integers", "high", high)
    if (end <= least) raise(faults.wrongArgument("integers", "high", `an integer above ${String(least)}`, String(end)))
    return shaped(kernels.integers(keyArgument("integers", from), sizeOf(to), least, end), to)
  },
})

// ---------------------------------------------------------------- picking

/** Elements of a sequence at places, as an array of them, or the element itself where one was asked for. */
function picked(name: string, xs: Value | undefined, places: readonly number[], one: boolean): Value {
  if ((isNum(xs) && shapeOf(xs).length > 0) || xs instanceof BoolArray)
    return moved(name, "xs", xs, (x) => {
      const rest = shapeOf(x).slice(1)
      const size = sizeOf(rest)
      if (one && rest.length === 0) return element(x, places[0]!)
      const offsets = Int32Array.from(
        { length: places.length * size },
        (_, i) => places[(i / size) | 0]! * size + (i % size),
      )
      return region(x, offsets, one ? rest : [places.length, ...rest])
    })
  const sequence = xs === undefined ? null : sequenceOf(xs)
  if (sequence === null) raise(faults.wrongArgument(name, "xs", "something with elements", kindOf(xs)))
  return one ? sequence.at(places[0]!) : build(places.map((place) => sequence.at(place)))
}

function lengthOf(name: string, xs: Value | undefined): number {
  if (isNum(xs) && shapeOf(xs).length > 0) return shapeOf(xs)[0]!
  const sequence = xs === undefined ? null : sequenceOf(xs)
  if (sequence === null) raise(faults.wrongArgument(name, "xs", "something with elements", kindOf(xs)))
  return sequence.length
}

/** Index of the first running sum above u, of weights that need not sum to 1. */
function draw(weights: Float64Array, from: number, n: number, u: number): number {
  let total = 0
  spend(n)
  for (let i = 0; i < n; i++) total += weights[from + i]!
  let sum = 0
  for (let i = 0; i < n; i++) {
    sum += weights[from + i]!
    if (u * total < sum) return i
  }
  return n - 1
}

const choice = new BuiltinFunction({
  name: "choice",
  doc: "`choice(key, xs)`: one element, each equally likely or by `weights:`; `choice(key, xs, n)`: n of them, with `replace: false` all different.",
  params: ["key", "xs", "n?"],
  options: ["weights", "replace"],
  call: (runtime, [from, xs, n], named) => {
    const chosenKey = keyArgument("choice", from)
    const length = lengthOf("choice", xs)
    const count = n === undefined ? 1 : integer("choice", "n", n)
    if (length === 0 && count > 0) raise(faults.wrongArgument("choice", "xs", "at least one element", kindOf(xs)))
    if (count < 0) raise(faults.wrongArgument("choice", "n", "a count of 0 or more", String(count)))
    admit(runtime, [count])
    const replace = !named.has("replace") || flag("choice", named, "replace")
    const weights = named.get("weights")
    let places: number[]
    if (!replace) {
      if (count > length || weights !== undefined)
        raise(faults.wrongArgument("choice", "n", `at most ${String(length)} without weights`, String(count)))
      places = [...kernels.permutation(chosenKey, length).subarray(0, count)]
    } else if (weights === undefined) places = [...kernels.integers(chosenKey, count, 0, Math.max(1, length))]
    else {
      const w = primalOf(array("choice", "weights", weights)) as Tensor
      if (w.data.length !== length || w.data.some((x) => !(x >= 0)))
        raise(faults.wrongArgument("choice", "weights", `${String(length)} numbers of 0 or more`, kindOf(weights)))
      places = [...kernels.uniforms(chosenKey, count)].map((u) => draw(w.data, 0, length, u))
    }
    return picked("choice", xs, places, n === undefined)
  },
})

const shuffle = new BuiltinFunction({
  name: "shuffle",
  doc: "`shuffle(key, xs)`: the elements (rows) in random order, each order equally likely.",
  params: ["key", "xs"],
  call: (_runtime, [from, xs]) => {
    const order = kernels.permutation(keyArgument("shuffle", from), lengthOf("shuffle", xs))
    if (typeof xs === "string") {
      const letters = Array.from(xs)
      return Array.from(order, (place) => letters[place]!).join("")
    }
    return picked("shuffle", xs, [...order], false)
  },
})

const categorical = new BuiltinFunction({
  name: "categorical",
  doc: "`categorical(key, logits)`: an index with probability softmax(logits), for every row; `categorical(key, logits, shape)`: that many of one vector. No derivative.",
  params: ["key", "logits", "shape?"],
  retains: false,
  call: (runtime, [from, logits, shape]) => {
    const x = primalOf(array("categorical", "logits", logits))
    const own = shapeOf(x)
    const n = own[own.length - 1]!
    if (n === 0) raise(faults.wrongArgument("categorical", "logits", "at least one element", kindOf(logits)))
    if (shape !== undefined && own.length !== 1)
      raise(faults.wrongArgument("categorical", "logits", "a vector where a shape is given", kindOf(logits)))
    const weights = softmax(x, [own.length - 1]) as Tensor
    const to = shape === undefined ? own.slice(0, -1) : drawShape(runtime, "categorical", shape)
    const us = kernels.uniforms(keyArgument("categorical", from), sizeOf(to))
    return shaped(
      us.map((u, i) => draw(weights.data, shape === undefined ? i * n : 0, n, u)),
      to,
    )
  },
})

// ---------------------------------------------------------------- gamma and beta

/** The shape of a draw with parameters: what was asked for, to which they must broadcast, or their own. */
function parameterShape(runtime: Runtime, name: string, shape: Value | undefined, params: readonly Num[]): Shape {
  const own = params.map(shapeOf).reduce<Shape>((a, b) => {
    const both = broadcastShape(a, b)
    return both ?? raise(faults.shapeMismatch(name, a, b))
  }, [])
  if (shape === undefined) return own
  const to = drawShape(runtime, name, shape)
  const both = broadcastShape(own, to)
  if (both === null || !sameShape(both, to)) raise(faults.shapeMismatch(name, to, own))
  return to
}

function spread(x: Num, shape: Shape): Num {
  return shape.length === 0 ? reshape(x, []) : broadcastTo([x], { shape })
}

const gammaSample = new BuiltinFunction({
  name: "gamma_sample",
  doc: "`gamma_sample(key, a, shape)`: numbers of the gamma distribution with shape parameter a and scale 1, differentiable in a; without a shape as many as a has.",
  params: ["key", "a", "shape?"],
  retains: false,
  call: (runtime, [from, a, shape]) => {
    const alpha = numeric("gamma_sample", "a", a)
    const to = parameterShape(runtime, "gamma_sample", shape, [alpha])
    return gammaincinv(spread(alpha, to), openUniforms(keyArgument("gamma_sample", from), to))
  },
})

const betaSample = new BuiltinFunction({
  name: "beta_sample",
  doc: "`beta_sample(key, a, b, shape)`: numbers of the beta distribution, differentiable in a and b; without a shape as many as the parameters have.",
  params: ["key", "a", "b", "shape?"],
  retains: false,
  call: (runtime, [from, a, b, shape]) => {
    const first = numeric("beta_sample", "a", a)
    const second = numeric("beta_sample", "b", b)
    const to = parameterShape(runtime, "beta_sample", shape, [first, second])
    const u = openUniforms(keyArgument("beta_sample", from), to)
    return betaincinv([spread(first, to), spread(second, to), u], undefined)
  },
})

/** Random numbers. */
export const randomBuiltins: readonly BuiltinFunction[] = [
  key,
  splitKey,
  uniform,
  normal,
  exponential,
  integers,
  choice,
  shuffle,
  categorical,
  gammaSample,
  betaSample,
]
