/**
 * What the session's two sides say to each other: the one that talks with a person, and the one that computes.
 * All of it is plain data that can be sent to another thread. It must not know threads.
 */

import type { Fault } from "../../lang/report/fault.ts"
import type { Entry } from "../editor/catalogue.ts"
import type { Cell } from "../images.ts"

/** Room for one screen of output. */
export interface Window {
  readonly columns: number
  readonly rows: number
  /** May it be coloured? */
  readonly colour: boolean
  /** The pictures that it shows: as the graphics protocol of kitty has them, as sixels of cells so large, or none. */
  readonly images: "kitty" | Cell | null
}

/** A text that was run, and what it is called in messages. */
export interface Input {
  readonly text: string
  readonly name: string
}

export type Request =
  | { readonly kind: "run"; readonly input: Input; readonly window: Window }
  | { readonly kind: "command"; readonly name: string; readonly argument: string; readonly window: Window }
  | { readonly kind: "preview"; readonly text: string; readonly columns: number }

/** What comes back while a request is worked on. */
export type Event =
  /** A statement of an input with several begins; what stands before `done` has run. */
  | { readonly kind: "statement"; readonly line: number; readonly done: number }
  | { readonly kind: "print"; readonly text: string }
  /** A value as it is shown; `json` is its JSON form. */
  | {
      readonly kind: "value"
      readonly text: string
      /** Is the text a piece of program, and no drawing? */
      readonly code: boolean
      /** What is said of it beside: its shape, where the rest is. */
      readonly note: string
      readonly line: number
      readonly json: string
    }
  /** What a command answers; `code` is a piece of program. */
  | { readonly kind: "text"; readonly text: string; readonly style: "plain" | "code" }
  | { readonly kind: "error"; readonly faults: readonly Fault[] }
  /** What was found out about a derivative: a title, and reasons with the places that they are about. */
  | { readonly kind: "reason"; readonly title: string; readonly reasons: readonly Fault[] }
  /** How far a loop over `progress(…)` is; `of` is null where nobody knows. */
  | { readonly kind: "progress"; readonly label: string; readonly done: number; readonly of: number | null }
  /** A file that a command asks to be written. */
  | { readonly kind: "file"; readonly path: string; readonly content: string | Uint8Array }

/** How a request ended. */
export interface Outcome {
  readonly ok: boolean
  /** What it means for the record of the session. */
  readonly journal: "keep" | "drop" | "clear" | "none"
  /** What of an input ran to its end. */
  readonly kept: string
  /** Names that the session defines afterwards, if they may have changed. */
  readonly names: readonly Entry[] | null
  /** The answer to a preview. */
  readonly preview: string | null
  /** Did it end because it was interrupted? */
  readonly interrupted: boolean
}
