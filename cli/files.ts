/**
 * Files for programs, below the current folder: text, CSV, JSON, NumPy arrays and pictures of plots.
 * A path that leads out of the folder, also through a link, is refused; problems in a file's content name line and column. It must not know commands.
 */

import { mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { dirname, isAbsolute, relative, resolve } from "node:path"
import { faults } from "../lang/report/catalogue.ts"
import { apartFaults } from "../lang/report/catalogue/apart.ts"
import { FaultError, raise } from "../lang/report/fault.ts"
import { BuiltinFunction, List, unit, type Named, type Runtime, type Value } from "../interpreter/values/values.ts"
import { kindOf } from "../interpreter/values/kinds.ts"
import { parseCsv, writeCsv } from "../interpreter/data/csv.ts"
import { parseJson, writeJson } from "../interpreter/data/json.ts"
import { count } from "../interpreter/builtins/arguments.ts"
import { parseNpy, parseNpz, writeNpy, writeNpz } from "../interpreter/data/npy.ts"
import { beside } from "./beside.ts"
import { drawn } from "./plots.ts"

/** The real path of a file that may be used, or the fault. */
function allowed(name: string, path: string, writing: boolean): string {
  const fault = (reason: string): never =>
    raise(writing ? apartFaults.cannotWrite(path, reason) : apartFaults.cannotRead(path, reason))
  if (path.includes("\0")) fault("the name holds a NUL character")
  const root = realpathSync(process.cwd())
  const full = resolve(root, path)
  const real = nearestReal(full)
  const inside = relative(root, real)
  if (inside.startsWith("..") || isAbsolute(inside)) fault(`${name} works below the current folder only`)
  return full
}

/** The real path of the nearest existing ancestor, with what does not exist yet behind it. */
function nearestReal(path: string): string {
  let existing = path
  const missing: string[] = []
  for (;;) {
    try {
      return resolve(realpathSync(existing), ...missing)
    } catch {
      const parent = dirname(existing)
      if (parent === existing) return path
      missing.unshift(relative(parent, existing))
      existing = parent
    }
  }
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: string }).code
  if (code === "ENOENT") return "there is no such file"
  if (code === "EISDIR") return "it is a folder"
  if (code === "EACCES") return "permission denied"
  if (code === "ERR_STRING_TOO_LONG" || code === "ERR_FS_FILE_TOO_LARGE") return "it is too large"
  return error instanceof Error ? error.message : String(error)
}

function readBytes(name: string, path: string, runtime: Runtime): Uint8Array {
  try {
    const bytes = readFileSync(allowed(name, path, false))
    runtime.charge(bytes.length)
    return bytes
  } catch (error) {
    if (error instanceof FaultError) throw error
    raise(apartFaults.cannotRead(path, reasonOf(error)))
  }
}

function readText(name: string, path: string, runtime: Runtime): string {
  const bytes = readBytes(name, path, runtime)
  runtime.charge(bytes.length)
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    raise(apartFaults.notText(path))
  }
}

function writeFile(name: string, path: string, content: string | Uint8Array): void {
  try {
    const full = allowed(name, path, true)
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, content)
  } catch (error) {
    if (error instanceof FaultError) throw error
    raise(apartFaults.cannotWrite(path, reasonOf(error)))
  }
}

function pathArgument(name: string, value: Value | undefined): string {
  if (typeof value !== "string") raise(faults.wrongArgument(name, "path", "a string", kindOf(value)))
  return value
}

interface FileFunction {
  readonly name: string
  readonly doc: string
  readonly params: readonly string[]
  readonly options?: readonly string[]
  readonly call: (runtime: Runtime, path: string, value: Value | undefined, named: Named) => Value
}

/** A function that writes one value into a file; `content` says how. */
function writer(
  name: string,
  doc: string,
  param: string,
  content: (value: Value) => string | Uint8Array,
): FileFunction {
  return {
    name,
    doc,
    params: ["path", param],
    call: (_runtime, path, value) => {
      writeFile(name, path, content(value ?? unit))
      return unit
    },
  }
}

/** The names of columns that `header` gives; undefined where the first line does, true where nothing does. */
function namesOf(header: Value | undefined): readonly string[] | true | undefined {
  if (header === undefined || header === true) return undefined
  if (header === false) return true
  const items = header instanceof List ? header.items : []
  const names = items.filter((item) => typeof item === "string")
  if (names.length === 0 || names.length !== items.length)
    raise(faults.wrongArgument("read_csv", "header", "true, false or a list of names", kindOf(header)))
  return names
}

