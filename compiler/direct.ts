/**
 * Calls with the host's own values: code that reads numbers, typed arrays, `{ shape, data }` and plain objects where they stand and gives results in the same forms.
 * For a short function the way through values of the language costs more than the function; this is the same way without stops. Whatever has another form is
 * declined and goes the long way, so that this file must not know more forms than the quick ones.
 */

import { declined, type DirectGift } from "../interpreter/values/compiled.ts"
import { FaultError } from "../lang/report/fault.ts"
import { atomsOf, type Abs } from "./abstract.ts"
import type { HostForm } from "./boundary.ts"

/** A call with so many arguments, which stand for themselves: there is no array of them; gives the result, or `declined`. */
export type DirectCall = (count: number, ...args: unknown[]) => unknown

/** A top-level binding that the code was made for, with the value that it had. */
export interface Assumption {
  readonly cell: { readonly value: unknown }
  readonly value: unknown
}

/** What of a runtime a direct call needs: whether a run is under way, and a fresh start with so many steps made. */
export interface Startable {
  readonly running: boolean
  restart(steps: number): void
}

/** What goes before and after a call of compiled code. */
export interface DirectParts {
  readonly runtime: Startable
  /** Steps of a call that the code leaves to its caller. */
  readonly uncounted: number
  /** Where the code finds the runtime of a run. */
  readonly current: { runtime: Startable | null; forHost: boolean }
  /** The forms of the arguments. */
  readonly forms: readonly HostForm[]
  /** Inputs that are the same in every call, before and behind those of the arguments. */
  readonly before: readonly unknown[]
  readonly behind: readonly unknown[]
  readonly assumptions: readonly Assumption[]
  /** Gives the one result, or an array of several. */
  readonly run: (...inputs: unknown[]) => unknown
  readonly result: Abs
  readonly give: DirectGift
}

class Writer {
  readonly lines: string[] = []
  readonly inputs: string[] = []
  /** Lists of names that records are compared with. */
  readonly names: (readonly string[])[] = []
  private readonly buffers: string[] = []
  private next = 0
  private locals = 0
  /** There are buffers among the constant inputs. */
  private readonly kept: boolean
  /** There is one result, which comes without an array. */
  private readonly bare: boolean

  constructor(kept: boolean, bare: boolean) {
    this.kept = kept
    this.bare = bare
  }

  /** Reads what is named `x` into inputs. */
  read(form: HostForm, x: string): void {
    if (form.kind === "scalar") {
      this.refuse(`typeof ${x} !== "${form.type}"`)
      this.inputs.push(x)
    } else if (form.kind === "record") this.record(form.names, form.items, x)
    else if (form.dims.length === 1) {
      this.refuse(`!(${x} instanceof Float64Array)`)
      this.inputs.push(x)
      if (form.dims[0] == null) this.inputs.push(`${x}.length`)
      else this.refuse(`${x}.length !== ${String(form.dims[0])}`)
      this.buffers.push(x)
    } else this.shaped(form.dims, x)
  }

  private local(source: string): string {
    const name = `y${String(this.locals++)}`
    this.lines.push(`const ${name} = ${source}`)
    return name
  }

  private counting(): string {
    const name = `n${String(this.locals++)}`
    this.lines.push(`let ${name} = 0`)
    return name
  }

  /**
   * What `for` finds are an object's own names in their order, and then what its prototype has, which is none. The fields are read first: after that V8
   * knows what kind of object it is, and its prototype is known too.
   */
  private record(names: readonly string[], items: readonly HostForm[], x: string): void {
    this.refuse(`typeof ${x} !== "object" || ${x} === null`)
    const fields = names.map((name) => this.local(`${x}[${JSON.stringify(name)}]`))
    const prototype = this.local(`Object.getPrototypeOf(${x})`)
    this.refuse(`${prototype} !== Object.prototype && ${prototype} !== null`)
    const wanted = `f${String(this.names.push(names) - 1)}`
    const count = this.counting()
    this.lines.push(`for (const k in ${x}) if (k !== ${wanted}[${count}++]) return no`)
    this.refuse(`${count} !== ${String(names.length)}`)
    items.forEach((item, k) => {
      this.read(item, fields[k]!)
    })
  }

  private shaped(dims: readonly (number | null)[], x: string): void {
    this.refuse(`typeof ${x} !== "object" || ${x} === null`)
    const data = this.local(`${x}.data`)
    const shape = this.local(`${x}.shape`)
    this.refuse(
      `!(${data} instanceof Float64Array) || !Array.isArray(${shape}) || ${shape}.length !== ${String(dims.length)}`,
    )
    const prototype = this.local(`Object.getPrototypeOf(${x})`)
    this.refuse(`${prototype} !== Object.prototype && ${prototype} !== null && Object.keys(${x}).length !== 2`)
    const count = this.counting()
    this.lines.push(`for (const k in ${x}) if (++${count} > 2 || (k !== "shape" && k !== "data")) return no`)
    this.refuse(`${count} !== 2`)
    this.inputs.push(data)
    this.buffers.push(data)
    const sizes = dims.map((_, j) => `${shape}[${String(j)}]`)
    dims.forEach((n, j) => {
      const size = sizes[j]!
      if (n !== null) this.refuse(`${size} !== ${String(n)}`)
      else {
        this.refuse(`(${size} >>> 0) !== ${size}`)
        this.inputs.push(size)
      }
    })
    this.refuse(`${sizes.join(" * ")} !== ${data}.length`)
  }

