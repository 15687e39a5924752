/**
 * A session as a person meets it: takes inputs and commands, shows what comes of them.
 * It stands between the computing side and a screen, which may be a terminal with colours or lines through a pipe; one input runs at a time and others wait. It must not
 * know how text is typed.
 */

import { AdlError } from "../engine/error.ts"
import type { Invocation } from "../cli/invocation.ts"
import { apartFaults } from "../lang/report/catalogue/apart.ts"
import { FaultError, raise, type Fault } from "../lang/report/fault.ts"
import { render } from "../lang/report/render.ts"
import { nearest } from "../lang/report/suggest.ts"
import { commandInfo, commands, helpText } from "./commands.ts"
import { duration } from "./duration.ts"
import { filled } from "./filled.ts"
import { piecesOf, type Piece } from "./editor/statements.ts"
import { Evaluator } from "./evaluator.ts"
import { limitsGiven, limitsText } from "./limits.ts"
import { highlight, type Paint } from "./theme.ts"
import { lessons } from "./tour.ts"
import type { Event, Outcome, Window } from "./workspace/protocol.ts"

/** Where a session is shown. */
export interface Screen {
  readonly paint: Paint
  /** Do inputs have to be shown, because what was typed vanishes? */
  readonly echoes: boolean
  window(): Window
  /** A finished text of one or more lines. */
  write(text: string, kind?: "error"): void
  /** A text that the person may run or change. */
  offer(text: string): void
  /** Something that changes is different now: what runs, how far it is. */
  changed(): void
  /** Lends the terminal to another program. */
  suspended(f: () => void): Promise<void>
}

/** What a session needs of the machine. */
export interface Machine {
  read(path: string): string
  write(path: string, content: string | Uint8Array): void
  /** Opens the person's editor on a text; gives what it became. */
  edit(text: string, extension: string): string
  editFile(path: string): void
  remember(text: string): void
}

export interface Progress {
  readonly label: string
  readonly done: number
  readonly of: number | null
}

/** A second Ctrl-C within this time ends the thread. */
const impatience = 2000
/** Milliseconds in which an evaluation that can be interrupted is. */
const heeding = 40
/** A session whose inputs took less than this together is run again without asking. */
const cheap = 1500
/** Evaluations that take longer say how long. */
const slow = 1000

export class Console {
  readonly evaluator: Evaluator
  readonly screen: Screen
  private readonly machine: Machine
  private flags: Invocation["flags"]
  private readonly queue: string[] = []
  private readonly loaded: string[] = []
  private echoing: { readonly pieces: readonly Piece[]; next: number } | null = null
  private interruptedAt = -Infinity
  private lesson = -1
  private latest = ""
  private inputs = 0
  /** When the running input began, or null. */
  runningSince: number | null = null
  progress: Progress | null = null
  /** What the session gave last, for those who watch it. */
  lastShown = ""

  constructor(invocation: Invocation, screen: Screen, machine: Machine) {
    this.screen = screen
    this.machine = machine
    this.flags = invocation.flags
    this.evaluator = new Evaluator(invocation, {
      event: (event) => {
        this.onEvent(event)
      },
      loss: (reason) => {
        this.note(`${reason}; the session was restored from its ${this.count()}`)
      },
    })
  }

  get running(): boolean {
    return this.runningSince !== null
  }

  /** Inputs that wait. */
  get waiting(): number {
    return this.queue.length
  }

  /** Takes an input or a command; true when the session is to end. */
  async submit(text: string): Promise<boolean> {
    this.machine.remember(text)
    if (this.running) {
      this.queue.push(text)
      this.screen.changed()
      return false
    }
    let next: string | undefined = text
    while (next !== undefined) {
      if (await this.perform(next)) return true
      next = this.queue.shift()
    }
    return false
  }

