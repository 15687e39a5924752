/**
 * What the view shows: a prompt, a session, and what is between them.
 * Keys go to the prompt and what it asks for to the session; output is gathered and written a few times a second, so that a flood of it leaves time for keys. It must not
 * know ink.
 */

import type { Invocation } from "../../cli/invocation.ts"
import { tokenize } from "../../lang/highlight.ts"
import { isIncomplete } from "../../lang/parse.ts"
import { commandEntries } from "../commands.ts"
import { Console, type Machine, type Screen } from "../console.ts"
import { duration } from "../duration.ts"
import { withText } from "../editor/buffer.ts"
import type { Catalogue } from "../editor/catalogue.ts"
import { calledAt } from "../editor/complete.ts"
import { newPrompt, paste, press, type Effect, type Key, type Prompt, type Surroundings } from "../editor/prompt.ts"
import { plain, type Paint } from "../theme.ts"
import type { Window } from "../workspace/protocol.ts"
import { liveRows, type Beside, type Live, type Size } from "./live.ts"
import type { Model, Terminal } from "./view.ts"

/** How long the person pauses before a preview is worked out. */
const pause = 60
/** Output waits this long for more of it. */
const gathering = 8
/** A run is worth a line of its own after this time. */
const noticeable = 250
const spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
/** Longer texts have no preview and no colours. */
const mostLive = 20_000

export interface Given {
  readonly history: readonly string[]
  readonly machine: Machine
  readonly paint: Paint
  readonly window: () => Window
  readonly files: (path: string) => readonly string[]
  readonly leave: () => void
}

export class SessionModel implements Model {
  readonly session: Console
  private readonly given: Given
  private prompt: Prompt
  private terminal: Terminal | null = null
  private readonly listeners = new Set<() => void>()
  private changes = 0
  private output: string[] = []
  private flushing: NodeJS.Timeout | null = null
  private ticking: NodeJS.Timeout | null = null
  private preview = ""
  private previewing: NodeJS.Timeout | null = null
  private lastPieces: { readonly text: string; readonly pieces: ReturnType<Beside["pieces"]> } | null = null
  private leaving = false

  constructor(invocation: Invocation, given: Given) {
    this.given = given
    this.prompt = newPrompt(given.history)
    const screen: Screen = {
      paint: given.paint,
      echoes: true,
      window: given.window,
      write: (text) => {
        this.write(text)
      },
      offer: (text) => {
        this.prompt = { ...this.prompt, buffer: withText(this.prompt.buffer, text) }
        this.changed()
      },
      changed: () => {
        this.tick()
        this.changed()
      },
      suspended: async (f) => {
        this.flush()
        if (this.terminal === null) f()
        else await this.terminal.suspend(f)
      },
    }
    this.session = new Console(invocation, screen, given.machine)
  }

  // ---------------------------------------------------------------- for the view

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  version(): number {
    return this.changes
  }

  attach(terminal: Terminal): void {
    this.terminal = terminal
    this.flush()
  }

  live(window: Size): Live {
    if (this.leaving) return { rows: [], cursor: null }
    const { text, cursor } = this.prompt.buffer
    const beside: Beside = {
      status: this.status(),
      preview: this.preview,
      called: text.startsWith(":") ? null : calledAt(text, cursor, this.catalogue()),
      pieces: (of) => this.pieces(of),
    }
    return liveRows(this.prompt, beside, window, this.given.paint)
  }

  keys(keys: readonly Key[]): void {
    for (const key of keys) {
      if ("name" in key && key.name === "ctrl-c" && this.session.running && this.prompt.search === null) {
        this.session.interrupt()
        continue
      }
      const { prompt, effect } = press(this.prompt, key, this.surroundings())
      this.prompt = prompt
      if (effect !== null) this.perform(effect)
    }
    this.look()
    this.changed()
  }

  paste(text: string): void {
    this.prompt = paste(this.prompt, text)
    this.look()
    this.changed()
  }

  // ---------------------------------------------------------------- inside

  private perform(effect: Effect): void {
    switch (effect.kind) {
      case "submit":
        void this.session.submit(effect.text).then((over) => {
          if (over) this.leave()
        })
        return
      case "interrupt":
        this.session.interrupt()
        return
      case "end":
        this.leave()
        return
      case "clear":
        this.terminal?.write("\u001b[2J\u001b[H")
    }
  }