  private refuse(condition: string): void {
    this.lines.push(`if (${condition}) return no`)
  }

  private take(): string {
    return this.bare ? "r" : `r[${String(this.next++)}]`
  }

  /** The text of a result in the host's form; null where it has no quick one. */
  show(a: Abs): string | null {
    switch (a.kind) {
      case "num":
      case "bool":
        return this.take()
      case "unit":
        return "null"
      case "array": {
        const [buf, offset, ...dims] = [this.take(), this.take(), ...a.dims.map(() => this.take())] as [string, string]
        const shape = dims as string[]
        const size = shape.length === 0 ? "1" : shape.join(" * ")
        // An array that begins inside its memory shares it with others: a host that hands the memory on would take it from them.
        const own = ` && ${buf}.byteOffset === 0${this.buffers.map((buffer) => ` && ${buf} !== ${buffer}`).join("")}`
        const data = `(${offset} === 0 && ${buf}.length === ${size}${own}${this.kept ? ` && !kept.includes(${buf})` : ""} ? ${buf} : ${buf}.slice(${offset}, ${offset} + ${size}))`
        return shape.length === 1 ? data : `{ shape: [${shape.join(", ")}], data: ${data} }`
      }
      case "vector": {
        const data = `Float64Array.of(${a.items.map(() => this.take()).join(", ")})`
        return a.dims.length === 1 ? data : `{ shape: [${a.dims.join(", ")}], data: ${data} }`
      }
      case "tuple": {
        const parts = a.items.map((item) => this.show(item))
        return parts.includes(null) ? null : `[${parts.join(", ")}]`
      }
      case "record": {
        const parts = a.items.map((item) => this.show(item))
        if (parts.includes(null)) return null
        // Only a computed name makes a property of `__proto__`.
        const named = a.layout.names.map((name, k) => {
          const key = JSON.stringify(name)
          return `${name === "__proto__" ? `[${key}]` : key}: ${parts[k]!}`
        })
        return `{ ${named.join(", ")} }`
      }
      default:
        return null
    }
  }
}

/** The call, given arguments; null where results or arguments have no quick form. */
export function directCall(parts: DirectParts): DirectCall | null {
  const { forms, before, behind, assumptions, uncounted, runtime, current, run, result, give } = parts
  const kept = [...before, ...behind].filter((input) => input instanceof Float64Array)
  const args = forms.map((_, k) => `x${String(k)}`)
  const writer = new Writer(kept.length > 0, atomsOf(result).length === 1)
  forms.forEach((form, k) => {
    writer.read(form, args[k]!)
  })
  let shown: string | null
  if (give === "result") shown = writer.show(result)
  else {
    if (result.kind !== "tuple") return null
    const [value, gradient] = result.items.map((item) => writer.show(item))
    if (value == null || gradient == null) return null
    shown = `{ value: ${value}, grad: ${gradient} }`
  }
  if (shown === null) return null
  const constants = (name: string, list: readonly unknown[]): string[] => list.map((_, k) => `${name}${String(k)}`)
  const inputs = [...constants("b", before), ...writer.inputs, ...constants("e", behind)]
  // Where the code or a field that the host computes errs, too, it is declined: the long way meets the same error and says so.
  const source = [
    "'use strict'",
    `return (${["count", ...args].join(", ")}) => {`,
    `  if (count !== ${String(forms.length)} || runtime.running) return no`,
    ...assumptions.map((_, k) => `  if (c${String(k)}.value !== v${String(k)}) return no`),
    "  const outer = current.runtime",
    "  try {",
    ...writer.lines.map((line) => `    ${line}`),
    `    runtime.restart(${String(uncounted)})`,
    "    current.runtime = runtime",
    "    current.forHost = true",
    `    const r = run(${inputs.join(", ")})`,
    `    return ${shown}`,
    "  } catch (error) {",
    "    if (error instanceof Fault) throw error",
    "    return no",
    "  } finally {",
    "    current.runtime = outer",
    "  }",
    "}",
  ].join("\n")
  const names = [
    ...constants("b", before),
    ...constants("e", behind),
    ...constants("c", assumptions),
    ...constants("v", assumptions),
    ...constants("f", writer.names),
  ]
  const values = [
    ...before,
    ...behind,
    ...assumptions.map((assumption) => assumption.cell),
    ...assumptions.map((assumption) => assumption.value),
    ...writer.names,
  ]
  const make = new Function("no", "runtime", "current", "Fault", "run", "kept", ...names, source) as (
    ...given: unknown[]
  ) => DirectCall
  return make(declined, runtime, current, FaultError, run, kept, ...values)
}