const functions: readonly FileFunction[] = [
  {
    name: "read_text",
    doc: "`read_text(path)`: the file as a string.",
    params: ["path"],
    call: (runtime, path) => readText("read_text", path, runtime),
  },
  {
    name: "read_csv",
    doc: "`read_csv(path)`: a record of columns; the first line names them. A column of numbers (empty cells, `nan` and `NA` are nan) is an array, one of `true` and `false` a boolean array, any other a list of strings. Cells are separated by what separates most on the first line, one of `, ; |` and tab, or by `separator`. `header: false`: the first line is data, and the columns are called c0, c1 and so on; `header: names` calls them by a list of names.",
    params: ["path"],
    options: ["separator", "header"],
    call: (runtime, path, _value, named) => {
      const separator = named.get("separator")
      if (separator !== undefined && !(typeof separator === "string" && /^[^"\r\n]$/.test(separator)))
        raise(faults.wrongArgument("read_csv", "separator", "one character", kindOf(separator)))
      const names = namesOf(named.get("header"))
      return parseCsv(readText("read_csv", path, runtime), path, runtime, { separator, names })
    },
  },
  {
    name: "read_npy",
    doc: "`read_npy(path)`: the array of a NumPy file. All kinds of numbers become numbers, complex ones a pair (re, im); an integer beyond 2^53 is an error.",
    params: ["path"],
    call: (runtime, path) => parseNpy(readBytes("read_npy", path, runtime), path, runtime),
  },
  {
    name: "read_npz",
    doc: "`read_npz(path)`: a record of the arrays in an archive that NumPy's `savez` or `savez_compressed` wrote.",
    params: ["path"],
    call: (runtime, path) => parseNpz(readBytes("read_npz", path, runtime), path, runtime, beside("zip")),
  },
  {
    name: "read_json",
    doc: "`read_json(path)`: objects as records, arrays by the array rule, null as `()`.",
    params: ["path"],
    call: (runtime, path) => parseJson(readText("read_json", path, runtime), path),
  },
  writer("write_text", "`write_text(path, text)`: writes a string.", "text", (text) => {
    if (typeof text !== "string") raise(faults.wrongArgument("write_text", "text", "a string", kindOf(text)))
    return text
  }),
  writer(
    "write_csv",
    "`write_csv(path, columns)`: a record of columns, equally long, as CSV with a line of names.",
    "columns",
    writeCsv,
  ),
  writer(
    "write_npy",
    "`write_npy(path, a)`: a number or an array, of numbers or booleans, as a file for NumPy's `load`.",
    "a",
    writeNpy,
  ),
  writer(
    "write_npz",
    "`write_npz(path, arrays)`: a record of arrays as a compressed archive for NumPy's `load`.",
    "arrays",
    (value) => writeNpz(value, beside("zip")),
  ),
  writer("write_json", "`write_json(path, value)`: any value but functions, as JSON.", "value", writeJson),
  {
    name: "save_plot",
    doc: "`save_plot(p, path)`: draws a plot into a file, as SVG or PNG by the end of its name; `width` and `height` are 640 and 420 unless told.",
    params: ["p", "path"],
    options: ["width", "height"],
    call: (_runtime, path, plot, named) => {
      const size = (option: string): number | undefined =>
        named.has(option) ? count("save_plot", option, named.get(option), 120) : undefined
      writeFile("save_plot", path, drawn(plot ?? unit, { path, width: size("width"), height: size("height") }))
      return unit
    },
  },
]

/** The functions; where there are no files, each says so. */
export function fileBuiltins(available: boolean): readonly BuiltinFunction[] {
  return functions.map(
    ({ name, doc, params, options, call }) =>
      new BuiltinFunction({
        name,
        doc,
        params,
        ...(options === undefined ? {} : { options }),
        effect: true,
        call: (runtime, args, named) => {
          if (!available) raise(apartFaults.noFiles(name))
          const at = params.indexOf("path")
          const text = pathArgument(name, args[at])
          // An effect is not repeated where a call is only done again for its derivative.
          if (runtime.quiet && !name.startsWith("read_")) return unit
          return call(runtime, text, args[1 - at], named)
        },
      }),
  )
}
