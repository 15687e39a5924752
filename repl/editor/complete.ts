/**
 * What could stand at the cursor: names, fields, named arguments, modules, files, commands, letters.
 * The text before the cursor alone decides which of them; half-written programs are the usual case, so it is read backwards by characters and not parsed.
 * It must not know where names come from.
 */

import { letterBefore, letters } from "./letters.ts"
import type { Catalogue, CommandEntry, Entry } from "./catalogue.ts"

/** Candidates for the text from `from` to the cursor. */
export interface Completion {
  readonly from: number
  readonly items: readonly Entry[]
}

/** What completion asks of its surroundings. */
export interface Sources {
  readonly catalogue: Catalogue
  readonly commands: readonly CommandEntry[]
  /** Names in the folder of a path that is being written; folders end in `/`. */
  files(path: string): readonly string[]
}

const keywords =
  "let var fn match if else for in while break continue return do true false and or not type import test bench"
    .split(" ")
    .map((name): Entry => ({ name, kind: "keyword", signature: "", doc: "" }))

const word = /[\p{L}_][\p{L}\p{N}\p{M}_]*$/u
/** Nothing farther back than this is looked at. */
const reach = 4000

/** The candidates at the cursor, best first; null where there is nothing to complete. */
export function complete(text: string, cursor: number, sources: Sources): Completion | null {
  const head = text.slice(Math.max(0, cursor - reach), cursor)
  const at = cursor - head.length
  const letter = letterBefore(text, cursor)
  if (letter !== null) return letterItems(letter.start, letter.name)
  const command = /^\s*:(\w*)(\s+)?/.exec(text.slice(0, cursor))
  if (command !== null) {
    if (command[2] === undefined) return ranked(cursor - command[1]!.length, command[1]!, sources.commands)
    const kind = sources.commands.find((entry) => entry.name === command[1])?.argument ?? "expression"
    if (kind === "none") return null
    if (kind === "command") return named(text, cursor, [...sources.commands, ...sources.catalogue.names])
    if (kind === "file") {
      const path = /\S*$/.exec(head)![0]
      return files(cursor - path.length, path, sources)
    }
    if (kind === "name") return named(text, cursor, [...sources.catalogue.names, ...sources.catalogue.modules])
  }
  const place = placeOf(head)
  if (place.string !== null) {
    const start = at + place.string
    const inside = text.slice(start, cursor)
    const importing = /\b(import|from)\s*$/.test(text.slice(Math.max(0, start - 200), start - 1))
    if (importing && !inside.startsWith(".")) return ranked(start, inside, sources.catalogue.modules)
    return files(start, inside, sources)
  }
  if (place.comment) return null
  const prefix = word.exec(head)?.[0] ?? ""
  const from = cursor - prefix.length
  const path = /((?:[\p{L}_][\p{L}\p{N}\p{M}_]*\s*\.\s*)+)$/u.exec(head.slice(0, head.length - prefix.length))
  if (path !== null) return ranked(from, prefix, fieldsAt(path[1]!, sources.catalogue))
  // A number is no name, and a point behind one no field.
  if (/[\d.]$/.test(head.slice(0, head.length - prefix.length)) && prefix !== "") return null
  const taken = place.call === null ? undefined : entryOf(place.call, sources.catalogue)
  const parameters = (taken?.parameters ?? []).map((name): Entry => ({
    name: `${name}:`,
    kind: "argument",
    signature: `argument of ${taken!.name}`,
    doc: "",
  }))
  const found = ranked(from, prefix, [...parameters, ...sources.catalogue.names, ...(prefix === "" ? [] : keywords)])
  return prefix === "" && parameters.length === 0 ? null : found
}

/** The name at the cursor, whatever it stands in. */
function named(text: string, cursor: number, entries: readonly Entry[]): Completion | null {
  const prefix = /[^\s:]*$/.exec(text.slice(0, cursor))![0]
  return ranked(cursor - prefix.length, prefix, entries)
}

function letterItems(start: number, name: string): Completion | null {
  const items = [...letters.keys()]
    .filter((candidate) => candidate.startsWith(name))
    .sort((a, b) => (a === name ? -1 : b === name ? 1 : a < b ? -1 : 1))
    .map((candidate): Entry => ({
      name: letters.get(candidate)!,
      kind: "letter",
      signature: `\\${candidate}`,
      doc: "",
    }))
  return items.length === 0 ? null : { from: start, items }
}