  /** Ctrl-C with nothing typed. */
  interrupt(): void {
    if (!this.running) {
      this.note(":quit or Ctrl-D leaves")
      return
    }
    this.queue.length = 0
    const now = Date.now()
    if (now - this.interruptedAt < impatience) {
      this.interruptedAt = -Infinity
      void this.restart()
      return
    }
    this.interruptedAt = now
    const since = this.runningSince
    const began = this.evaluator.busy
    this.evaluator.interrupt()
    if (!began) {
      this.screen.write(this.screen.paint("interrupted", "error"))
      return
    }
    setTimeout(() => {
      // Another input may be running by now.
      if (this.runningSince !== since || this.interruptedAt !== now) return
      // It is in the midst of one long operation. Where that costs little, it is ended at once.
      if (this.evaluator.cost < cheap) void this.restart()
      else this.note("still busy; another Ctrl-C ends the evaluation and runs the session's inputs again")
    }, heeding).unref()
  }

  /** Ends the evaluation with its thread; what was run before is run again in a new one. */
  private async restart(): Promise<void> {
    const restored = this.evaluator.restart()
    this.screen.write(this.screen.paint("interrupted", "error"))
    if (this.evaluator.inputs.length > 0) this.note(`the session is restored from its ${this.count()}`)
    await restored
  }

  private count(): string {
    const n = this.evaluator.inputs.length
    return n === 1 ? "one input" : `${String(n)} inputs`
  }

  async close(): Promise<void> {
    await this.evaluator.close()
  }

  // ---------------------------------------------------------------- one input

  private async perform(text: string): Promise<boolean> {
    const trimmed = text.trim()
    if (trimmed === "") return false
    this.runningSince = Date.now()
    this.screen.changed()
    try {
      if (trimmed.startsWith(":")) return await this.command(trimmed)
      await this.run(text)
    } catch (error) {
      this.fail(error)
    } finally {
      this.runningSince = null
      this.progress = null
      this.screen.changed()
    }
    return false
  }

  /** Runs a text as an input of the session. */
  private async run(text: string, name?: string): Promise<Outcome> {
    const pieces = name === undefined ? piecesOf(text) : []
    this.echoing = this.screen.echoes && pieces.length > 0 ? { pieces, next: 0 } : null
    if (pieces.length < 2) this.echoUpTo(Infinity)
    if (name === undefined) this.latest = text
    this.lastShown = ""
    const input = { text, name: name ?? `<input ${String(++this.inputs)}>` }
    const outcome = await this.evaluator.send({ kind: "run", input, window: this.screen.window() })
    if (outcome.ok) this.echoUpTo(Infinity)
    this.echoing = null
    const { took } = this.evaluator
    if (outcome.ok && took > slow) this.note(duration(took))
    if (outcome.ok) this.afterLesson(text)
    return outcome
  }

  /** Shows the statements up to a line of the input, as if each had been typed by itself. */
  private echoUpTo(line: number): void {
    const { echoing } = this
    if (echoing === null) return
    for (; echoing.next < echoing.pieces.length; echoing.next++) {
      const piece = echoing.pieces[echoing.next]!
      this.screen.write(this.prompted(piece.text))
      if (piece.line >= line) {
        echoing.next++
        return
      }
    }
  }

  /** An input as it stood at the prompt. */
  private prompted(text: string): string {
    const { paint } = this.screen
    return highlight(text, paint)
      .split("\n")
      .map((line, i) => `${paint(i === 0 ? "adl> " : "  .. ", i === 0 ? "prompt" : "dim")}${line}`)
      .join("\n")
  }

  private onEvent(event: Event): void {
    const { screen } = this
    switch (event.kind) {
      case "statement":
        this.echoUpTo(event.line)
        return
      case "print":
        screen.write(event.text)
        return
      case "value":
        this.lastShown = event.text
        screen.write(this.valueText(event.text, event.note, event.code))
        return
      case "text":
        screen.write(event.style === "code" ? highlight(event.text, screen.paint) : event.text)
        return
      case "error":
        // Before any statement ran an error concerns the whole input.
        if (this.echoing?.next === 0) this.echoUpTo(Infinity)
        this.showFaults(event.faults)
        return
      case "reason":
        screen.write(reasonText(event.title, event.reasons, screen))
        return
      case "progress":
        this.progress = event.done === event.of ? null : event
        screen.changed()
        return
      case "file":
        this.machine.write(event.path, event.content)
        this.note(`wrote ${event.path}`)
    }
  }

  private valueText(text: string, note: string, code: boolean): string {
    const { paint } = this.screen
    if (!code) return `${text}\n${paint(note, "dim")}`
    const shown = highlight(text, paint)
    if (note === "") return shown
    if (!text.includes("\n") && text.length + note.length + 2 <= this.screen.window().columns) {
      return `${shown}  ${paint(note, "dim")}`
    }
    return `${paint(note, "dim")}\n${shown}`
  }

