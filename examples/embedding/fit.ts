/**
 * Long fits off the main thread, with progress and a way to stop: a decaying oscillation is fitted to noisy measurements by gradient descent.
 * The worker prints its progress as lines of JSON, which the host reads; an abort ends the fit where it stands, and the engine goes on.
 */

import { AdlError, createWorkerEngine } from "adl-lang/worker"

const source = `fn model(p, t) = p.a * exp(-p.k * t) * cos(p.w * t)
fn loss(p, ts, ys) = mean((model(p, ts) - ys)^2)
fn fit(start, ts, ys, rounds) {
  var p = start
  for i in 0..rounds {
    p = p - 0.05 * grad(loss, wrt: "p")(p, ts, ys)
    if i % 200 == 0 { print("{i / rounds} {loss(p, ts, ys)}") }
  }
  p
}`

/** Starts a fit; `onProgress` is told how much is done, from 0 to 1, and the loss. */
export function startFit(
  rounds: number,
  onProgress: (done: number, loss: number) => void,
): { readonly result: Promise<unknown>; cancel(): void } {
  const engine = createWorkerEngine({
    limits: { ms: 60_000 },
    print: (line) => {
      const [done, loss] = line.split(" ").map(Number) as [number, number]
      onProgress(done, loss)
    },
  })
  const controller = new AbortController()
  const ts = Float64Array.from({ length: 200 }, (_, i) => i / 20)
  const ys = ts.map((t) => 2 * Math.exp(-0.3 * t) * Math.cos(1.5 * t) + 0.01 * Math.sin(50 * t))
  const result = engine
    .load(source)
    .then((model) => model.fn("fit", { signal: controller.signal })({ a: 1, k: 0.1, w: 1.4 }, ts, ys, rounds))
    .finally(() => {
      engine.dispose()
    })
  return {
    result,
    cancel: () => {
      controller.abort()
    },
  }
}

if (import.meta.main) {
  const show = (done: number, loss: number): void => {
    console.log(`${(100 * done).toFixed(0)} %, loss ${loss.toPrecision(4)}`)
  }
  console.log(await startFit(2000, show).result)
  const endless = startFit(1e9, show)
  setTimeout(() => {
    endless.cancel()
  }, 2000)
  await endless.result.catch((error: unknown) => {
    console.log(error instanceof AdlError ? `stopped: ${error.message}` : error)
  })
}
