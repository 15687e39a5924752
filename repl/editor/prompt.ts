/**
 * The prompt: what every key does to the text, the history, the menu of completions and the search.
 * `press` is a function from a state and a key to the next state and, now and then, something to be done by those who own the session. It must not know
 * terminals, engines or files.
 */

import {
  copy,
  cut,
  emptyBuffer,
  erase,
  hasLine,
  insert,
  move,
  redo,
  replace,
  transpose,
  undo,
  withText,
  yank,
  yankEarlier,
  type Buffer,
  type Movement,
} from "./buffer.ts"
import type { Entry } from "./catalogue.ts"
import { commonPrefix, complete, type Sources } from "./complete.ts"
import { neighbour, remember, search, type Browsing, type Match } from "./history.ts"
import { letterBefore, letters } from "./letters.ts"
import { lineStart } from "./text.ts"

export interface Menu {
  readonly from: number
  readonly items: readonly Entry[]
  readonly chosen: number
}

export interface Search {
  readonly query: string
  readonly matches: readonly Match[]
  readonly chosen: number
}

export interface Prompt {
  readonly buffer: Buffer
  readonly history: readonly string[]
  readonly browsing: Browsing | null
  readonly menu: Menu | null
  readonly search: Search | null
}

/** What the owner of the session is asked to do. */
export type Effect =
  | { readonly kind: "submit"; readonly text: string }
  /** Ctrl-C on an empty prompt. */
  | { readonly kind: "interrupt" }
  /** Ctrl-D on an empty prompt. */
  | { readonly kind: "end" }
  | { readonly kind: "clear" }

/** What the prompt asks of its surroundings. */
export interface Surroundings {
  readonly sources: Sources
  /** Would more text help? */
  isIncomplete(text: string): boolean
}

export interface Pressed {
  readonly prompt: Prompt
  readonly effect: Effect | null
}

export function newPrompt(history: readonly string[] = []): Prompt {
  return { buffer: emptyBuffer, history, browsing: null, menu: null, search: null }
}

/**
 * A key as `press` knows it: `enter`, `tab`, `left`, `ctrl-a`, `alt-b`, `shift-left`, or text to be inserted.
 */
export type Key = { readonly name: string } | { readonly text: string }

const indentation = "  "

/** What a key does. */
export function press(prompt: Prompt, key: Key, around: Surroundings): Pressed {
  if (prompt.search !== null) return inSearch(prompt, key, around)
  if ("text" in key) return done(typed(prompt, key.text, around))
  const { name } = key
  if (prompt.menu !== null) {
    const next = inMenu(prompt, prompt.menu, name)
    if (next !== null) return done(next)
  }
  const closed: Prompt = prompt.menu === null ? prompt : { ...prompt, menu: null }
  switch (name) {
    case "enter":
      return enter(closed, around)
    case "alt-enter":
    case "shift-enter":
      return done(edited(closed, newline(closed.buffer)))
    case "tab":
      return done(tab(closed, around))
    case "up":
    case "ctrl-p":
      return done(hasLine(closed.buffer, "up") ? edited(closed, move(closed.buffer, "up"), true) : older(closed))
    case "down":
    case "ctrl-n":
      return done(hasLine(closed.buffer, "down") ? edited(closed, move(closed.buffer, "down"), true) : newer(closed))
    case "page-up":
      return done(older(closed))
    case "page-down":
      return done(newer(closed))
    case "ctrl-r":
      return done({ ...closed, search: { query: "", matches: search(closed.history, ""), chosen: 0 } })
    case "ctrl-c":
      if (closed.buffer.text === "") return { prompt: closed, effect: { kind: "interrupt" } }
      return done({ ...closed, buffer: withText(closed.buffer, ""), browsing: null })
    case "ctrl-d":
      if (closed.buffer.text === "") return { prompt: closed, effect: { kind: "end" } }
      return done(edited(closed, erase(closed.buffer, "right")))
    case "ctrl-l":
      return { prompt: closed, effect: { kind: "clear" } }
    default: {
      const change = Object.hasOwn(changes, name) ? changes[name]! : null
      if (change !== null) return done(edited(closed, change(closed.buffer)))
      const movement = Object.hasOwn(movements, name) ? movements[name]! : null
      return done(movement === null ? closed : edited(closed, movement(closed.buffer), true))
    }
  }
}

