/**
 * What a person feels in a session: the first prompt, the echo of a key, stopping, pasting, a flood of output.
 * The real program runs in a pseudo-terminal (made by `script` of util-linux) and everything is timed from outside, by what it writes.
 * It must not know how the table is laid out.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { median } from "./harness.ts"
import type { Figure } from "./start.ts"

const adl = fileURLToPath(new URL("../bin/adl.cjs", import.meta.url))

/** The program in a pseudo-terminal. */
class Session {
  private readonly child: ChildProcess
  private output = ""
  private waiting: { readonly test: (text: string) => boolean; readonly done: () => void } | null = null

  constructor(history: string) {
    const command = `stty cols 100 rows 30; exec '${process.execPath}' '${adl}'`
    const env = { ...process.env, CI: "", TERM: "xterm-256color", ADL_HISTORY: history }
    this.child = spawn("script", ["-qfc", command, "/dev/null"], { env, stdio: ["pipe", "pipe", "ignore"] })
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.output += text
      if (this.waiting?.test(this.output) === true) this.waiting.done()
    })
  }

  /** Milliseconds until what was written since the last call fits; at most `most`. */
  until(test: string | RegExp, most = 30_000): Promise<number> {
    const begin = performance.now()
    const fits = (text: string): boolean => (typeof test === "string" ? text.includes(test) : test.test(text))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`nothing like ${String(test)} was written`))
      }, most)
      const done = (): void => {
        clearTimeout(timer)
        this.waiting = null
        this.output = ""
        resolve(performance.now() - begin)
      }
      if (fits(this.output)) done()
      else this.waiting = { test: fits, done }
    })
  }

  type(text: string): void {
    this.child.stdin?.write(text)
  }

  close(): void {
    this.child.kill()
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A session whose evaluator is ready. */
async function opened(history: string): Promise<Session> {
  const session = new Session(history)
  await session.until("adl>")
  session.type("40 + 2\r")
  await session.until("42\u001b[0m\r\n")
  await pause(300)
  return session
}

function figure(title: string, value: string, target: string, met: boolean): Figure {
  return { title, value, target, met }
}

async function firstPrompt(history: string, rounds: number): Promise<Figure> {
  const ratios: number[] = []
  const times: number[] = []
  for (let i = 0; i <= rounds; i++) {
    const start = performance.now()
    spawnSync(process.execPath, ["-e", "0"])
    const bare = performance.now() - start
    const session = new Session(history)
    const ms = await session.until("adl>")
    session.close()
    if (i === 0) continue
    ratios.push(ms / bare)
    times.push(ms)
  }
  const ratio = median(ratios)
  return figure(
    "the first prompt of a session",
    `${ratio.toFixed(1)} × (${median(times).toFixed(0)} ms)`,
    "≤ 8 × `node -e 0`",
    ratio <= 8,
  )
}

/** Keys one by one, each timed until it is on the screen. */
async function echo(session: Session, keys: number): Promise<{ median: number; worst: number }> {
  const times: number[] = []
  for (let i = 0; i < keys; i++) {
    // Each is a sign that nothing else on the screen has.
    const key = String.fromCharCode(0x4e00 + i)
    session.type(key)
    times.push(await session.until(key))
    await pause(40)
  }
  session.type("\u0015")
  await pause(60)
  times.sort((a, b) => a - b)
  return { median: median(times), worst: times[Math.floor(times.length * 0.95)]! }
}

async function echoes(history: string): Promise<Figure[]> {
  const session = await opened(history)
  const target = "≤ 30 ms"
  const idle = await echo(session, 40)
  session.type("while true { }\r")
  await session.until("Ctrl-C stops")
  const busy = await echo(session, 40)
  session.close()
  const row = (title: string, { median: middle, worst }: { median: number; worst: number }): Figure =>
    figure(title, `${middle.toFixed(1)} ms (95 %: ${worst.toFixed(1)} ms)`, target, middle <= 30)
  return [row("echo of a key, 10,000 inputs of history", idle), row("echo of a key while an evaluation runs", busy)]
}

const stopped: readonly (readonly [string, string])[] = [
  ["an endless loop", "while true { }\r"],
  ["a long built-in", "svd(uniform(key(1), [1200, 1200]))\r"],
  ["a runaway allocation", "fn grow(xs) = grow([...xs, xs]); grow([1])\r"],
]

async function stops(history: string): Promise<Figure[]> {
  const out: Figure[] = []
  for (const [title, program] of stopped) {
    const session = await opened(history)
    session.type(program)
    await session.until("Ctrl-C stops")
    await pause(500)
    session.type("\u0003")
    const ms = await session.until("interrupted")
    session.close()
    out.push(figure(`Ctrl-C stops ${title}`, `${ms.toFixed(0)} ms`, "≤ 100 ms", ms <= 100))
  }
  return out
}

async function floods(history: string): Promise<Figure[]> {
  const session = await opened(history)
  const lines = Array.from({ length: 500 }, (_, i) => `let a${String(i)} = ${String(i)}`)
  session.type(`\u001b[200~${[...lines, "a499 + 12345"].join("\n")}\u001b[201~`)
  const pasted = await session.until("12345")
  session.type("\r")
  const ran = await session.until("12844")
  await pause(300)
  session.type('for i in 0..10000 { print("line {i}") }\r')
  const printed = await session.until("line 9999")
  session.close()
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
  return [
    figure("pasting and running 500 lines", seconds(pasted + ran), "≤ 2 s", pasted + ran <= 2000),
    figure("10,000 lines of output", seconds(printed), "≤ 3 s", printed <= 3000),
  ]
}

/** The figures of the session; none where there is no `script` or no bundle. */
export async function sessions(rounds: number): Promise<Figure[]> {
  const bundled = existsSync(fileURLToPath(new URL("../dist/repl.mjs", import.meta.url)))
  if (!bundled || spawnSync("script", ["--version"]).status !== 0) {
    const value = bundled ? "not run: there is no `script`" : "not run: there is no bundle"
    return [{ title: "the session in a terminal", value, target: "", met: undefined }]
  }
  const folder = mkdtempSync(join(tmpdir(), "adl-bench-"))
  const history = join(folder, "history.jsonl")
  const entry = (_: unknown, i: number): string =>
    JSON.stringify({ text: `let value${String(i)} = sin(${String(i)}) + ${String(i)}` })
  writeFileSync(history, `${Array.from({ length: 10_000 }, entry).join("\n")}\n`)
  try {
    return [
      await firstPrompt(history, rounds),
      ...(await echoes(history)),
      ...(await stops(history)),
      ...(await floods(history)),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
