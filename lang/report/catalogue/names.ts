/**
 * Faults E02xx: names, scopes, imports and where a statement may stand.
 * They are found before anything runs.
 * They must not depend on values.
 */

import type { FaultText } from "../fault.ts"
import { didYouMean, quote } from "../words.ts"

/** What other languages call what has another name here. */
const elsewhere: ReadonlyMap<string, string> = new Map(
  Object.entries({
    D: "diff",
    arccos: "acos",
    arcsin: "asin",
    arctan: "atan",
    arctan2: "atan2",
    arange: "range",
    console: "print",
    deriv: "diff",
    derivative: "diff",
    gradient: "grad",
    length: "len",
    power: "pow",
    rand: "uniform",
    randn: "normal",
    random: "uniform",
    reduce: "fold",
    std: "stddev",
    True: "true",
    False: "false",
    None: "()",
    null: "()",
  }),
)

function calledHere(name: string): string | undefined {
  const known = elsewhere.get(name)
  return known === undefined ? undefined : `here it is called \`${known}\``
}

export const nameFaults = {
  /** `candidates` are the names in scope; the nearest becomes the hint. `assigned`: it stands on the left of an assignment. */
  unknownName: (name: string, candidates: Iterable<string> = [], assigned = false): FaultText => ({
    code: "E0201",
    message: `there is no \`${name}\` here`,
    hint: assigned
      ? (didYouMean(name, candidates) ?? `a new name is bound by \`let ${name} = …\` or \`var ${name} = …\``)
      : (calledHere(name) ?? didYouMean(name, candidates)),
  }),
  notAssignable: (name: string): FaultText => ({
    code: "E0202",
    message: `\`${name}\` cannot be assigned: it is not a \`var\``,
    hint: `declare it with \`var ${name} = …\`, or bind a new name with \`let\``,
  }),
  assignOuter: (name: string): FaultText => ({
    code: "E0203",
    message: `\`${name}\` belongs to an outer function and is read-only here`,
    hint: "return the new value and assign it where the variable was declared",
  }),
  duplicateFunction: (name: string): FaultText => ({
    code: "E0204",
    message: `this block already defines a function \`${name}\``,
  }),
  duplicateBinding: (name: string): FaultText => ({
    code: "E0205",
    message: `\`${name}\` is bound twice in one pattern or parameter list`,
  }),
  usedBeforeDefinition: (name: string): FaultText => ({
    code: "E0206",
    message: `\`${name}\` is used before its definition has run`,
    hint: "move the definition up",
  }),
  returnOutside: (): FaultText => ({ code: "E0207", message: "`return` stands outside a function" }),
  breakOutside: (word: "break" | "continue"): FaultText => ({
    code: "E0208",
    message: `\`${word}\` stands outside a loop`,
  }),
  exitInComprehension: (word: string): FaultText => ({
    code: "E0209",
    message: `\`${word}\` cannot stand in the element of a comprehension`,
    hint: "use a `for` loop",
  }),
  duplicateType: (name: string): FaultText => ({
    code: "E0210",
    message: `\`${name}\` is already defined as a type or variant in this module`,
  }),
  duplicateField: (name: string): FaultText => ({ code: "E0211", message: `the field \`${name}\` is given twice` }),
  unknownVariant: (name: string, candidates: Iterable<string> = []): FaultText => ({
    code: "E0212",
    message: `there is no variant \`${name}\` here`,
    hint:
      didYouMean(name, candidates) ??
      (/^\p{Lu}/u.test(name) ? undefined : `a function is defined by \`fn ${name}(…) = …\``),
  }),
  variantFields: (name: string, expected: number, given: number): FaultText => ({
    code: "E0213",
    message: `\`${name}\` has ${quote.count(expected, "field")}, but the pattern takes ${String(given)}`,
  }),
  noVariantField: (variant: string, field: string, candidates: readonly string[]): FaultText => ({
    code: "E0214",
    message: `\`${variant}\` has no field \`${field}\``,
    hint:
      didYouMean(field, candidates) ?? (candidates.length > 0 ? `its fields are ${quote.list(candidates)}` : undefined),
  }),
  alternativesDiffer: (name: string): FaultText => ({
    code: "E0215",
    message: `\`${name}\` is bound in one alternative of the pattern and not in the other`,
    hint: "every alternative must bind the same names",
  }),
  unknownModule: (specifier: string, candidates: Iterable<string> = []): FaultText => ({
    code: "E0216",
    message: `there is no module ${JSON.stringify(specifier)}`,
    hint: didYouMean(specifier, candidates),
  }),
  notExported: (module: string, name: string, candidates: Iterable<string> = []): FaultText => ({
    code: "E0217",
    message: `the module ${JSON.stringify(module)} has no \`${name}\``,
    hint: name.startsWith("_") ? "names that begin with `_` are private to their module" : didYouMean(name, candidates),
  }),
  /** `circle` lists the module names, the first repeated at the end. */
  circularImport: (circle: readonly string[]): FaultText => ({
    code: "E0218",
    message: `the modules import each other in a circle: ${circle.join(" → ")}`,
  }),
  moduleAsValue: (name: string): FaultText => ({
    code: "E0219",
    message: `\`${name}\` is a module and no value`,
    hint: `take something from it: \`${name}.name\``,
  }),
  requiredAfterOptional: (name: string): FaultText => ({
    code: "E0220",
    message: `the required parameter \`${name}\` follows an optional one`,
    hint: "put the parameters with defaults last",
  }),
  definedBelow: (name: string): FaultText => ({
    code: "E0221",
    message: `\`${name}\` is defined further down`,
    hint: "a `let` or `var` is seen only by what stands below it: move it up",
  }),
  typeAsValue: (name: string): FaultText => ({
    code: "E0222",
    message: `\`${name}\` is a type and no value`,
    hint: "values are made by its variants",
  }),
}
