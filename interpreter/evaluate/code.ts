/**
 * The code of a function in tier 0: compiled to closures when first called, and to a program of the machine when first called there.
 * One object for each piece of Core and library of built-ins, shared by all closures made of it. It must not know nodes.
 */

import type { Code } from "../../lang/core.ts"
import type { Value } from "../values/values.ts"
import { Compiler } from "./compile.ts"
import { CompiledCode, type Frame, type Node } from "./frame.ts"
import { deep, type Programmed } from "./deep.ts"
import type { Program } from "./program.ts"
import { asking } from "./takeover.ts"

type Library = ReadonlyMap<string, Value>

/** Native stack that one nested node takes, and what a call takes besides, in bytes; measured with some margin. */
const bytesPerNode = 170
const bytesPerCall = 420

export class ClosureCode extends CompiledCode implements Programmed {
  readonly code: Code
  size: number
  override body: Node
  readonly library: Library
  private program: Program | null = null

  constructor(code: Code, library: Library) {
    super()
    this.code = code
    this.library = library
    this.size = code.slots + 1
    this.body = (f) => {
      this.prepare()
      return this.body(f)
    }
  }

  prepare(): void {
    if (this.arity >= 0) return
    const compiler = this.compiler()
    this.body = asking(this, compiler.value(this.code.body))
    this.size = compiler.frameSize()
    this.weight = bytesPerCall + bytesPerNode * compiler.height
    this.arity = this.code.params.length
  }

  runInMachine(frame: Frame): Value {
    return deep().runProgram(this.programFor(), frame)
  }

  programFor(): Program {
    this.prepare()
    this.program ??= deep().programOf(this.code, this.compiler())
    return this.program
  }

  private compiler(): Compiler {
    return new Compiler(this.code, this.library, (code) => codeFor(code, this.library))
  }
}

const known = new WeakMap<Library, WeakMap<Code, ClosureCode>>()

/** The compiled code of a piece of Core, for programs that use these built-ins. */
export function codeFor(code: Code, library: Library): ClosureCode {
  let codes = known.get(library)
  if (codes === undefined) known.set(library, (codes = new WeakMap()))
  let found = codes.get(code)
  if (found === undefined) codes.set(code, (found = new ClosureCode(code, library)))
  return found
}
