/**
 * Inputs of several lines, for sessions that read line by line.
 * Lines are kept until they are a whole program. It must not know where lines come from, nor what is done with inputs.
 */

import { isIncomplete } from "../lang/parse.ts"

export interface Gathered {
  /** What is kept for the lines to come; empty between inputs. */
  readonly pending: string
  /** What can run now. */
  readonly input: string | null
}

/** Takes one more line to those that are pending. */
export function gathered(pending: string, line: string): Gathered {
  const text = pending === "" ? line : `${pending}\n${line}`
  if (text.trim() === "") return { pending: "", input: null }
  return isIncomplete({ name: "<input>", text }) ? { pending: text, input: null } : { pending: "", input: text }
}
