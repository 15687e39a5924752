/**
 * Where calls go on when native stack has run out, which is loaded apart.
 * Until that is there, a program that needs it has to wait for it: that is a fault. It must not know how programs run on an explicit stack.
 */

import type { Code } from "../../lang/core.ts"
import { faults } from "../../lang/report/catalogue.ts"
import { faultOf, FaultError } from "../../lang/report/fault.ts"
import type { Value } from "../values/values.ts"
import type { Compiler } from "./compile.ts"
import type { CompiledCode, Frame } from "./frame.ts"
import type { Program } from "./program.ts"

/** Code that has a program. */
export interface Programmed extends CompiledCode {
  programFor(): Program
}

/** The second driver. */
export interface Deep {
  /** Makes the program of a piece of Core. */
  readonly programOf: (code: Code, compiler: Compiler) => Program
  /** Runs a program from its start to its end. */
  readonly runProgram: (program: Program, frame: Frame) => Value
}

let offered: Deep | null = null

/** Says how calls go on. */
export function offerDeep(driver: Deep): void {
  offered ??= driver
}

/** The second driver, for a call that needs it. */
export function deep(): Deep {
  if (offered !== null) return offered
  // not for programs to catch: what they do must not depend on what is loaded when
  throw new FaultError([faultOf(faults.notLoadedYet("deep recursion"))], false)
}
