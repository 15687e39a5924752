/** The program itself in a terminal: typing, pasting, resizing, interruption, history across starts, completion, and the whole tour. */

import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterAll, afterEach, describe, expect, it } from "vitest"
import { lessons } from "../repl/tour.ts"

const root = resolve(import.meta.dirname, "..")
const folder = mkdtempSync(join(tmpdir(), "adl-terminal-"))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const tmux = spawnSync("tmux", ["-V"]).status === 0
if (!tmux) console.warn("tmux is not installed: the session is not tested in a terminal")

class Terminal {
  private static count = 0
  private readonly socket = `adl-test-${String(process.pid)}-${String(Terminal.count++)}`

  constructor(options: { columns?: number; rows?: number; env?: Record<string, string>; args?: string } = {}) {
    const { columns = 90, rows = 28, env = {}, args = "" } = options
    const set = Object.entries({ CI: "", TERM: "xterm-256color", ADL_HISTORY: join(folder, "history"), ...env })
    const assignments = set.map(([name, value]) => `${name}='${value}'`).join(" ")
    const program = `cd '${folder}' && env ${assignments} '${process.execPath}' '${join(root, "cli/start.ts")}' ${args}; echo status $?; sleep 60`
    this.tmux("-f", "/dev/null", "new-session", "-d", "-x", String(columns), "-y", String(rows), program)
  }

  private tmux(...args: readonly string[]): string {
    return spawnSync("tmux", ["-L", this.socket, ...args], { encoding: "utf8" }).stdout
  }

  keys(...keys: readonly string[]): void {
    this.tmux("send-keys", ...keys)
  }

  type(text: string): void {
    this.tmux("send-keys", "-l", text)
  }

  paste(text: string): void {
    const path = join(folder, "paste")
    writeFileSync(path, text)
    this.tmux("load-buffer", path)
    this.tmux("paste-buffer", "-p")
  }

  resize(columns: number, rows: number): void {
    this.tmux("resize-window", "-x", String(columns), "-y", String(rows))
  }

  /** The screen without empty lines at its end; with `all` what has scrolled away, too. */
  screen(all = false): string {
    return this.tmux("capture-pane", "-p", ...(all ? ["-S", "-20000"] : [])).trimEnd()
  }

  get cursor(): string {
    return this.tmux("display-message", "-p", "#{cursor_x}").trim()
  }

  async until(test: string | RegExp | ((screen: string) => boolean), all = false, ms = 20_000): Promise<string> {
    const fits = (screen: string): boolean =>
      typeof test === "function" ? test(screen) : typeof test === "string" ? screen.includes(test) : test.test(screen)
    const end = Date.now() + ms
    let screen = this.screen(all)
    while (!fits(screen) && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 40))
      screen = this.screen(all)
    }
    if (!fits(screen)) throw new Error(`the screen never showed ${String(test)}:\n${screen}`)
    return screen
  }

  close(): void {
    this.tmux("kill-server")
  }
}