  private note(text: string): void {
    this.screen.write(this.screen.paint(text, "dim"))
  }

  private showFaults(found: readonly Fault[]): void {
    const width = this.screen.window().columns
    for (const fault of found.slice(0, 10))
      this.screen.write(render(fault, { style: this.screen.paint, width }), "error")
    if (found.length > 10) this.note(`… and ${String(found.length - 10)} more errors`)
  }

  private fail(error: unknown): void {
    if (error instanceof AdlError || error instanceof FaultError) this.showFaults(error.faults)
    // Whatever goes wrong inside does not end the session.
    else this.screen.write(`internal error: ${error instanceof Error ? error.message : String(error)}`, "error")
  }

  // ---------------------------------------------------------------- commands

  private async command(line: string): Promise<boolean> {
    if (this.screen.echoes) this.screen.write(this.prompted(line))
    const found = /^:\s*([^\s]*)\s*([^]*)$/.exec(line)!
    const name = found[1]!
    const argument = found[2]!.trim()
    if (name === "quit" || name === "q" || name === "exit") return true
    const info = commandInfo(name)
    if (info === undefined) {
      const names = commands.map((command) => command.name)
      const starting = names.filter((candidate) => name !== "" && candidate.startsWith(name))
      raise(apartFaults.unknownCommand(name, starting.length === 1 ? starting[0]! : nearest(name, names)))
    }
    if (info.argument === "none" && argument !== "" && !Object.hasOwn(takesWord, name)) {
      raise(apartFaults.commandArgument("this command takes no argument", info.usage))
    }
    const own = Object.hasOwn(ownCommands, name) ? ownCommands[name] : undefined
    if (own !== undefined) await own.call(this, argument)
    else {
      const outcome = await this.evaluator.send({ kind: "command", name, argument, window: this.screen.window() })
      if (outcome.ok && outcome.journal === "drop") this.note("took back the latest input")
      if (outcome.ok && outcome.journal === "clear") this.note("everything was forgotten")
      if (outcome.ok) this.afterLesson(line)
    }
    return false
  }

  async help(argument: string): Promise<void> {
    if (argument === "") {
      const { paint } = this.screen
      const text = helpText(this.screen.window().columns, this.screen.echoes)
      this.screen.write(text.replace(/^\S.*$/gm, (title) => paint(title, "title")))
      return
    }
    const name = argument.replace(/^:/, "")
    const info = commandInfo(name)
    if (info !== undefined && (argument.startsWith(":") || info.name === name)) {
      this.screen.write(`${info.usage}\n\n${info.summary.replace(/^./, (c) => c.toUpperCase())}. ${info.help}`)
      if (argument.startsWith(":")) return
    }
    if (info === undefined) {
      await this.evaluator.send({ kind: "command", name: "doc", argument, window: this.screen.window() })
    }
  }

  async load(argument: string): Promise<void> {
    if (argument === "") raise(apartFaults.commandArgument("this command needs a file", ":load FILE"))
    const path = unquoted(argument)
    const text = this.machine.read(path)
    const outcome = await this.run(text, path)
    if (!this.loaded.includes(path)) this.loaded.push(path)
    if (outcome.ok) this.note(`loaded ${path}`)
  }

  async reload(): Promise<void> {
    if (this.loaded.length === 0) raise(apartFaults.nothingYet("no file was loaded yet", "`:load FILE` loads one"))
    for (const path of [...this.loaded]) await this.load(path)
  }

  async edit(argument: string): Promise<void> {
    const path = unquoted(argument)
    if (/[./\\]/.test(path)) {
      await this.screen.suspended(() => {
        this.machine.editFile(path)
      })
      await this.load(path)
      return
    }
    const text = path === "" ? this.latest : this.sourceOf(path)
    let edited = text
    await this.screen.suspended(() => {
      edited = this.machine.edit(text, ".adl")
    })
    if (edited.trim() !== "") this.screen.offer(edited.trimEnd())
  }

