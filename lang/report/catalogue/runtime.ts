/**
 * Faults E03xx: what goes wrong while a program runs.
 * Values are named by what a person calls their kind (`a number`, `an array of shape (2, 3)`), which the caller writes.
 * They must not know values themselves.
 */

import type { FaultText } from "../fault.ts"
import { didYouMean, quote } from "../words.ts"

/** A shape as written in messages: `(2, 3)`, `()` for a number. */
type Shape = readonly number[]

/** What other libraries call the options of the operators of differentiation. */
const FOREIGN_ARGUMENTS: ReadonlyMap<string, string> = new Map([
  ["argnums", "arguments to differentiate by are picked by `wrt`, as in `grad(f, wrt: 0)`"],
  ["argnum", "arguments to differentiate by are picked by `wrt`, as in `grad(f, wrt: 0)`"],
  ["has_aux", "results beside the value are let through by `aux: true`"],
])

export const runtimeFaults = {
  /** `expected` is a count or a range in words, `2` or `1 to 3`. */
  wrongArity: (name: string, expected: string, given: number, signature?: string): FaultText => ({
    code: "E0301",
    message: `\`${name}\` takes ${expected} argument${expected === "1" ? "" : "s"}, but got ${String(given)}`,
    hint: signature === undefined ? undefined : `its parameters: \`${signature}\``,
  }),
  missingArgument: (name: string, parameter: string, signature?: string): FaultText => ({
    code: "E0302",
    message: `\`${name}\` needs an argument for \`${parameter}\``,
    hint: signature === undefined ? undefined : `its parameters: \`${signature}\``,
  }),
  unknownArgument: (name: string, argument: string, candidates: readonly string[]): FaultText => ({
    code: "E0303",
    message: `\`${name}\` has no parameter \`${argument}\``,
    hint:
      FOREIGN_ARGUMENTS.get(argument) ??
      didYouMean(argument, candidates) ??
      (candidates.length > 0 ? `it has ${quote.list(candidates)}` : undefined),
  }),
  repeatedArgument: (name: string, argument: string): FaultText => ({
    code: "E0304",
    message: `\`${name}\` got \`${argument}\` twice`,
  }),
  notAFunction: (kind: string): FaultText => ({
    code: "E0305",
    message: `this is ${kind} and cannot be called`,
    hint: kind === "a number" ? "a product is written with `*`" : undefined,
  }),
  notABoolean: (kind: string): FaultText => ({
    code: "E0306",
    message: `a condition must be true or false; this is ${kind}`,
    hint: kind.includes("array")
      ? "reduce it with `any` or `all`, or choose element by element with `where`"
      : kind === "a number"
        ? "compare it: `x != 0`"
        : undefined,
  }),
  /** An operator or built-in got a kind of value that it does not take. */
  wrongOperand: (operation: string, kind: string, expected?: string): FaultText => ({
    code: "E0307",
    message: `\`${operation}\` does not take ${kind}`,
    hint:
      operation === "++" && kind === "a number"
        ? "it joins two arrays or lists, or two strings; a variable is counted up by `x += 1`"
        : expected === undefined
          ? undefined
          : `it takes ${expected}`,
  }),
  wrongArgument: (name: string, parameter: string, expected: string, kind: string): FaultText => ({
    code: "E0308",
    message: `\`${name}\` needs ${expected} for \`${parameter}\`, but got ${kind}`,
  }),
  indexOutOfRange: (index: number, length: number): FaultText => ({
    code: "E0309",
    message: `the index ${String(index)} is out of range: there ${length === 1 ? "is 1 element" : `are ${String(length)} elements`}`,
    hint:
      length === 0 ? undefined : `indices run from 0 to ${String(length - 1)}, or from -1 back to ${String(-length)}`,
  }),
  sliceOutOfRange: (from: number, to: number, length: number): FaultText => ({
    code: "E0310",
    message: `the slice ${String(from)}..${String(to)} is out of range: the length is ${String(length)}`,
  }),
  /** `what` names the number: `an index`, `a range bound`, `a count`. */
  notAnInteger: (what: string, value: number): FaultText => ({
    code: "E0311",
    message: `${what} must be an integer; this is ${String(value)}`,
    hint: Number.isFinite(value) ? "use `round`, `floor` or `trunc` if that is meant" : undefined,
  }),
  tooManyIndices: (count: number, rank: number): FaultText => ({
    code: "E0312",
    message: `${quote.count(count, "index", "indices")} for an array of rank ${String(rank)}`,
  }),
  shapeMismatch: (operation: string, a: Shape, b: Shape): FaultText => ({
    code: "E0313",
    message: `\`${operation}\` of shapes ${quote.shape(a)} and ${quote.shape(b)}`,
    hint: "shapes must agree from the last axis backwards, where 1 fits anything",
  }),
  /** `path` is where in the structure, `.layers[2].w`; empty at the top. */
  structureMismatch: (operation: string, path: string, a: string, b: string): FaultText => ({
    code: "E0314",
    message: `\`${operation}\` of two structures that differ${path === "" ? "" : ` at \`${path}\``}: ${a} and ${b}`,
  }),
  productOfStructures: (operation: string): FaultText => ({
    code: "E0315",
    message: `\`${operation}\` of two structures`,
    hint: "structures are scaled by numbers; for a product leaf by leaf use `tree_map`",
  }),
  noField: (kind: string, field: string, candidates: readonly string[] = []): FaultText => ({
    code: "E0316",
    message: `${kind} has no field \`${field}\``,
    hint:
      didYouMean(field, candidates) ??
      (candidates.length > 0
        ? `it has ${quote.list(candidates.slice(0, 8))}`
        : "records and variants have fields; functions stand before what they take: `len(a)`, `map(a, f)`, `a ++ [x]`"),
  }),
  notIndexable: (kind: string): FaultText => ({ code: "E0317", message: `${kind} has no elements to index` }),
  notIterable: (kind: string): FaultText => ({
    code: "E0318",
    message: `${kind} cannot be iterated`,
    hint: kind === "a number" ? "a range is written `0..n`" : undefined,
  }),
  /** `expected` is the pattern as written, `value` the value as shown. */
  noMatch: (value: string): FaultText => ({ code: "E0319", message: `no arm of this \`match\` fits ${value}` }),
  patternMismatch: (what: string, expected: string, value: string): FaultText => ({
    code: "E0320",
    message: `the pattern \`${expected}\` of this ${what} does not fit ${value}`,
    hint:
      expected.startsWith("(") && value.startsWith("[")
        ? "a tuple is taken apart by `(…)`, a list or an array by `[…]`"
        : expected.startsWith("[") && value.startsWith("(")
          ? "a list or an array is taken apart by `[…]`, a tuple by `(…)`"
          : undefined,
  }),
  compareFunctions: (): FaultText => ({ code: "E0321", message: "functions cannot be compared" }),
  compareArrayNumber: (): FaultText => ({
    code: "E0322",
    message: "`==` compares whole values; an array and a number are never one",
    hint: "compare element by element with `equal(a, b)`",
  }),
  elementDoesNotFit: (kind: string, target: string): FaultText => ({
    code: "E0323",
    message: `${kind} does not fit into ${target}`,
    hint: "a list holds anything: `list(…)`",
  }),
  spreadOf: (kind: string, into: "an array" | "a record"): FaultText => ({
    code: "E0324",
    message: `\`...\` of ${kind} in ${into}`,
  }),
  lengthsDiffer: (operation: string, a: number, b: number): FaultText => ({
    code: "E0330",
    message: `\`${operation}\` of different lengths: ${String(a)} and ${String(b)}`,
  }),
  madeNan: (operation: string): FaultText => ({
    code: "E0332",
    message: `\`${operation}\` made a nan`,
    hint: "without `--trap-nan` the run goes on with it",
  }),
  userError: (message: string): FaultText => ({ code: "E0325", message }),
  assertionFailed: (message: string | null): FaultText => ({
    code: "E0326",
    message: message === null ? "the assertion does not hold" : `assertion: ${message}`,
  }),
  calledTooEarly: (name: string): FaultText => ({
    code: "E0327",
    message: `\`${name}\` is needed before its \`let\` has run`,
    hint: "call the function after the definitions that it uses",
  }),
  functionHasNoTranspose: (kind: string): FaultText => ({
    code: "E0328",
    message: `\`'\` is the derivative of a function; this is ${kind}`,
    hint: kind.includes("array") ? "the transpose is written `A.T`" : undefined,
  }),
  noSuchUpdate: (field: string, kind: string): FaultText => ({
    code: "E0329",
    message: `${kind} has no field \`${field}\` to assign`,
    hint: "a record with another field is made by `{ ...r, name: value }`",
  }),
}