const done = (prompt: Prompt): Pressed => ({ prompt, effect: null })

/** The prompt with another buffer; a change of the text ends walking through the history. */
function edited(prompt: Prompt, buffer: Buffer, keepsPlace = false): Prompt {
  if (buffer === prompt.buffer) return prompt
  return { ...prompt, buffer, browsing: keepsPlace || buffer.text === prompt.buffer.text ? prompt.browsing : null }
}

const to =
  (by: Movement, select = false) =>
  (buffer: Buffer): Buffer =>
    move(buffer, by, select)

const movements: Readonly<Record<string, (buffer: Buffer) => Buffer>> = {
  left: to("left"),
  "ctrl-b": to("left"),
  right: to("right"),
  "ctrl-f": to("right"),
  home: to("line-start"),
  "ctrl-a": to("line-start"),
  end: to("line-end"),
  "ctrl-e": to("line-end"),
  "ctrl-left": to("word-left"),
  "alt-left": to("word-left"),
  "alt-b": to("word-left"),
  "ctrl-right": to("word-right"),
  "alt-right": to("word-right"),
  "alt-f": to("word-right"),
  "alt-<": to("start"),
  "ctrl-home": to("start"),
  "alt->": to("end"),
  "ctrl-end": to("end"),
  "shift-left": to("left", true),
  "shift-right": to("right", true),
  "shift-up": to("up", true),
  "shift-down": to("down", true),
  "shift-home": to("line-start", true),
  "shift-end": to("line-end", true),
  "ctrl-shift-left": to("word-left", true),
  "ctrl-shift-right": to("word-right", true),
}

const changes: Readonly<Record<string, (buffer: Buffer) => Buffer>> = {
  backspace: (buffer) => erase(buffer, "left"),
  "ctrl-h": (buffer) => erase(buffer, "left"),
  delete: (buffer) => erase(buffer, "right"),
  "ctrl-w": (buffer) => cut(buffer, "word-left"),
  "alt-backspace": (buffer) => cut(buffer, "word-left"),
  "alt-d": (buffer) => cut(buffer, "word-right"),
  "ctrl-k": (buffer) => cut(buffer, "line-end"),
  "ctrl-u": (buffer) => cut(buffer, "line-start"),
  "ctrl-y": yank,
  "alt-y": yankEarlier,
  "alt-w": copy,
  "ctrl-t": transpose,
  "ctrl-z": undo,
  "ctrl-_": undo,
  "alt-z": redo,
}

// ---------------------------------------------------------------- typing

/** Text that came key by key or as a paste: line ends are made one kind, and what no terminal can show is left out. */
export function cleaned(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/\t/g, indentation)
    .replace(/(?!\n)[\p{Cc}\p{Cs}]/gu, "")
}

function typed(prompt: Prompt, text: string, around: Surroundings): Prompt {
  const clean = cleaned(text)
  if (clean === "") return prompt
  const { buffer } = prompt
  const start = lineStart(buffer.text, buffer.cursor)
  const lead = buffer.text.slice(start, buffer.cursor)
  // A closing brace at the beginning of a line stands one step further left.
  const closing = clean === "}" && lead !== "" && lead.trim() === "" && buffer.anchor === null
  const next = closing
    ? replace(buffer, buffer.cursor - Math.min(indentation.length, lead.length), buffer.cursor, clean)
    : insert(buffer, clean)
  const out = edited(prompt, next)
  if (prompt.menu === null) return out
  return { ...out, menu: narrowed(prompt.menu, next, around) }
}