  /** The latest input that defines a name. */
  private sourceOf(name: string): string {
    const escaped = name.replace(/[^\p{L}\p{N}_]/gu, "")
    const defines = new RegExp(`^\\s*(?:fn|let|var|type)\\s+${escaped}(?![\\p{L}\\p{N}_])`, "mu")
    const input = this.evaluator.inputs.findLast(({ text }) => defines.test(text))
    if (escaped !== name || input === undefined) {
      raise(
        apartFaults.nothingYet(`no input of this session defines \`${name}\``, "`:edit` alone opens the latest input"),
      )
    }
    return piecesOf(input.text).findLast(({ text }) => defines.test(text))?.text ?? input.text
  }

  async save(argument: string): Promise<void> {
    const usage = ":save FILE"
    if (argument === "") raise(apartFaults.commandArgument("this command needs a file", usage))
    const path = unquoted(argument)
    if (/\.(svg|png)$/i.test(path)) {
      await this.evaluator.send({ kind: "command", name: "draw", argument: path, window: this.screen.window() })
      return
    }
    if (!path.endsWith(".adl")) {
      raise(
        apartFaults.commandArgument(
          `\`${path}\` ends neither in .adl nor, for the latest plot, in .svg or .png`,
          usage,
        ),
      )
    }
    const { inputs } = this.evaluator
    if (inputs.length === 0) raise(apartFaults.nothingYet("the session has no input that could be saved"))
    this.machine.write(path, `${inputs.map(({ text }) => text.trim()).join("\n\n")}\n`)
    this.note(`wrote ${this.count()} to ${path}`)
  }

  async limits(argument: string): Promise<void> {
    if (argument !== "") {
      this.flags = limitsGiven(this.flags, argument)
      await this.evaluator.restart(this.flags)
    }
    this.screen.write(limitsText(this.flags))
  }

  // ---------------------------------------------------------------- the tour

  async tour(argument: string): Promise<void> {
    const { paint } = this.screen
    if (argument === "list") {
      this.screen.write(lessons.map(({ title }, i) => `${String(i + 1).padStart(2)}  ${title}`).join("\n"))
      return Promise.resolve()
    }
    const wanted = argument === "" ? this.lesson + 1 : Number(argument) - 1
    if (!Number.isInteger(wanted) || wanted < 0 || (argument !== "" && wanted >= lessons.length)) {
      raise(
        apartFaults.commandArgument(
          `there is no lesson \`${argument}\``,
          `:tour [1 … ${String(lessons.length)} or list]`,
        ),
      )
    }
    this.lesson = wanted >= lessons.length ? 0 : wanted
    const lesson = lessons[this.lesson]!
    this.screen.write(
      `\n${paint(`${String(this.lesson + 1)}/${String(lessons.length)}  ${lesson.title}`, "title")}\n${filled(lesson.text, this.screen.window().columns)}\n`,
    )
    this.screen.offer(lesson.program)
  }

  /** What is said when the program of a lesson was run as it stands. */
  private afterLesson(text: string): void {
    const lesson = lessons[this.lesson]
    if (lesson?.program.trim() !== text.trim()) return
    const next = this.lesson + 1 < lessons.length ? " `:tour` goes on." : ""
    this.screen.write(`\n${filled(`${lesson.after}${next}`, this.screen.window().columns)}`)
  }
}

/** Reasons below their title, each with the place that it is about. */
function reasonText(title: string, reasons: readonly Fault[], screen: Screen): string {
  const { paint } = screen
  const width = screen.window().columns
  const parts = reasons.map((reason) => {
    const [, ...frame] = render(reason, { style: paint, width }).split("\n")
    return [`${paint("because", "hint")} ${reason.message}`, ...frame].join("\n")
  })
  return [paint(title, "title"), ...parts].join("\n")
}

/** Commands without an argument that take a word all the same. */
const takesWord: Readonly<Record<string, true>> = { tour: true, limits: true }

const ownCommands: Readonly<Record<string, (this: Console, argument: string) => Promise<void>>> = {
  help: Console.prototype.help,
  load: Console.prototype.load,
  reload: Console.prototype.reload,
  edit: Console.prototype.edit,
  save: Console.prototype.save,
  limits: Console.prototype.limits,
  tour: Console.prototype.tour,
}

/** A path as given, without the quotes that a person may have put around it. */
function unquoted(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text
}
