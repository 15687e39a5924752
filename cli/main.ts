/**
 * The command line: chooses the subcommand, and loads only what it needs.
 * Everything a command does is in its own file; this one knows names, usage and exit statuses (0 done, 1 the program failed or a check found something, 2
 * the command line was wrong, 130 interrupted). It must not know the language.
 */

import { parseArgs, type ParseArgsConfig } from "node:util"
import { UsageError, type Invocation } from "./invocation.ts"
import { writeError, writeLine } from "./output.ts"
import { usage, usageOf } from "./usage.ts"

type Command = (invocation: Invocation) => Promise<number> | number

const limits = {
  steps: { type: "string" },
  memory: { type: "string" },
  "tape-memory": { type: "string" },
  timeout: { type: "string" },
  tier: { type: "string" },
  depth: { type: "string" },
  "trap-nan": { type: "boolean" },
  "no-files": { type: "boolean" },
  verbose: { type: "boolean" },
} as const satisfies ParseArgsConfig["options"]

const json = { json: { type: "boolean" } } as const satisfies ParseArgsConfig["options"]

interface Entry {
  readonly options: NonNullable<ParseArgsConfig["options"]>
  readonly load: () => Promise<Command>
}

const commands: Readonly<Record<string, Entry>> = {
  run: {
    options: { ...limits, ...json, eval: { type: "string", short: "e", multiple: true } },
    load: async () => (await import("./run.ts")).run,
  },
  check: {
    options: { ...limits, ...json, emit: { type: "string" }, tiers: { type: "boolean" } },
    load: async () => (await import("./check.ts")).check,
  },
  fmt: { options: { check: { type: "boolean" } }, load: async () => (await import("./fmt.ts")).fmt },
  test: { options: { ...limits, ...json }, load: async () => (await import("./test.ts")).test },
  trace: { options: { ...limits, ...json }, load: async () => (await import("./trace.ts")).traceCommand },
  graph: {
    options: { ...limits, svg: { type: "string" }, dot: { type: "string" } },
    load: async () => (await import("./graph.ts")).graphCommand,
  },
  bench: { options: { ...limits, ...json }, load: async () => (await import("./bench.ts")).bench },
  profile: { options: { ...limits, ...json }, load: async () => (await import("./profile.ts")).profile },
  doc: { options: {}, load: async () => (await import("./doc.ts")).doc },
  repl: {
    options: { ...limits, ...json, plain: { type: "boolean" } },
    load: async () => (await import("../repl/main.ts")).repl,
  },
}

const general = { help: { type: "boolean", short: "h" }, version: { type: "boolean", short: "v" } } as const

/** Runs the command line `argv` (without node and script) and gives the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  const { name, args } = commandOf(argv)
  try {
    if (name === "help") {
      writeLine(usage(args[0]))
      return 0
    }
    if (name === "version") {
      const { version } = await import("./version.ts")
      writeLine(`adl ${version}`)
      return 0
    }
    const entry = commands[name]
    if (entry === undefined) throw new UsageError(`there is no command \`${name}\``)
    const invocation = readArguments(name, entry, args)
    if (invocation.flags["help"] === true) {
      writeLine(usageOf(name))
      return 0
    }
    return await (
      await entry.load()
    )(invocation)
  } catch (error) {
    if (error instanceof UsageError) {
      writeError(`adl: ${error.message}\n\n${usage(error.command ?? undefined)}`)
      return 2
    }
    throw error
  }
}

/** A file or `-` where a command could stand means `run`; nothing at all the REPL. */
function commandOf(argv: readonly string[]): { name: string; args: readonly string[] } {
  const [head, ...tail] = argv
  if (head === undefined) return { name: "repl", args: [] }
  if (head === "--help" || head === "-h" || head === "help") return { name: "help", args: tail }
  if (head === "--version" || head === "-v" || head === "version") return { name: "version", args: [] }
  if (Object.hasOwn(commands, head)) return { name: head, args: tail }
  if (
    head.startsWith("-") &&
    head !== "-" &&
    !argv.some((arg) => arg === "-e" || arg === "--eval" || !arg.startsWith("-"))
  ) {
    return { name: "repl", args: argv }
  }
  if (!head.startsWith("-") && !/[./\\]/.test(head)) return { name: head, args: tail }
  return { name: "run", args: argv }
}

/** The text after `-e` is text, and `-5` a number, whatever they begin with. */
function asMeant(arg: string, at: number, args: readonly string[]): readonly string[] {
  const before = args[at - 1]
  if (before === "-e" || before === "--eval") return [`--eval=${arg}`]
  if ((arg === "-e" || arg === "--eval") && at + 1 < args.length) return []
  return /^-[\d(]/.test(arg) ? [` ${arg}`] : [arg]
}

function readArguments(name: string, entry: Entry, argv: readonly string[]): Invocation {
  const at = argv.indexOf("--")
  const own = at < 0 ? argv : argv.slice(0, at)
  const rest = at < 0 ? [] : argv.slice(at + 1)
  try {
    const { values, positionals } = parseArgs({
      args: own.flatMap(asMeant),
      options: { ...entry.options, ...general },
      allowPositionals: true,
      strict: true,
    })
    return { positionals, flags: values as Invocation["flags"], rest }
  } catch (error) {
    throw new UsageError(error instanceof Error ? firstSentence(error.message) : String(error), name)
  }
}

/** Node's message for a wrong option, without its advice on how to write other command lines. */
function firstSentence(message: string): string {
  const text = message.split(". ")[0] ?? message
  return text.charAt(0).toLowerCase() + text.slice(1)
}