/** The menu for a text that was changed while it was open. */
function narrowed(menu: Menu, buffer: Buffer, around: Surroundings): Menu | null {
  const found = complete(buffer.text, buffer.cursor, around.sources)
  return found === null || found.from !== menu.from ? null : { ...found, chosen: 0 }
}

/** A pasted text at the cursor, which is undone by itself; of a copied session only what was typed stays. */
export function paste(prompt: Prompt, text: string): Prompt {
  const clean = withoutPrompts(cleaned(text))
  if (prompt.search !== null || clean === "") return prompt
  const buffer = insert({ ...prompt.buffer, last: null }, clean)
  return { ...prompt, buffer: { ...buffer, last: null }, browsing: null, menu: null }
}

/** A transcript begins with a prompt; the lines with prompts are the input, those without are what was shown. */
function withoutPrompts(text: string): string {
  if (!/^\s*adl> /.test(text)) return text
  return text
    .split("\n")
    .flatMap((line) => {
      const found = /^\s*(?:adl> | {2}\.\. )(.*)$/.exec(line)
      return found === null ? [] : [found[1]!]
    })
    .join("\n")
}

function newline(buffer: Buffer): Buffer {
  const lead = /^ */.exec(buffer.text.slice(lineStart(buffer.text, buffer.cursor)))![0]
  const before = buffer.text.slice(0, buffer.cursor)
  const deeper = /[{([]\s*$|=>\s*$/.test(before) ? indentation : ""
  // What closes here goes to a line of its own.
  const rest = /^\s*[})\]]/.test(buffer.text.slice(buffer.cursor)) && deeper !== "" ? `\n${lead}` : ""
  const next = insert({ ...buffer, last: null }, `\n${lead}${deeper}${rest}`)
  return { ...next, cursor: next.cursor - rest.length, last: null }
}

function enter(prompt: Prompt, around: Surroundings): Pressed {
  const { text } = prompt.buffer
  if (text.trim() === "") return done({ ...prompt, buffer: withText(prompt.buffer, "") })
  if (!text.trimStart().startsWith(":") && around.isIncomplete(text)) {
    return done(edited(prompt, newline(prompt.buffer)))
  }
  return {
    prompt: {
      ...prompt,
      buffer: withText(prompt.buffer, ""),
      history: remember(prompt.history, text),
      browsing: null,
    },
    effect: { kind: "submit", text },
  }
}

// ---------------------------------------------------------------- history

/** What an entry must begin with: what stands before the cursor when one begins to look. */
function older(prompt: Prompt): Prompt {
  const { buffer, history } = prompt
  const from = prompt.browsing ?? {
    at: history.length,
    draft: buffer.text,
    prefix: buffer.text.slice(0, buffer.cursor),
  }
  const at = neighbour(history, from.at, -1, from.prefix, buffer.text)
  if (at === null) return prompt
  return { ...prompt, buffer: recalled(buffer, history[at]!, from.prefix), browsing: { ...from, at } }
}

function newer(prompt: Prompt): Prompt {
  const { browsing, history, buffer } = prompt
  if (browsing === null) return prompt
  const at = neighbour(history, browsing.at, 1, browsing.prefix, buffer.text)
  if (at === null) {
    return { ...prompt, buffer: withText(buffer, browsing.draft, browsing.prefix.length), browsing: null }
  }
  return { ...prompt, buffer: recalled(buffer, history[at]!, browsing.prefix), browsing: { ...browsing, at } }
}

/** An entry in the buffer; the cursor shows what it was looked up by. */
function recalled(buffer: Buffer, text: string, prefix: string): Buffer {
  return withText(buffer, text, prefix === "" ? text.length : prefix.length)
}

