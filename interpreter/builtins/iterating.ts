/**
 * Built-ins that apply functions again and again, or look for the first that fits: `scan iterate find compose`.
 * Each is a loop that a program could write itself, and counts its turns as one would. It must not know derivatives.
 */

import { build } from "../values/build.ts"
import { BuiltinFunction, type BuiltinSteps, type Value } from "../values/values.ts"
import { functionNamed, mirrored } from "./application.ts"
import { countArgument, functionAt, sequenceArgument, truthOf } from "./functional.ts"

export const scan = new BuiltinFunction({
  name: "scan",
  doc: "`scan(xs, init, f)`: like `fold`, but every accumulated value, one for each element.",
  params: ["xs", "init", "f"],
  *steps(runtime, [xs, init, fn]): BuiltinSteps {
    const sequence = sequenceArgument("scan", "xs", xs)
    const f = functionAt("scan", fn)
    const items: Value[] = []
    let sum = init as Value
    for (let i = 0; i < sequence.length; i++) {
      runtime.step(1)
      sum = yield { fn: f, args: [sum, sequence.at(i)] }
      items.push(sum)
    }
    runtime.charge(items.length * 8)
    return build(items)
  },
})

export const iterate = new BuiltinFunction({
  name: "iterate",
  doc: "`iterate(x, n, f)`: f applied n times to x; the last value.",
  params: ["x", "n", "f"],
  *steps(runtime, [x, n, fn]): BuiltinSteps {
    const times = countArgument("iterate", "n", n)
    const f = functionAt("iterate", fn)
    let value = x as Value
    for (let i = 0; i < times; i++) {
      runtime.step(1)
      value = yield { fn: f, args: [value] }
    }
    return value
  },
})

export const find = new BuiltinFunction({
  name: "find",
  doc: "`find(xs, f)`: the index of the first element for which f is true, or -1.",
  params: ["xs", "f"],
  *steps(runtime, [xs, fn]): BuiltinSteps {
    const sequence = sequenceArgument("find", "xs", xs)
    const f = functionAt("find", fn)
    for (let i = 0; i < sequence.length; i++) {
      runtime.step(1)
      if (truthOf("find", yield { fn: f, args: [sequence.at(i)] })) return i
    }
    return -1
  },
})

export const compose = new BuiltinFunction({
  name: "compose",
  doc: "`compose(f, g, …)`: x ↦ f(g(…(x))), the last function first.",
  params: ["f", "more..."],
  makes: true,
  call: (_runtime, args) => {
    const functions = args.map((arg) => functionAt("compose", arg))
    const first = functions.at(-1)!
    return new BuiltinFunction({
      name: functions.map(functionNamed).join(" ∘ "),
      doc: "A composition of functions.",
      params: mirrored(first),
      anyNamed: true,
      *steps(_inner, values, named): BuiltinSteps {
        let value: Value = yield { fn: first, args: values, named }
        for (let i = functions.length - 2; i >= 0; i--) value = yield { fn: functions[i]!, args: [value] }
        return value
      },
    })
  },
})
