/**
 * NumPy's array files: `.npy` texts of a header and raw numbers, and `.npz`, zip archives of them (numpy.lib.format).
 * Every kind of number becomes a double, complex ones a pair (re, im); what a double cannot hold exactly is refused. Faults tell the byte at which a file
 * goes wrong. It must not know files, and is given what compresses.
 */

import type { Unzipped, unzipSync, zipSync } from "fflate/browser"
import { faults } from "../../lang/report/catalogue.ts"
import { apartFaults } from "../../lang/report/catalogue/apart.ts"
import { raise } from "../../lang/report/fault.ts"
import { BoolArray, sizeOf, Tensor, type Shape } from "../arrays/tensor.ts"
import { isNum, primalOf } from "../autodiff/num.ts"
import { build } from "../values/build.ts"
import { kindOf } from "../values/kinds.ts"
import { List, recordOf, RecordValue, Tuple, type Runtime, type Value } from "../values/values.ts"

type Budget = Pick<Runtime, "charge" | "poll">

/** The kind of element: a letter and its size in bytes. */
interface ElementType {
  readonly letter: string
  readonly bytes: number
  readonly little: boolean
}

interface Header {
  readonly type: ElementType
  readonly fortran: boolean
  readonly shape: Shape
  /** Where the numbers begin. */
  readonly offset: number
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

// ---------------------------------------------------------------- reading

/** The value of an `.npy` file; `path` is what faults name. */
export function parseNpy(bytes: Uint8Array, path: string, runtime: Budget): Value {
  const fail = (offset: number, problem: string): never => raise(apartFaults.malformedBytes(path, offset, problem))
  const { type, fortran, shape, offset } = headerOf(bytes, fail)
  const size = sizeOf(shape)
  if (!(size <= 2 ** 30)) raise(faults.arrayTooLarge(shape))
  const needed = size * type.bytes
  if (bytes.length - offset < needed) {
    fail(bytes.length, `the file ends after ${String(bytes.length - offset)} of ${String(needed)} bytes of data`)
  }
  runtime.charge(size * 8)
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, needed)
  const ordered = <T extends Float64Array | Uint8Array>(data: T): T => (fortran ? transposed(data, shape) : data)
  if (type.letter === "b") {
    const data = ordered(
      Uint8Array.from(new Uint8Array(view.buffer, view.byteOffset, size), (bit) => (bit === 0 ? 0 : 1)),
    )
    return shape.length === 0 ? data[0] === 1 : new BoolArray(shape, data)
  }
  if (type.letter === "U" || type.letter === "S") {
    if (shape.length > 1) fail(offset, "texts in an array of more than one axis")
    const texts = Array.from({ length: size }, (_, i) => textAt(view, i * type.bytes, type))
    return shape.length === 0 ? texts[0]! : build(texts)
  }
  const array = (data: Float64Array): Value => (shape.length === 0 ? data[0]! : new Tensor(shape, ordered(data)))
  if (type.letter === "c") {
    const part = { ...type, letter: "f", bytes: type.bytes / 2 }
    const re = numbersIn(view, part, type.bytes, 0, size, offset, fail)
    const im = numbersIn(view, part, type.bytes, part.bytes, size, offset, fail)
    return new Tuple([array(re), array(im)])
  }
  return array(numbersIn(view, type, type.bytes, 0, size, offset, fail))
}

type Fail = (offset: number, problem: string) => never