function inSearch(prompt: Prompt, key: Key, around: Surroundings): Pressed {
  const current = prompt.search!
  const query = (text: string): Pressed =>
    done({ ...prompt, search: { query: text, matches: search(prompt.history, text), chosen: 0 } })
  const choose = (step: number): Pressed => {
    const last = current.matches.length - 1
    return done({ ...prompt, search: { ...current, chosen: Math.max(0, Math.min(last, current.chosen + step)) } })
  }
  const taken = (): Prompt => {
    const match = current.matches[current.chosen]
    const buffer = match === undefined ? prompt.buffer : withText(prompt.buffer, match.text)
    return { ...prompt, search: null, buffer, browsing: null }
  }
  if ("text" in key) return query(current.query + cleaned(key.text).replace(/\n/g, " "))
  switch (key.name) {
    case "backspace":
    case "ctrl-h":
      return query(current.query.slice(0, -1))
    case "ctrl-w":
    case "ctrl-u":
      return query("")
    case "up":
    case "ctrl-r":
    case "ctrl-p":
      return choose(1)
    case "down":
    case "ctrl-s":
    case "ctrl-n":
      return choose(-1)
    case "enter":
    case "tab":
      return done(taken())
    case "escape":
    case "ctrl-c":
    case "ctrl-g":
      return done({ ...prompt, search: null })
    case "ctrl-d":
      return current.query === "" ? done({ ...prompt, search: null }) : done(prompt)
    default:
      return press(taken(), key, around)
  }
}

// ---------------------------------------------------------------- completion

function tab(prompt: Prompt, around: Surroundings): Prompt {
  const { buffer } = prompt
  const letter = letterBefore(buffer.text, buffer.cursor)
  const sign = letter === null ? undefined : letters.get(letter.name)
  if (letter !== null && sign !== undefined) return edited(prompt, replace(buffer, letter.start, buffer.cursor, sign))
  const found = complete(buffer.text, buffer.cursor, around.sources)
  if (found === null) {
    // At the beginning of a line Tab indents.
    const lead = buffer.text.slice(lineStart(buffer.text, buffer.cursor), buffer.cursor)
    return lead.trim() === "" && buffer.text.trim() !== "" ? edited(prompt, insert(buffer, indentation)) : prompt
  }
  if (found.items.length === 1) return accepted(prompt, found.from, found.items[0]!)
  const common = commonPrefix(found.items)
  const longer = common.length > buffer.cursor - found.from
  const next = longer ? edited(prompt, replace(buffer, found.from, buffer.cursor, common)) : prompt
  return { ...next, menu: { ...found, chosen: 0 } }
}

function accepted(prompt: Prompt, from: number, entry: Entry): Prompt {
  const { buffer } = prompt
  const ending = entry.kind === "argument" || entry.kind === "command" ? " " : ""
  const rest = buffer.text.slice(buffer.cursor)
  const text = ending !== "" && rest.startsWith(" ") ? entry.name : entry.name + ending
  return { ...edited(prompt, replace(buffer, from, buffer.cursor, text)), menu: null }
}

/** A key while the menu is open; null where it closes the menu and has its usual meaning. */
function inMenu(prompt: Prompt, menu: Menu, name: string): Prompt | null {
  const n = menu.items.length
  const choose = (step: number): Prompt => ({ ...prompt, menu: { ...menu, chosen: (menu.chosen + step + n) % n } })
  switch (name) {
    case "tab":
    case "down":
    case "ctrl-n":
      return choose(1)
    case "shift-tab":
    case "up":
    case "ctrl-p":
      return choose(-1)
    case "page-down":
      return { ...prompt, menu: { ...menu, chosen: Math.min(n - 1, menu.chosen + 7) } }
    case "page-up":
      return { ...prompt, menu: { ...menu, chosen: Math.max(0, menu.chosen - 7) } }
    case "enter":
    case "right":
      return accepted(prompt, menu.from, menu.items[menu.chosen]!)
    case "escape":
    case "ctrl-c":
    case "ctrl-g":
      return { ...prompt, menu: null }
    default:
      return null
  }
}
