/**
 * Faults E06xx: files and what is read from them.
 * Paths appear as the user gave them.
 * They must not know a file system.
 */

import type { FaultText } from "../fault.ts"

export const fileFaults = {
  cannotRead: (path: string, reason: string): FaultText => ({
    code: "E0601",
    message: `cannot read ${path}: ${reason}`,
  }),
  cannotWrite: (path: string, reason: string): FaultText => ({
    code: "E0602",
    message: `cannot write ${path}: ${reason}`,
  }),
  noFiles: (name: string): FaultText => ({
    code: "E0603",
    message: `\`${name}\` needs files, and this program has none`,
  }),
  malformed: (path: string, line: number, column: number, problem: string): FaultText => ({
    code: "E0604",
    message: `${path}, line ${String(line)}, column ${String(column)}: ${problem}`,
  }),
  noPngRenderer: (): FaultText => ({
    code: "E0606",
    message: "a PNG picture needs the package `@resvg/resvg-js`, which is not installed",
    hint: "`npm install @resvg/resvg-js` brings it; an SVG picture needs nothing",
  }),
  malformedBytes: (path: string, offset: number, problem: string): FaultText => ({
    code: "E0607",
    message: `${path}, byte ${String(offset)}: ${problem}`,
  }),
  notText: (path: string): FaultText => ({ code: "E0605", message: `${path} is not a text in UTF-8` }),
}
