/**
 * The commands of a session: how each is written, what it does in a line, and what there is to know.
 * The table serves completion, `:help` and errors alike. It must not know how commands are carried out.
 */

import type { CommandEntry } from "./editor/catalogue.ts"
import { filled } from "./filled.ts"

export interface CommandInfo {
  readonly name: string
  readonly usage: string
  /** What it does, in a line. */
  readonly summary: string
  /** More, in a few lines. */
  readonly help: string
  readonly argument: CommandEntry["argument"]
  readonly group: "learn" | "look" | "derive" | "measure" | "session"
}

export const commands: readonly CommandInfo[] = [
  {
    name: "help",
    usage: ":help [NAME]",
    summary: "this list, or more about a command or a name",
    help: "`:help trace` tells about a command, `:help grad` about a name of the language.",
    argument: "command",
    group: "learn",
  },
  {
    name: "tour",
    usage: ":tour [LESSON]",
    summary: "the language in a dozen short lessons",
    help: "Each lesson puts a program at the prompt: run it with Enter, or change it first. `:tour` goes to the next lesson, `:tour 4` to the fourth, `:tour list` lists them.",
    argument: "none",
    group: "learn",
  },
  {
    name: "doc",
    usage: ":doc NAME",
    summary: "documentation of a name or a module",
    help: "Works for built-in functions, for what the session defined (its /// comment), and for modules: `:doc sin`, `:doc std/optim`.",
    argument: "name",
    group: "learn",
  },
  {
    name: "type",
    usage: ":type EXPRESSION",
    summary: "the kind of a value",
    help: "Evaluates the expression and says what it is: `:type [1, 2, 3]` is an array of shape (3).",
    argument: "expression",
    group: "look",
  },
  {
    name: "shape",
    usage: ":shape EXPRESSION",
    summary: "the structure of a value, with shapes in place of arrays",
    help: "`:shape { w: zeros([3, 4]), b: 0 }` is { w: (3, 4), b: number }.",
    argument: "expression",
    group: "look",
  },
  {
    name: "more",
    usage: ":more",
    summary: "the rest of a value that was shortened",
    help: "Shows the latest value in full, a screen at a time.",
    argument: "none",
    group: "look",
  },
  {
    name: "code",
    usage: ":code f",
    summary: "the source of a function, and what it was compiled to",
    help: "A function is compiled after it was called a few times; what cannot be compiled runs in the interpreter.",
    argument: "expression",
    group: "look",
  },
  {
    name: "env",
    usage: ":env",
    summary: "what the session has defined",
    help: "Names in the order of their definition, with signature or value.",
    argument: "none",
    group: "look",
  },
  {
    name: "trace",
    usage: ":trace f(2, 5)",
    summary: "every operation of a call, with tangents and adjoints",
    help: "The evaluation trace (Wengert list) of a call with a number as its result: each operation with its value, its derivative along each input, and its adjoint, the derivative of the result with respect to it.",
    argument: "expression",
    group: "derive",
  },
  {
    name: "graph",
    usage: ":graph f(2, 5) [> FILE]",
    summary: "the computational graph of a call, drawn here or to a file",
    help: "Without a file the graph is drawn in the terminal: one operation a line, its arguments by wires. `:graph f(2, 5) > f.svg` writes a picture, `> f.dot` the language of Graphviz.",
    argument: "expression",
    group: "derive",
  },
  {
    name: "derive",
    usage: ":derive f",
    summary: "the derivative of a function as a program",
    help: "Loops are unrolled and calls expanded; branches on the arguments stay. For several parameters it is the tuple of partial derivatives.",
    argument: "expression",
    group: "derive",
  },
  {
    name: "why",
    usage: ":why grad(f)(x)",
    summary: "what made a derivative zero or nan",
    help: "Names the operation, the branch or the convention, and the line where it stands. `:why f'(0)`, `:why grad(f)(1, 0)`, `:why f(1, 0)` (then the gradient is meant). Of other derivatives it tells the parts that they are the sum of.",
    argument: "expression",
    group: "derive",
  },
  {
    name: "gradcheck",
    usage: ":gradcheck f x",
    summary: "both modes of differentiation against finite differences",
    help: "`:gradcheck f 2`, `:gradcheck f (2, 5)` or `:gradcheck f(2, 5)`.",
    argument: "expression",
    group: "derive",
  },
  {
    name: "time",
    usage: ":time f(x)",
    summary: "how long a value takes, its gradient, and their ratio",
    help: "Medians of repeated runs. Of anything that is no call with a number as its result, the value alone.",
    argument: "expression",
    group: "measure",
  },
  {
    name: "profile",
    usage: ":profile f(x)",
    summary: "which operations a gradient is made of, and what it stores",
    help: "Counts the operations on values that are being differentiated, and the rows and bytes of the tape.",
    argument: "expression",
    group: "measure",
  },
  {
    name: "load",
    usage: ":load FILE",
    summary: "runs a file in this session",
    help: "What the file defines is in scope afterwards. `:reload` runs it again.",
    argument: "file",
    group: "session",
  },
  {
    name: "reload",
    usage: ":reload",
    summary: "runs the loaded files again",
    help: "In the order in which they were loaded.",
    argument: "none",
    group: "session",
  },
  {
    name: "edit",
    usage: ":edit [NAME or FILE]",
    summary: "opens $EDITOR on the latest input, a function, or a file",
    help: "What comes back stands at the prompt; a file is loaded.",
    argument: "file",
    group: "session",
  },
  {
    name: "save",
    usage: ":save FILE",
    summary: "the session as a program, or the latest plot as a picture",
    help: "`:save work.adl` writes all inputs of the session that ran, in order; `:save wave.svg` and `:save wave.png` the plot that was shown last.",
    argument: "file",
    group: "session",
  },
  {
    name: "undo",
    usage: ":undo",
    summary: "takes back the latest input",
    help: "Names have the meanings that they had before it.",
    argument: "none",
    group: "session",
  },
  {
    name: "reset",
    usage: ":reset",
    summary: "forgets everything that was defined",
    help: "The history of inputs stays.",
    argument: "none",
    group: "session",
  },
  {
    name: "limits",
    usage: ":limits [NAME N]",
    summary: "bounds of an evaluation",
    help: "`:limits` shows them, `:limits time 2` sets seconds, `:limits memory 512` megabytes, `:limits steps 1e6`, `:limits depth 5000`, `:limits off` removes them. The session is run again under the new limits.",
    argument: "none",
    group: "session",
  },
  {
    name: "quit",
    usage: ":quit",
    summary: "leave",
    help: "So does Ctrl-D on an empty line.",
    argument: "none",
    group: "session",
  },
]

