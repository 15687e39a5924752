/**
 * A perceptron with one hidden layer and cross entropy over a batch, and its hand-written adjoint.
 * Both use the products they are given, so that a comparison measures the program and not the kernels.
 * It must not know how it is timed.
 */
import { at } from "./checked.ts"
import { plain, type Products } from "./matmul.ts"

/** Weights, row by row, and biases. */
export interface Layers {
  readonly w1: Float64Array
  readonly b1: Float64Array
  readonly w2: Float64Array
  readonly b2: Float64Array
}

/** The mean cross entropy of x (batch, inputs) against the one-hot rows of y (batch, outputs). */
export function loss(p: Layers, x: Float64Array, y: Float64Array, batch: number, products: Products = plain): number {
  const hidden = hiddenLayer(p, x, batch, products)
  const logits = products.matmul(hidden, p.w2, batch, p.b1.length, p.b2.length)
  return crossEntropy(logits, p.b2, y, batch, undefined)
}

/** The loss and its gradient in the form of the parameters. */
export function lossGrad(
  p: Layers,
  x: Float64Array,
  y: Float64Array,
  batch: number,
  products: Products = plain,
): { value: number; grad: Layers } {
  const width = p.b1.length
  const outputs = p.b2.length
  const inputs = x.length / batch
  const hidden = hiddenLayer(p, x, batch, products)
  const logits = products.matmul(hidden, p.w2, batch, width, outputs)
  const b2 = new Float64Array(outputs)
  const value = crossEntropy(logits, p.b2, y, batch, b2)
  const w2 = products.matmulLeft(hidden, logits, width, batch, outputs)
  const back = products.matmulRight(logits, p.w2, batch, outputs, width)
  const b1 = new Float64Array(width)
  for (let i = 0; i < batch; i++) {
    for (let j = 0; j < width; j++) {
      const h = at(hidden, i * width + j)
      const g = at(back, i * width + j) * (1 - h * h)
      back[i * width + j] = g
      b1[j] = at(b1, j) + g
    }
  }
  const w1 = products.matmulLeft(x, back, inputs, batch, width)
  return { value, grad: { w1, b1, w2, b2 } }
}

function hiddenLayer(p: Layers, x: Float64Array, batch: number, products: Products): Float64Array {
  const width = p.b1.length
  const out = products.matmul(x, p.w1, batch, x.length / batch, width)
  for (let i = 0; i < batch; i++) {
    for (let j = 0; j < width; j++) out[i * width + j] = Math.tanh(at(out, i * width + j) + at(p.b1, j))
  }
  return out
}

/** The loss; with `bias`, leaves the cotangent of the logits in their place and adds up the biases'. */
function crossEntropy(
  logits: Float64Array,
  b2: Float64Array,
  y: Float64Array,
  batch: number,
  bias: Float64Array | undefined,
): number {
  const n = b2.length
  let total = 0
  for (let i = 0; i < batch; i++) {
    const row = i * n
    let top = -Infinity
    for (let j = 0; j < n; j++) {
      const z = at(logits, row + j) + at(b2, j)
      logits[row + j] = z
      if (z > top) top = z
    }
    let s = 0
    let picked = 0
    for (let j = 0; j < n; j++) {
      const z = at(logits, row + j)
      const e = Math.exp(z - top)
      picked += z * at(y, row + j)
      s += e
      if (bias !== undefined) logits[row + j] = e
    }
    total += top + Math.log(s) - picked
    if (bias === undefined) continue
    for (let j = 0; j < n; j++) {
      const g = (at(logits, row + j) / s - at(y, row + j)) / batch
      logits[row + j] = g
      bias[j] = at(bias, j) + g
    }
  }
  return total / batch
}
