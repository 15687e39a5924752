/**
 * What crosses between a page and the worker that runs its engine.
 * JavaScript data crosses as it is; values of the language among it are taken out, with the paths where they stood, and put back on the other side. It must
 * not know requests.
 */

import { faults } from "../../lang/report/catalogue.ts"
import { raise } from "../../lang/report/fault.ts"
import type { Serialized } from "../serialform.ts"

/** A value of the language: as data, and as a person reads it. `data` is null for a function that lives in its engine alone. */
export interface WireValue {
  readonly data: Serialized | null
  readonly text: string
  readonly type: string
}

type Path = readonly (string | number)[]

/** JavaScript data with values of the language in it. */
export interface Packed {
  readonly data: unknown
  readonly values: readonly { readonly path: Path; readonly value: WireValue }[]
}

/** Takes values out of data; `wire` gives those that are some. Functions of the host cannot cross, which is a fault that names where they stand. */
export function pack(x: unknown, name: string, wire: (x: object) => WireValue | undefined): Packed {
  const values: { path: Path; value: WireValue }[] = []
  const walk = (item: unknown, path: Path): unknown => {
    if (typeof item === "function" || typeof item === "symbol") {
      raise(faults.hostInput(written(name, path), `a ${typeof item} cannot cross to a worker`))
    }
    if (typeof item !== "object" || item === null || ArrayBuffer.isView(item)) return item
    const value = wire(item)
    if (value !== undefined) {
      values.push({ path, value })
      return null
    }
    if (Array.isArray(item)) {
      return item.every((part) => typeof part === "number") ? item : item.map((part, i) => walk(part, [...path, i]))
    }
    const prototype: unknown = Object.getPrototypeOf(item)
    if (prototype !== Object.prototype && prototype !== null) return item
    const copy: object = {}
    for (const [key, part] of Object.entries(item)) own(copy, key, walk(part, [...path, key]))
    return copy
  }
  return { data: walk(x, []), values }
}

/** Puts values back where they stood. */
export function unpack({ data, values }: Packed, wrap: (value: WireValue) => unknown): unknown {
  let out = data
  for (const { path, value } of values) {
    const last = path.at(-1)
    if (last === undefined) out = wrap(value)
    else
      own(
        path.slice(0, -1).reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], out),
        last,
        wrap(value),
      )
  }
  return out
}

function own(target: unknown, key: string | number, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true })
}

/** A path as the host would write it. The arguments of a call are its first steps. */
function written(name: string, path: Path): string {
  return path.reduce<string>((text, step) => text + (typeof step === "number" ? `[${String(step)}]` : `.${step}`), name)
}
