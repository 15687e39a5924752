/**
 * The blocks of a module: tests, examples in its documentation, and benches, ready to run.
 * Its statements run without showing values, then each block by itself. It must not know how results are reported.
 */

import { valueAndGrad } from "../interpreter/builtins/derivatives.ts"
import { isFunction, RecordValue, Tuple, type Value } from "../interpreter/values/values.ts"
import type { Engine } from "./engine.ts"
import { checkExample, examplesOf } from "./examples.ts"

/** The test blocks and documentation examples of a module. */
export function testsOf(engine: Engine, source: string, name: string): { title: string; run: () => void }[] {
  const { module, scope } = engine.loaded(source, name)
  const blocks = module.tests.map((test) => ({
    title: test.name,
    run: () => {
      engine.enter(() => engine.loader.evaluate(test.code))
    },
  }))
  const examples = examplesOf({ name, text: source }).map((example) => ({
    title: `example \`${example.expression}\``,
    run: () => {
      engine.enter(() => {
        checkExample(engine.loader, scope, example)
      })
    },
  }))
  return [...blocks, ...examples]
}

/** What is to be timed in the bench blocks of a module, the first part of each as the yardstick of the others. */
export function benchesOf(
  engine: Engine,
  source: string,
  name: string,
): { title: string; parts: { label: string; run: () => void }[] }[] {
  const { module } = engine.loaded(source, name)
  const call = (f: Value, args: readonly Value[]) => () => {
    engine.enter(() => engine.runtime.call(f, args))
  }
  return module.benches.map(({ name: title, code }) => {
    const evaluate = (): Value => engine.enter(() => engine.loader.evaluate(code))
    const first = evaluate()
    if (first instanceof RecordValue && first.values.length > 0 && first.values.every(isFunction)) {
      return { title, parts: first.layout.names.map((label, i) => ({ label, run: call(first.values[i]!, []) })) }
    }
    const f = first instanceof Tuple && first.values.length === 2 ? first.values[0] : undefined
    if (!(first instanceof Tuple) || !isFunction(f)) return { title, parts: [{ label: "value", run: evaluate }] }
    const x = first.values[1]!
    const args = x instanceof Tuple ? x.values : [x]
    const gradient = engine.enter(() => engine.runtime.call(valueAndGrad, [f]))
    return {
      title,
      parts: [
        { label: "value", run: call(f, args) },
        { label: "gradient", run: call(gradient, args) },
      ],
    }
  })
}