describe.skipIf(!tmux)("in a terminal", { timeout: 120_000 }, () => {
  const open: Terminal[] = []
  afterEach(() => {
    for (const terminal of open.splice(0)) terminal.close()
  })
  const started = async (options: ConstructorParameters<typeof Terminal>[0] = {}): Promise<Terminal> => {
    const terminal = new Terminal(options)
    open.push(terminal)
    await terminal.until("adl>")
    return terminal
  }

  it("runs what is typed, over several lines and faster than it answers, and ends with status 0", async () => {
    const terminal = await started()
    terminal.type("1 + 2\rfn f(x) {\rx^2\r}\rf'(3)\r")
    const screen = await terminal.until(/adl> f'\(3\)\n6\nadl>$/)
    expect(screen).toMatch(/adl> 1 \+ 2\n3\nadl> fn f\(x\) \{\n {2}\.\. {3}x\^2\n {2}\.\. \}\nadl> f'\(3\)\n6\nadl>$/)
    terminal.keys("C-c")
    await terminal.until(":quit or Ctrl-D leaves")
    terminal.keys("C-d")
    await terminal.until("status 0")
  })

  it("previews, completes with a menu, knows letters and shows parameters", async () => {
    const terminal = await started()
    terminal.type("2^10")
    await terminal.until("= 1024")
    terminal.keys("C-u")
    terminal.type("log_s\t")
    await terminal.until(/log_sigmoid +\(x\) .*\n +log_softmax +\(a/)
    terminal.keys("Tab", "Enter")
    terminal.type("(")
    await terminal.until("fn log_softmax(a")
    terminal.keys("C-u")
    terminal.type("let \\alpha\t = 3\r")
    terminal.type("\\alpha\t + 1\r")
    await terminal.until(/adl> α \+ 1\n4\n/)
    terminal.type('let name = "漢字"\r"{name} 漢')
    await terminal.until('adl> "{name} 漢')
    expect(terminal.cursor).toBe("15")
  })

  it("keeps a paste of many lines for Enter, echoes its statements with their values, and stops at the first error", async () => {
    const terminal = await started()
    const lines = Array.from({ length: 500 }, (_, i) =>
      i % 100 === 99 ? `a${String(i - 1)} + 1` : `let a${String(i)} = ${String(i)}`,
    )
    terminal.paste(lines.join("\n"))
    await terminal.until("a498 + 1")
    expect(terminal.screen()).not.toContain("\n499\n")
    terminal.keys("Enter")
    const screen = await terminal.until(/adl> a498 \+ 1\n499\nadl>$/, true)
    expect(screen).toContain("adl> a98 + 1\n99\nadl> let a100 = 100\n")
    terminal.paste('"one"\nerror("two")\n"three"\n')
    await terminal.until('.. "three"')
    terminal.keys("Enter")
    await terminal.until("error[E0325]: two")
    expect(terminal.screen()).not.toContain('adl> "three"')
  })

  it("stops an endless loop and a long built-in, keeps what was defined, and takes keys meanwhile", async () => {
    const terminal = await started()
    terminal.type("let kept = 41\rkept\r")
    await terminal.until("\n41\n")
    terminal.type("while true { }\r")
    await terminal.until("Ctrl-C stops")
    terminal.type("kept + 1")
    await terminal.until("adl> kept + 1")
    terminal.keys("C-c")
    await terminal.until("interrupted")
    terminal.keys("Enter")
    await terminal.until(/adl> kept \+ 1\n42\n/)
    terminal.type("sort(uniform(key(1), 30000000))\r")
    await terminal.until((screen) => screen.includes("Ctrl-C stops"))
    terminal.keys("C-c")
    await terminal.until(/30000000\)\)\ninterrupted\n/)
    terminal.type("kept + 2\r")
    await terminal.until(/adl> kept \+ 2\n43\n/)
  })

  it("remembers inputs across starts, finds them by their beginning and by search", async () => {
    const env = { ADL_HISTORY: join(folder, "kept-history") }
    const first = await started({ env })
    first.type('let gamma = 5\rprint("searched for")\r')
    await first.until("searched for\nadl>")
    first.type(":quit\r")
    await first.until("status 0")
    const second = await started({ env })
    second.type("let")
    second.keys("Up")
    await second.until("adl> let gamma = 5")
    second.keys("C-u", "C-r")
    second.type("search")
    await second.until('▸ print("searched for")')
    second.keys("Enter")
    await second.until('adl> print("searched for")')
  })

  it("lives through resizing, also with a text higher than the window", async () => {
    const terminal = await started({ columns: 80, rows: 24 })
    terminal.paste(Array.from({ length: 40 }, (_, i) => `let v${String(i)} = ${String(i)}`).join("\n"))
    await terminal.until("let v39 = 39")
    terminal.resize(40, 10)
    await terminal.until((screen) => screen.includes("let v39 = 39") && screen.split("\n").length <= 10)
    terminal.resize(100, 30)
    await terminal.until("let v20 = 20")
    terminal.keys("Enter")
    await terminal.until("adl> let v39 = 39")
    terminal.type("v39\r")
    await terminal.until(/adl> v39\n39\nadl>$/)
  })

  it("writes ten thousand lines", async () => {
    const terminal = await started()
    terminal.type('for i in 0..10000 { print("line {i}") }\r"done"\r')
    const screen = await terminal.until(/line 9999\nadl> "done"\n"done"\n/)
    expect(screen).toContain("line 9998\nline 9999\n")
  })

  it("takes the whole tour", async () => {
    const terminal = await started({ rows: 60 })
    for (const [i, lesson] of lessons.entries()) {
      terminal.type(":tour\r")
      await terminal.until(`${String(i + 1)}/12  ${lesson.title}`)
      await terminal.until(`adl> ${lesson.program.split("\n")[0]!}`)
      terminal.keys("Enter")
      await terminal.until((screen) => screen.replace(/\s+/g, " ").includes(lesson.after.slice(0, 40)))
      terminal.keys("C-l")
      await terminal.until((screen) => !screen.includes("/12  "))
    }
  })

  it("opens the editor and goes on with what it left", async () => {
    const editor = join(folder, "editor.sh")
    writeFileSync(editor, '#!/bin/sh\necho "40 + 2" > "$1"\n', { mode: 0o755 })
    const terminal = await started({ env: { EDITOR: editor } })
    terminal.type("1\r:edit\r")
    await terminal.until(/adl> 40 \+ 2$/)
    terminal.keys("Enter")
    await terminal.until(/adl> 40 \+ 2\n42\n/)
  })

  it("has no colours and no escapes where they are not wanted", async () => {
    const dumb = await started({ env: { TERM: "dumb", ADL_HISTORY: "" } })
    dumb.type("[1, 2]\r")
    await dumb.until(/\[1, 2\]\nadl>$/)
    dumb.type(":quit\r")
    await dumb.until("status 0")
  })
})

describe("without a terminal", () => {
  const run = (
    input: string,
    args: readonly string[] = [],
  ): { stdout: string; stderr: string; status: number | null } =>
    spawnSync(process.execPath, [join(root, "cli/start.ts"), "repl", ...args], {
      input,
      encoding: "utf8",
      env: { ...process.env, ADL_HISTORY: "" },
    })

  it("reads lines until they are complete, writes no escape codes, and tells errors apart", () => {
    const { stdout, stderr, status } = run("fn f(x) {\n  x + 1\n}\nf(1)\n:type f\nf(\n")
    expect(stdout).toBe("2\na function\n")
    expect(stderr).toMatch(/^error\[E\d+\]/)
    expect(status).toBe(0)
  })

  it("refuses wrong flags as any command does", () => {
    for (const args of [
      ["--steps", "many"],
      ["--json", "--tier", "7"],
    ]) {
      const { stdout, stderr, status } = run("1 + 1\n", args)
      expect(stdout + stderr).toMatch(/needs a number above 0, not `many`|--tier is 0, 1, 2 or auto, not `7`/)
      expect(status).toBe(2)
    }
  })

  it("survives bytes that are no text", () => {
    const { stdout, status } = run(Buffer.from([0xff, 0xfe, 0x80, 10, 49, 43, 49, 10]).toString("latin1"))
    expect(stdout).toContain("2\n")
    expect(status).toBe(0)
  })

  it("speaks JSON with editors", () => {
    const requests = [
      { id: 1, run: "let a = [1, 2]\na * 2" },
      { id: 2, run: 'print("x"); b' },
      { id: 3, complete: "a + sinh", cursor: 7 },
      { id: 4, command: ":type a" },
      { id: 5, command: ":nothing" },
    ]
    const { stdout, status } = run(`${requests.map((request) => JSON.stringify(request)).join("\n")}\n1 / 0\n:quit\n`, [
      "--json",
    ])
    const answers = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(answers.filter(({ id }) => id === 1)).toEqual([
      { id: 1, value: [2, 4], line: 2 },
      { id: 1, ready: true },
    ])
    expect(answers.find(({ id, error }) => id === 2 && error !== undefined)).toMatchObject({
      error: { code: "E0201", line: 1 },
    })
    expect(answers.find(({ id }) => id === 3)).toMatchObject({
      from: 4,
      completions: [{ name: "sin" }, { name: "sinc" }, { name: "sinh" }],
    })
    expect(answers.find(({ id }) => id === 4)).toEqual({ id: 4, print: "an array of shape (2)" })
    expect(answers.find(({ id }) => id === 5)).toMatchObject({ error: { code: "E0801" } })
    expect(answers.find(({ value }) => typeof value === "object" && value !== null && "$number" in value)).toEqual({
      value: { $number: "inf" },
      line: 1,
    })
    expect(status).toBe(0)
  })
})
