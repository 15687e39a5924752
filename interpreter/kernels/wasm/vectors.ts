/**
 * Vector operations on ordinary arrays by the SIMD module.
 * Elementwise functions pass through a small window of its memory a few thousand elements at a time, which costs little because the window stays in the cache;
 * the factors of a product and the product itself stand behind that. It must not know shapes.
 */

import { REDUCED_BELOW } from "../circle.ts"
import { byPanels, vectorSpeed } from "../product.ts"
import type { Vectors } from "../vectors.ts"
import { offerSimd, release, room, simd, WINDOW } from "./load.ts"

/** Sines and cosines of large angles are left to the twins. */
const circle = new Set(["vsin", "vcos"])

/** By the module whose text this gives, once it is asked for. */
export function simdVectors(text: () => string): Vectors {
  offerSimd(text)
  return {
    map: (name, x, out, twin) => {
      const target = simd()
      if (target === null) return false
      const n = x.length
      const kernel = target.kernels[name]
      const { base } = target
      const memory = room(target, WINDOW)
      const from = base / 8
      for (let i = 0; i < n; i += WINDOW) {
        const count = Math.min(WINDOW, n - i)
        memory.set(count === n ? x : x.subarray(i, i + count), from)
        if (count % 2 === 1) memory[from + count] = 0
        const far = kernel(base, base, count + (count % 2))
        if (far !== 0 && circle.has(name))
          for (let j = 0; j < count; j++) {
            const v = x[i + j]!
            memory[from + j] = Math.abs(v) < REDUCED_BELOW ? memory[from + j]! : twin(v)
          }
        out.set(memory.subarray(from, from + count), i)
      }
      return true
    },
    product: (a, b, { m, k, n, strides: [ars, acs, brs, bcs] }, out) => {
      const target = simd()
      if (target === null) return null
      const { kernels } = target
      const from = m * k
      const to = from + k * n
      const size = to + m * n
      const memory = room(target, WINDOW + size + kernels.work_space() + 2)
      const base = target.base + 8 * WINDOW
      const data = memory.subarray(base / 8, base / 8 + size)
      data.set(a)
      data.set(b, from)
      data.fill(0, to)
      const at = (index: number): number => base + 8 * index
      const work = at(size + (size % 2))
      try {
        byPanels(m, n, k, vectorSpeed, (i, rows) => {
          kernels.product(rows, n, k, at(i * ars), ars, acs, at(from), brs, bcs, at(to + i * n), n, 1, 0, work)
        })
        if (out === null) return data.slice(to)
        out.set(data.subarray(to))
        return out
      } finally {
        release(target)
      }
    },
  }
}