function files(from: number, path: string, sources: Sources): Completion | null {
  const folder = path.slice(0, path.lastIndexOf("/") + 1)
  const items = sources
    .files(path)
    .map((name): Entry => ({ name: folder + name, kind: "file", signature: "", doc: "" }))
  return ranked(from, path, items)
}

/** Entries that begin with the prefix; where there are none, those whose letters contain it in order. */
function ranked(from: number, prefix: string, entries: readonly Entry[]): Completion | null {
  const seen = new Set<string>()
  const unique = entries.filter((entry) => !seen.has(entry.name) && seen.add(entry.name))
  const exact = unique.filter((entry) => entry.name.startsWith(prefix))
  const folded = prefix.toLowerCase()
  const loose = (test: (name: string) => boolean): Entry[] => unique.filter((entry) => test(entry.name.toLowerCase()))
  let items = exact
  if (items.length === 0) items = loose((name) => name.startsWith(folded))
  if (items.length === 0 && prefix.length >= 2) items = loose((name) => isScattered(folded, name))
  if (items.length === 0) return null
  return items.length === 1 && items[0]!.name === prefix ? null : { from, items }
}

function isScattered(part: string, name: string): boolean {
  if (name[0] !== part[0]) return false
  let at = 0
  for (const character of name) if (character === part[at]) at++
  return at === part.length
}

function entryOf(path: string, catalogue: Catalogue): Entry | undefined {
  const [first, ...rest] = path.split(".").map((part) => part.trim())
  let entry = catalogue.names.find((candidate) => candidate.name === first)
  for (const part of rest) entry = entry?.fields?.find((field) => field.name === part)
  return entry
}

function fieldsAt(path: string, catalogue: Catalogue): readonly Entry[] {
  return entryOf(path.replace(/\s*\.\s*$/, ""), catalogue)?.fields ?? []
}

interface Place {
  /** Offset behind the quote of the string that the cursor stands in. */
  readonly string: number | null
  readonly comment: boolean
  /** What is called by the innermost open parenthesis: `f`, `optim.adam`. */
  readonly call: string | null
}

/** Where the end of a half-written text is. */
export function placeOf(head: string): Place {
  // What is open: for `(` the offset of it, for a string the offset behind its quote.
  const open: { readonly sign: string; readonly at: number }[] = []
  for (let i = 0; i < head.length; i++) {
    const sign = head[i]!
    const top = open.at(-1)
    if (top?.sign === '"') {
      if (sign === "\\") i++
      else if (sign === '"' || sign === "\n") open.pop()
      else if (sign === "{") open.push({ sign: "{", at: i })
    } else if (sign === '"') open.push({ sign: '"', at: i + 1 })
    else if (sign === "/" && head[i + 1] === "/") {
      const end = head.indexOf("\n", i)
      if (end < 0) return { string: null, comment: true, call: null }
      i = end
    } else if (sign === "(" || sign === "[" || sign === "{") open.push({ sign, at: i })
    else if (sign === ")" || sign === "]" || sign === "}") open.pop()
  }
  const top = open.at(-1)
  if (top?.sign === '"') return { string: top.at, comment: false, call: null }
  const paren = top?.sign === "(" ? top : undefined
  const callee =
    paren === undefined
      ? null
      : /[\p{L}_][\p{L}\p{N}\p{M}_.]*$/u.exec(head.slice(Math.max(0, paren.at - 200), paren.at))
  return { string: null, comment: false, call: callee?.[0] ?? null }
}

/** The function whose call the cursor stands in, for the line that tells its parameters. */
export function calledAt(text: string, cursor: number, catalogue: Catalogue): Entry | null {
  const { call } = placeOf(text.slice(Math.max(0, cursor - reach), cursor))
  const entry = call === null ? undefined : entryOf(call, catalogue)
  return entry !== undefined && (entry.kind === "function" || entry.kind === "variant") ? entry : null
}

/** What all candidates begin with. */
export function commonPrefix(items: readonly Entry[]): string {
  let prefix = items[0]?.name ?? ""
  for (const { name } of items) while (!name.startsWith(prefix)) prefix = prefix.slice(0, -1)
  return prefix
}