/** The commands as completion sees them. */
export const commandEntries: readonly CommandEntry[] = commands.map(({ name, usage, summary, argument }) => ({
  name,
  kind: "command",
  signature: usage,
  doc: summary,
  argument,
}))

export function commandInfo(name: string): CommandInfo | undefined {
  return commands.find((command) => command.name === name)
}

const titles: Readonly<Record<CommandInfo["group"], string>> = {
  learn: "Learn",
  look: "Look at values",
  derive: "Look inside derivatives",
  measure: "Measure",
  session: "The session",
}

const keys = `Keys
  Enter         run, or go on where more is needed; Alt-Enter a new line
  Tab           complete; \\alpha and Tab is α
  Up, Ctrl-R    earlier inputs that begin like this one; search them
  Ctrl-C        stop what runs, or clear the line; Ctrl-D leaves
  Ctrl-W U K Y  cut a word, to the beginning, to the end; put it in
  Ctrl-Z        undo typing`

/** The list of all commands. */
export function helpText(columns: number, withKeys: boolean): string {
  const width = Math.max(...commands.map((command) => command.usage.length)) + 4
  // Where there is no room beside the usage, the summary stands below it.
  const lead = columns >= width + 30 ? width : 6
  const groups = Object.entries(titles).map(([group, title]) => {
    const rows = commands
      .filter((command) => command.group === group)
      .map(({ usage, summary }) => {
        const lines = filled(summary, columns - lead).split("\n")
        const text = lines.join(`\n${" ".repeat(lead)}`)
        return lead === width ? `  ${usage.padEnd(width - 2)}${text}` : `  ${usage}\n${" ".repeat(lead)}${text}`
      })
    return `${title}\n${rows.join("\n")}`
  })
  return [...groups, ...(withKeys && columns >= 72 ? [keys] : [])].join("\n\n")
}
