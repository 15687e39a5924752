/**
 * From what a terminal sends to keys of the prompt.
 * One chunk may hold many keys: fast typing, type-ahead and scripts send `x\ry` at once, so that it is taken apart here. It must not know what keys do.
 */

import type { Key as InkKey } from "ink"
import type { Key } from "../editor/prompt.ts"

const named = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageDown", "page-down"],
  ["pageUp", "page-up"],
  ["home", "home"],
  ["end", "end"],
  ["return", "enter"],
  ["escape", "escape"],
  ["tab", "tab"],
  ["backspace", "backspace"],
  ["delete", "delete"],
] as const satisfies readonly (readonly [keyof InkKey, string])[]

/** The keys in what ink hands over. */
export function keysOf(input: string, key: InkKey): Key[] {
  if (key.eventType === "release") return []
  const special = named.find(([property]) => key[property])?.[1]
  // Escape as a prefix is how terminals send Alt.
  const alt = key.meta && special !== "escape"
  const prefix = `${key.ctrl ? "ctrl-" : ""}${alt ? "alt-" : ""}${key.shift && special !== undefined ? "shift-" : ""}`
  if (special !== undefined) return [{ name: prefix + special }]
  if (input === "") return []
  if (key.ctrl || alt) return [{ name: prefix + (key.ctrl ? input.toLowerCase() : input) }]
  return taken(input)
}

/** Control characters in a chunk of text are keys of their own. */
function taken(text: string): Key[] {
  const keys: Key[] = []
  let plain = ""
  const flush = (): void => {
    if (plain !== "") keys.push({ text: plain })
    plain = ""
  }
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code >= 32 && code !== 127) plain += character
    else {
      flush()
      keys.push({ name: controls.get(code) ?? `ctrl-${String.fromCharCode(code + 96)}` })
    }
  }
  flush()
  return keys
}

const controls: ReadonlyMap<number, string> = new Map([
  [9, "tab"],
  // What was typed before the program listened came through the terminal's own line editing.
  [10, "enter"],
  [13, "enter"],
  [27, "escape"],
  [31, "ctrl-_"],
  [127, "backspace"],
])
