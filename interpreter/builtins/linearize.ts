/**
 * `linearize`: a function's value and its pushforward at one point.
 * It is `jvp` with the point held. It must not know how modes work.
 */

import { BuiltinFunction, Tuple } from "../values/values.ts"
import { applicationAt, functionArgument, functionNamed } from "./application.ts"
import { pushForward } from "./derivatives.ts"

export const linearize = new BuiltinFunction({
  name: "linearize",
  doc: "`linearize(f, x)`: `(f(x), pushforward)`, where `pushforward(v)` is J v at x.",
  params: ["f", "x"],
  makes: true,
  anyNamed: true,
  callsBack: true,
  call: (runtime, [fn, x], named) => {
    const f = functionArgument("linearize", fn)
    const application = applicationAt(runtime, "linearize", f, x!, named)
    const pushforward = new BuiltinFunction({
      name: "pushforward",
      doc: `The tangent of \`${functionNamed(f)}\` along a direction of the form of the point.`,
      params: ["v"],
      callsBack: true,
      call: (inner, [v]) => pushForward(inner, application, application.direction("pushforward", v!)).tangent,
    })
    return new Tuple([application.at(application.leaves), pushforward])
  },
})
