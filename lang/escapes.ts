/**
 * What a piece of a string means: `\n`, `\u{3b1}` and their kin.
 * The usual piece has no escape and is returned as it stands.
 * It must not know where in a string the piece stood.
 */

import { syntaxFaults as say } from "./report/catalogue/syntax.ts"
import type { FaultText } from "./report/fault.ts"

const SIMPLE: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", '"': '"', "\\": "\\", "{": "{", "}": "}" }

/** Replaces escapes; `report` gets what is wrong, with offsets in `raw`. */
export function unescape(raw: string, report: (text: FaultText, from: number, to: number) => void): string {
  if (!raw.includes("\\")) return raw
  return raw.replace(
    /\\(?:u\{([^}"]*)\}?|([^]?))/gu,
    (whole, digits: string | undefined, letter: string | undefined, at: number) => {
      if (digits !== undefined) {
        const code = /^[0-9a-fA-F_]{1,6}$/.test(digits) ? parseInt(digits, 16) : NaN
        if (code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000) && whole.endsWith("}"))
          return String.fromCodePoint(code)
        report(say.unicodeEscape(), at, at + whole.length)
        return ""
      }
      const meant = SIMPLE[letter ?? ""]
      if (meant === undefined)
        report(letter === "u" ? say.unicodeEscape() : say.unknownEscape(whole), at, at + whole.length)
      return meant ?? ""
    },
  )
}

/** The text of a string as it is written between quotes. */
export function escape(text: string, interpolates = true): string {
  return text.replace(
    interpolates ? /["\\{}\n\t\r\p{Cc}\p{Cs}\u2028\u2029]/gu : /["\\\n\t\r\p{Cc}\p{Cs}\u2028\u2029]/gu,
    (character) => {
      switch (character) {
        case "\n":
          return "\\n"
        case "\t":
          return "\\t"
        case "\r":
          return "\\r"
        case '"':
        case "\\":
        case "{":
        case "}":
          return `\\${character}`
        default:
          return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
      }
    },
  )
}
