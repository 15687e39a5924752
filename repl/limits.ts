/**
 * Bounds of evaluations as a person sets them: `:limits time 2`.
 * They are the flags of the command line under other names. It must not know who counts.
 */

import type { Invocation } from "../cli/invocation.ts"
import { apartFaults } from "../lang/report/catalogue/apart.ts"
import { raise } from "../lang/report/fault.ts"

type Flags = Invocation["flags"]

const usage = ":limits [steps|time|memory|depth N | off]"
const names: Readonly<Record<string, string>> = { steps: "steps", time: "timeout", memory: "memory", depth: "depth" }

/** Flags with a bound changed as the argument says. */
export function limitsGiven(flags: Flags, argument: string): Flags {
  const words = argument.split(/\s+/)
  if (words.length === 1 && words[0] === "off") {
    return Object.fromEntries(Object.entries(flags).filter(([flag]) => !Object.values(names).includes(flag)))
  }
  const [name, amount] = words
  const flag = name !== undefined && Object.hasOwn(names, name) ? names[name] : undefined
  if (flag === undefined || words.length !== 2)
    raise(apartFaults.commandArgument("a limit has a name and a number", usage))
  if (amount === "off") return Object.fromEntries(Object.entries(flags).filter(([other]) => other !== flag))
  const value = Number(amount)
  if (!(value > 0) || (flag === "depth" && !(Number.isInteger(value) && value <= 1_000_000))) {
    const expected = flag === "depth" ? "a whole number of at most 1000000" : "a number above 0"
    raise(apartFaults.commandArgument(`the limit \`${name!}\` is ${expected}, not \`${amount!}\``, usage))
  }
  return { ...flags, [flag]: String(value) }
}

/** The bounds in force. */
export function limitsText(flags: Flags): string {
  const text = (flag: string, otherwise: string, unit: string): string => {
    const value = flags[flag]
    return typeof value === "string" ? `${Number(value).toLocaleString("en-US")}${unit}` : otherwise
  }
  return [
    `steps   ${text("steps", "no limit", "")}`,
    `time    ${text("timeout", "no limit", " s")}`,
    `memory  ${text("memory", "1024", "")} MB`,
    `depth   ${text("depth", "10,000", "")} calls`,
  ].join("\n")
}