  private leave(): void {
    this.leaving = true
    this.changed()
    if (this.ticking !== null) clearInterval(this.ticking)
    if (this.previewing !== null) clearTimeout(this.previewing)
    setTimeout(() => {
      this.flush()
      this.terminal?.exit()
      void this.session.close().then(this.given.leave)
    }, gathering)
  }

  private changed(): void {
    this.changes++
    for (const listener of this.listeners) listener()
  }

  private catalogue(): Catalogue {
    const { catalogue, names } = this.session.evaluator
    return { names: [...names, ...catalogue.names], modules: catalogue.modules }
  }

  private surroundings(): Surroundings {
    return {
      sources: { catalogue: this.catalogue(), commands: commandEntries, files: this.given.files },
      isIncomplete: (text) => isIncomplete({ name: "<input>", text }),
    }
  }

  private pieces(text: string): ReturnType<Beside["pieces"]> {
    if (this.given.paint === plain || text.length > mostLive) return []
    if (this.lastPieces?.text !== text) {
      this.lastPieces = { text, pieces: text.startsWith(":") ? [] : tokenize({ name: "<input>", text }) }
    }
    return this.lastPieces.pieces
  }

  // ---------------------------------------------------------------- output

  private write(text: string): void {
    this.output.push(text)
    if (this.flushing !== null) return
    this.changed()
    this.flushing = setTimeout(() => {
      this.flush()
    }, gathering)
  }

  private flush(): void {
    if (this.flushing !== null) clearTimeout(this.flushing)
    this.flushing = null
    if (this.terminal === null || this.output.length === 0) return
    const text = this.output.join("\n")
    this.output = []
    this.terminal.write(`${text}\n`)
  }

  /** While something runs, the line that says so is drawn anew. */
  private tick(): void {
    if (this.session.running && this.ticking === null) {
      this.ticking = setInterval(() => {
        if (this.status() !== "") this.changed()
      }, 100)
    } else if (!this.session.running && this.ticking !== null) {
      clearInterval(this.ticking)
      this.ticking = null
    }
  }

  private status(): string {
    const { runningSince, progress, waiting } = this.session
    if (runningSince === null) return ""
    const elapsed = Date.now() - runningSince
    if (elapsed < noticeable && progress === null) return ""
    const turn = spinner[Math.floor(elapsed / 100) % spinner.length]!
    const parts = [`${turn} ${duration(Math.max(100, Math.round(elapsed / 100) * 100))}`]
    if (progress !== null) parts.push(progressText(progress, elapsed))
    if (waiting > 0) parts.push(`${String(waiting)} waiting`)
    // The first input may come before the computing side has read the library.
    if (!this.session.evaluator.busy) return `${turn} starting`
    return `${parts.join("  ")}  ·  Ctrl-C stops`
  }

  // ---------------------------------------------------------------- preview

  /** Looks at what the text would give, once the person pauses. */
  private look(): void {
    this.preview = ""
    if (this.previewing !== null) clearTimeout(this.previewing)
    this.previewing = null
    const { text } = this.prompt.buffer
    if (text.trim() === "" || text.startsWith(":") || text.length > 2000 || this.session.running) return
    this.previewing = setTimeout(() => {
      this.previewing = null
      if (this.session.running || this.session.evaluator.busy) return
      void this.session.evaluator
        .send({ kind: "preview", text, columns: Math.max(10, this.given.window().columns - 8) })
        .then(({ preview }) => {
          if (preview === null || this.prompt.buffer.text !== text) return
          this.preview = preview
          this.changed()
        })
    }, pause)
  }
}

const barWidth = 24

/** `label ━━━━╌╌╌╌ 45 %  3.2 s left`. */
function progressText(
  progress: { readonly label: string; readonly done: number; readonly of: number | null },
  elapsed: number,
): string {
  const { label, done, of } = progress
  const head = label === "" ? "" : `${label} `
  if (of === null || of === 0) return `${head}${done.toLocaleString("en-US")}`
  const share = Math.min(1, done / of)
  const full = Math.round(share * barWidth)
  const left = share > 0.02 && share < 1 ? `  ${duration((elapsed * (1 - share)) / share)} left` : ""
  return `${head}${"━".repeat(full)}${"╌".repeat(barWidth - full)} ${String(Math.floor(100 * share))} %${left}`
}