function headerOf(bytes: Uint8Array, fail: Fail): Header {
  if (magic.some((byte, i) => bytes[i] !== byte)) fail(0, "this is no .npy file: it does not begin with `\\x93NUMPY`")
  const version = bytes[6]
  if (version !== 1 && version !== 2 && version !== 3) fail(6, `format version ${String(version)} is not known`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const start = version === 1 ? 10 : 12
  if (bytes.length < start) fail(bytes.length, "the file ends within its header")
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (start + length > bytes.length) fail(bytes.length, "the file ends within its header")
  const text = new TextDecoder("utf-8").decode(bytes.subarray(start, start + length))
  const find = (pattern: RegExp, what: string): RegExpExecArray =>
    pattern.exec(text) ?? fail(start, `the header has no ${what}`)
  const descr = find(/['"]descr['"]\s*:\s*(?:['"]([^'"]*)['"]|\[)/, "`descr`")
  const fortran = find(/['"]fortran_order['"]\s*:\s*(True|False)/, "`fortran_order`")[1] === "True"
  const dims = find(/['"]shape['"]\s*:\s*\(([^)]*)\)/, "`shape`")[1]!
  const shape = dims
    .split(",")
    .map((n) => n.trim())
    .filter((n) => n !== "")
    .map((n) => (/^\d+L?$/.test(n) ? Number.parseInt(n, 10) : fail(start, `the shape (${dims}) is no list of counts`)))
  return { type: typeOf(descr[1], start, fail), fortran, shape, offset: start + length }
}

const sizes: Readonly<Record<string, readonly number[]>> = {
  f: [2, 4, 8],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  c: [8, 16],
  b: [1],
}

function typeOf(descr: string | undefined, at: number, fail: Fail): ElementType {
  if (descr === undefined) return fail(at, "elements that are records of several numbers are not supported")
  const found = /^([<>|=]?)([a-zA-Z])(\d*)$/.exec(descr)
  const letter = found?.[2] ?? ""
  const little = found?.[1] !== ">"
  if (letter === "U" || letter === "S") return { letter, bytes: Number(found![3]) * (letter === "U" ? 4 : 1), little }
  const bytes = Number(found?.[3])
  if (!(sizes[letter]?.includes(bytes) ?? false)) {
    fail(at, `elements of type \`${descr}\` are not supported${letter === "O" ? ": they are objects of Python" : ""}`)
  }
  return { letter, bytes, little }
}

/** `size` numbers, `stride` bytes apart. */
function numbersIn(
  view: DataView,
  { letter, bytes, little }: ElementType,
  stride: number,
  first: number,
  size: number,
  offset: number,
  fail: Fail,
): Float64Array {
  const out = new Float64Array(size)
  const read = readers[`${letter}${String(bytes)}`]!
  for (let i = 0; i < size; i++) {
    const at = first + i * stride
    out[i] = read(view, at, little)
    if (bytes === 8 && letter !== "f" && !Number.isSafeInteger(out[i])) {
      fail(offset + at, "an integer beyond 2^53, which no number holds exactly")
    }
  }
  return out
}

const readers: Readonly<Record<string, (view: DataView, at: number, little: boolean) => number>> = {
  f8: (view, at, little) => view.getFloat64(at, little),
  f4: (view, at, little) => view.getFloat32(at, little),
  f2: (view, at, little) => half(view.getUint16(at, little)),
  i1: (view, at) => view.getInt8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  u1: (view, at) => view.getUint8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
}

/** A number of half precision (IEEE 754 binary16) from its bits. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

function textAt(view: DataView, at: number, { letter, bytes, little }: ElementType): string {
  let text = ""
  for (let i = 0; i < bytes; i += letter === "U" ? 4 : 1) {
    const code = letter === "U" ? view.getUint32(at + i, little) : view.getUint8(at + i)
    text += code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd"
  }
  return text.replace(/\0+$/, "")
}

/** Data in the order of columns (first axis fastest) as data in the order of rows. */
function transposed<T extends Float64Array | Uint8Array>(data: T, shape: Shape): T {
  const out = data.slice() as T
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)))
  const index = new Array<number>(shape.length).fill(0)
  let from = 0
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from]!
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!
      if (++index[axis]! < shape[axis]!) break
      from -= strides[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
  return out
}

/** What reads and writes zip archives. */
export interface Zip {
  readonly unzipSync: typeof unzipSync
  readonly zipSync: typeof zipSync
}

/** The arrays of an `.npz` file by name. */
export function parseNpz(bytes: Uint8Array, path: string, runtime: Budget, zip: Zip): Value {
  let files: Unzipped
  try {
    files = zip.unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!name.endsWith(".npy")) return false
        runtime.charge(originalSize)
        return true
      },
    })
  } catch (error) {
    if (error instanceof Error && "code" in error && typeof error.code === "number") {
      raise(apartFaults.malformedBytes(path, 0, "this is no .npz file: it cannot be read as a zip archive"))
    }
    throw error
  }
  return recordOf(
    Object.entries(files).map(([name, content]): [string, Value] => [
      name.slice(0, -".npy".length),
      parseNpy(content, `${path}, ${name}`, runtime),
    ]),
  )
}

// ---------------------------------------------------------------- writing

/** A number, an array or a boolean array as the content of an `.npy` file: doubles, or bytes for booleans. */
export function writeNpy(value: Value, name = "write_npy", parameter = "a"): Uint8Array {
  const array = value instanceof List ? build([...value.items]) : value
  if (array instanceof BoolArray) return npy("|b1", array.shape, array.data)
  if (typeof array === "boolean") return npy("|b1", [], Uint8Array.of(array ? 1 : 0))
  const primal = isNum(array) ? primalOf(array) : null
  if (typeof primal !== "number" && !(primal instanceof Tensor))
    raise(faults.wrongArgument(name, parameter, "an array of numbers or booleans", kindOf(value)))
  const data = typeof primal === "number" ? Float64Array.of(primal) : primal.data
  const bytes = new Uint8Array(data.length * 8)
  const view = new DataView(bytes.buffer)
  data.forEach((x, i) => {
    view.setFloat64(8 * i, x, true)
  })
  return npy("<f8", typeof primal === "number" ? [] : primal.shape, bytes)
}

function npy(descr: string, shape: Shape, data: Uint8Array): Uint8Array {
  const dims = shape.length === 1 ? `${String(shape[0])},` : shape.join(", ")
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dims}), }`
  // The header ends in a newline and fills a multiple of 64 bytes, so that the data are aligned.
  const length = Math.ceil((dictionary.length + 11) / 64) * 64 - 10
  const header = new TextEncoder().encode(`${dictionary.padEnd(length - 1)}\n`)
  const out = new Uint8Array(10 + length + data.length)
  out.set([...magic, 1, 0, length & 0xff, length >> 8])
  out.set(header, 10)
  out.set(data, 10 + length)
  return out
}

/** A record of arrays as the content of an `.npz` file. */
export function writeNpz(value: Value, zip: Zip): Uint8Array {
  if (!(value instanceof RecordValue))
    raise(faults.wrongArgument("write_npz", "arrays", "a record of arrays", kindOf(value)))
  const { names } = value.layout
  const files = Object.fromEntries(
    value.values.map((array, i) => [`${names[i]!}.npy`, writeNpy(array, "write_npz", names[i])]),
  )
  // A fixed date: the same arrays are the same file.
  return zip.zipSync(files, { level: 6, mtime: new Date(1980, 0, 1) })
}
