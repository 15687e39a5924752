/**
 * Faults E08xx: commands of a session.
 * They tell how the command is written.
 * They must not know what commands do.
 */

import type { FaultText } from "../fault.ts"

export const sessionFaults = {
  unknownCommand: (name: string, near: string | null): FaultText => ({
    code: "E0801",
    message: `there is no command \`:${name}\``,
    hint: near === null ? "`:help` lists the commands" : `did you mean \`:${near}\`?`,
  }),
  commandArgument: (problem: string, usage: string): FaultText => ({
    code: "E0802",
    message: problem,
    hint: `it is written \`${usage}\``,
  }),
  nothingYet: (message: string, hint?: string): FaultText => ({ code: "E0803", message, hint }),
}
