/**
 * Loops that run as scalar code where all they read is numbers.
 * All that code reads of the frame is looked at before it runs: if it is numbers and arrays of numbers, nothing in it can meet anything else; a tape may record
 * some of it. Otherwise nothing has happened yet and the ordinary nodes do the work. It must not know what code computes.
 */

import type { ForCore, WhileCore } from "../../lang/core.ts"
import { Tensor } from "../arrays/tensor.ts"
import { observed } from "../autodiff/lift.ts"
import { Node } from "../autodiff/num.ts"
import { RecordValue, type Value } from "../values/values.ts"
import type { Compiling } from "./compiling.ts"
import { registers as runRegisters, type Frame } from "./frame.ts"
import type { WholeLoop } from "./quick.ts"
import { scalarLoop, type ScalarCode, type Source } from "./scalar-compile.ts"
import * as registers from "./scalar-registers.ts"

/** Under names of this file: hosts take these for constants, but not what is imported. */
const PlainArray = Tensor
const Recorded = Node
const { values, rows, running, numberOf } = registers

/** A loop whose turns run as scalar code, all or none; null where its code is not scalar, or operations are to be watched. */
export function scalarWhole(core: ForCore | WhileCore, c: Compiling): WholeLoop | null {
  const code = c.traps ? null : scalarLoop(core, c)
  return code === null ? null : new ScalarLoop(code)
}

class ScalarLoop implements WholeLoop {
  private readonly code: ScalarCode

  constructor(code: ScalarCode) {
    this.code = code
  }

  run(f: Frame, start: number, end: number): boolean {
    const { code } = this
    if (running.frame !== null) return false
    // A compiled tier is asked at the head of every loop.
    if (code.nests && runRegisters.runtime.compiles) return false
    return runCode(code, f, start, end)
  }
}

function runCode(code: ScalarCode, f: Frame, start: number, end: number): boolean {
  try {
    if (!load(code, f)) return false
    running.frame = f
    values[code.from] = start
    values[code.to] = end
    if (running.tape === null) code.code.run()
    else code.code.record()
    const { outputs, flags } = code
    for (let k = 0; k < outputs.length; k++) f[outputs[k]! + 1] = numberOf(outputs[k]!)
    for (let k = 0; k < flags.length; k++) f[flags[k]! + 1] = values[flags[k]!] === 1
    return true
  } finally {
    running.frame = null
    running.tape = null
    for (let k = 0; k < code.arrays.length; k++) code.arrays[k]!.register.release()
  }
}

/** Fills the registers; false where something is neither a number nor an array of the rank wanted, or where somebody looks on. */
function load({ inputs, arrays, constants }: ScalarCode, f: Frame): boolean {
  for (let k = 0; k < constants.length; k++) {
    const { register, value } = constants[k]!
    values[register] = value
    rows[register] = -1
  }
  for (let k = 0; k < inputs.length; k++) {
    const { source, register, isFlag } = inputs[k]!
    const value = valueAt(source, f)
    rows[register] = -1
    if (isFlag) {
      if (typeof value !== "boolean") return false
      values[register] = value ? 1 : 0
    } else if (typeof value === "number") values[register] = value
    else {
      if (!(value instanceof Recorded) || typeof value.primal !== "number") return false
      values[register] = value.primal
      if (value.tape.paused > 0) continue
      if (!records(value)) return false
      rows[register] = value.index
    }
  }
  for (let k = 0; k < arrays.length; k++) {
    const { source, rank, length, register } = arrays[k]!
    const value = valueAt(source, f)
    const node = value instanceof Recorded && value.tape.paused === 0 ? value : null
    if (node !== null && !records(node)) return false
    const array = value instanceof Recorded ? value.primal : value
    if (!(array instanceof PlainArray) || (rank > 0 && array.shape.length !== rank)) return false
    register.hold(array.data, rank === 2 ? array.shape[1]! : 1, node)
    if (length >= 0) {
      values[length] = array.shape[0]!
      rows[length] = -1
    }
  }
  return true
}

function valueAt(source: Source, f: Frame): Value | undefined {
  if (source.kind === "slot") return f[source.at]
  if (source.kind === "capture") return (f[0] as unknown as (Value | undefined)[])[source.at]
  if (source.kind === "global") return source.cell.value as Value | undefined
  const holder = valueAt(source.of, f)
  return holder instanceof RecordValue ? holder.get(source.name) : undefined
}

/** Is this recorded by the tape under way, or by the first one that is met? */
function records({ tape }: Node): boolean {
  if (running.tape !== null) return running.tape === tape
  if (observed()) return false
  running.tape = tape
  return true
}
