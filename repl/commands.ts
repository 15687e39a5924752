/**
 * The commands of the REPL that begin with a colon.
 * Each is one entry with its help; arguments are the language's own expressions. It must not know terminals.
 */

import { builtins } from "../engine/library.ts"
import { AdlError, type Engine, type Session } from "../engine/index.ts"
import { traceOf, traceTable } from "../interpreter/builtins/trace.ts"
import { applicationAt } from "../interpreter/builtins/application.ts"
import { showFunction } from "../interpreter/values/show.ts"
import { isFunction } from "../interpreter/values/values.ts"
import { nearest } from "../lang/report/suggest.ts"
import { renderError, writeLine } from "../cli/report.ts"

export interface Surroundings {
  readonly engine: Engine
  readonly session: Session
  /** Runs a text as if it had been typed. */
  run(text: string): void
}

interface Command {
  readonly usage: string
  readonly help: string
  readonly run: (argument: string, around: Surroundings) => "quit" | undefined
}

const commands: Readonly<Record<string, Command>> = {
  help: {
    usage: ":help",
    help: "this list",
    run: () => {
      const width = Math.max(...Object.values(commands).map((command) => command.usage.length))
      for (const command of Object.values(commands)) writeLine(`${command.usage.padEnd(width)}  ${command.help}`)
      return undefined
    },
  },
  doc: {
    usage: ":doc NAME",
    help: "documentation of a built-in function",
    run: (argument) => {
      const builtin = builtins.find((candidate) => candidate.name === argument)
      if (builtin !== undefined) writeLine(`${showFunction(builtin)}\n${builtin.doc}`)
      else {
        const near = nearest(
          argument,
          builtins.map((candidate) => candidate.name),
        )
        writeLine(`there is no built-in \`${argument}\`${near === null ? "" : `; did you mean \`${near}\`?`}`)
      }
      return undefined
    },
  },
  type: {
    usage: ":type EXPRESSION",
    help: "the kind of a value",
    run: (argument, { session }) => {
      writeLine(session.run(argument).type)
      return undefined
    },
  },
  trace: {
    usage: ":trace f(2, 5)",
    help: "the evaluation trace of a call, with tangents and adjoints",
    run: (argument, { engine, session }) => {
      const call = /^(.*?)\((.*)\)$/s.exec(argument)
      if (call === null) writeLine("usage: :trace f(2, 5)")
      else {
        const f = session.run(call[1]!).value
        const x = session.run(`(${call[2]!})`).value
        engine.enter(() => {
          if (isFunction(f)) writeLine(traceTable(traceOf(applicationAt(engine.runtime, "trace", f, x, new Map()))))
          else writeLine("usage: :trace f(2, 5)")
        })
      }
      return undefined
    },
  },
  derive: {
    usage: ":derive f",
    help: "the derivative of a function as ADL source",
    run: (argument, { run }) => {
      run(`print(symbolic(${argument}).source)`)
      return undefined
    },
  },
  gradcheck: {
    usage: ":gradcheck f x",
    help: "both modes against finite differences",
    run: (argument, { run }) => {
      const [f, ...x] = argument.split(/\s+/)
      run(`gradcheck(${f ?? ""}, ${x.join(" ")})`)
      return undefined
    },
  },
  env: {
    usage: ":env",
    help: "the names defined so far",
    run: (_argument, { session }) => {
      writeLine(session.names().join(" "))
      return undefined
    },
  },
  quit: { usage: ":quit", help: "leave", run: () => "quit" },
}

/** Runs a command line such as `:doc sin`. */
export function runCommand(line: string, around: Surroundings): "quit" | undefined {
  const found = /^:(\w*)\s*(.*)$/s.exec(line)
  const name = found?.[1] ?? ""
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    const near = nearest(name, Object.keys(commands))
    writeLine(`there is no command \`:${name}\`${near === null ? "; see :help" : `; did you mean \`:${near}\`?`}`)
    return undefined
  }
  try {
    return command.run(found?.[2]?.trim() ?? "", around)
  } catch (error) {
    if (!(error instanceof AdlError)) throw error
    process.stderr.write(`${renderError(error)}\n`)
    return undefined
  }
}
