/** What is drawn: the live rows for a state of the prompt, and ink's frames for keys and pastes. */

import { render } from "ink-testing-library"
import { createElement } from "react"
import { afterEach, describe, expect, it } from "vitest"
import type { Entry } from "../repl/editor/catalogue.ts"
import { newPrompt, press, type Prompt, type Surroundings } from "../repl/editor/prompt.ts"
import { machine } from "../repl/machine.ts"
import { keysOf } from "../repl/terminal/keys.ts"
import { cut, liveRows, mostMenuRows, type Beside } from "../repl/terminal/live.ts"
import { SessionModel } from "../repl/terminal/model.ts"
import { View } from "../repl/terminal/view.ts"
import { coloured, highlight, plain } from "../repl/theme.ts"
import { widthOf } from "../repl/editor/text.ts"

const names: Entry[] = Array.from({ length: 30 }, (_, i) => ({
  name: `name${String(i)}`,
  kind: "function",
  signature: `fn name${String(i)}(x)`,
  doc: "Does something that takes a long sentence to tell, longer than a window is wide.",
}))
const around: Surroundings = {
  sources: { catalogue: { names, modules: [] }, commands: [], files: () => [] },
  isIncomplete: (text) => text.endsWith("{"),
}
const nothing: Beside = { status: "", preview: "", called: null, pieces: () => [] }
const typed = (...keys: readonly string[]): Prompt =>
  keys.reduce(
    (prompt, key) => press(prompt, key.startsWith("<") ? { name: key.slice(1, -1) } : { text: key }, around).prompt,
    newPrompt(["first input", "second input"]),
  )

describe("the live region", () => {
  const long = Array.from({ length: 60 }, (_, i) => `let variable${String(i)} = ${"1 + ".repeat(40)}1`)
  const prompts: readonly Prompt[] = [
    newPrompt(),
    typed("1 + 1"),
    typed(long.join("\n")),
    typed("x".repeat(100_000)),
    typed("漢字🎉".repeat(50)),
    typed("na", "<tab>"),
    typed(...long.slice(0, 20).flatMap((line) => [line, "<alt-enter>"]), "na", "<tab>"),
    typed("<ctrl-r>", "in"),
    typed("<ctrl-r>", "nothing of the kind"),
  ]
  const sizes = [
    { columns: 100, rows: 40 },
    { columns: 30, rows: 8 },
    { columns: 12, rows: 3 },
    { columns: 4, rows: 2 },
  ]

  it("is lower than the window, its rows no wider, and the cursor stands in it", () => {
    const beside: Beside = {
      ...nothing,
      status: "⠋ 3.2 s  fitting ━━━━━━╌╌╌╌ 50 %  ·  Ctrl-C stops",
      preview: "3.14",
      called: names[0]!,
    }
    for (const prompt of prompts) {
      for (const size of sizes) {
        for (const other of [nothing, beside]) {
          const { rows, cursor } = liveRows(prompt, other, size, plain)
          expect(rows.length).toBeLessThan(Math.max(4, size.rows))
          for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(Math.max(12, size.columns))
          expect(cursor!.y).toBeLessThan(rows.length)
          expect(cursor!.x).toBeLessThan(Math.max(12, size.columns))
        }
      }
    }
  })

  it("shows a menu of at most eight rows around what is chosen, and how many there are more", () => {
    const { rows } = liveRows(typed("na", "<tab>", "<up>"), nothing, { columns: 60, rows: 30 }, plain)
    expect(rows).toHaveLength(1 + mostMenuRows)
    expect(rows.at(-1)).toContain("name29")
    const first = liveRows(typed("na", "<tab>"), nothing, { columns: 60, rows: 30 }, plain).rows
    expect(first.at(-1)).toContain("(22 more)")
    expect(first[1]).toMatch(/^ {5}name0 {2,}\(x\) {2}Does something/)
  })

  it("puts the cursor behind wide characters and on wrapped rows", () => {
    expect(liveRows(typed("漢字"), nothing, { columns: 40, rows: 10 }, plain).cursor).toEqual({ x: 9, y: 0 })
    const wrapped = liveRows(typed("a".repeat(50)), nothing, { columns: 40, rows: 10 }, plain)
    expect(wrapped.rows).toEqual([`adl> ${"a".repeat(34)}`, `     ${"a".repeat(16)}`])
    expect(wrapped.cursor).toEqual({ x: 21, y: 1 })
    expect(liveRows(typed("f {", "<enter>", "x"), nothing, { columns: 40, rows: 10 }, plain).rows).toEqual([
      "adl> f {",
      "  ..   x",
    ])
  })

  it("cuts at characters", () => {
    expect(cut("漢字漢字", 5)).toBe("漢字…")
    expect(cut("abc", 3)).toBe("abc")
    expect(cut("abcd", 3)).toBe("ab…")
  })

  it("colours only where colours are wanted, and leaves the text what it is", () => {
    const text = 'fn f(x) = "a {x}" // note'
    expect(highlight(text, plain)).toBe(text)
    const shown = highlight(text, coloured)
    expect(shown).toContain("\u001b[35mfn\u001b[0m")
    expect(shown.replace(/\u001b\[[\d;]*m/g, "")).toBe(text)
  })
})

const noKey = {
  ...{ upArrow: false, downArrow: false, leftArrow: false, rightArrow: false, pageDown: false, pageUp: false },
  ...{ home: false, end: false, return: false, escape: false, ctrl: false, shift: false, tab: false },
  ...{ backspace: false, delete: false, meta: false, super: false, hyper: false, capsLock: false, numLock: false },
}

describe("keys", () => {
  it("in one chunk are taken apart", () => {
    expect(keysOf("x\ry\tz\u0012", noKey)).toEqual([
      { text: "x" },
      { name: "enter" },
      { text: "y" },
      { name: "tab" },
      { text: "z" },
      { name: "ctrl-r" },
    ])
  })

  it("have names", () => {
    expect(keysOf("", { ...noKey, upArrow: true })).toEqual([{ name: "up" }])
    expect(keysOf("c", { ...noKey, ctrl: true })).toEqual([{ name: "ctrl-c" }])
    expect(keysOf("b", { ...noKey, meta: true })).toEqual([{ name: "alt-b" }])
    expect(keysOf("\r", { ...noKey, return: true, meta: true })).toEqual([{ name: "alt-enter" }])
    expect(keysOf("", { ...noKey, leftArrow: true, ctrl: true, shift: true })).toEqual([{ name: "ctrl-shift-left" }])
    expect(keysOf("A", { ...noKey, shift: true })).toEqual([{ text: "A" }])
  })
})

describe("the view", () => {
  const shown: { unmount: () => void; model: SessionModel }[] = []
  afterEach(async () => {
    for (const { unmount, model } of shown.splice(0)) {
      unmount()
      await model.session.close()
    }
  })

  function opened() {
    const model = new SessionModel(
      { positionals: [], flags: {}, rest: [] },
      {
        history: ["old input"],
        machine: machine(null),
        paint: plain,
        window: () => ({ columns: 80, rows: 24, colour: false, images: null }),
        files: () => [],
        leave: () => undefined,
      },
    )
    const view = render(createElement(View, { model }))
    shown.push({ unmount: view.unmount, model })
    const until = async (text: string): Promise<void> => {
      for (let i = 0; i < 600 && !(view.lastFrame() ?? "").includes(text); i++)
        await new Promise((resolve) => setTimeout(resolve, 10))
      expect(view.lastFrame()).toContain(text)
    }
    return { ...view, model, until }
  }

  it("draws what is typed, runs it, and shows values above the prompt", async () => {
    const { stdin, until, frames } = opened()
    await until("adl>")
    stdin.write("1 + 1")
    await until("adl> 1 + 1")
    stdin.write("\r")
    const follows = (): boolean => {
      const echoed = frames.findIndex((frame) => frame.startsWith("adl> 1 + 1\n"))
      return echoed >= 0 && frames.slice(echoed).some((frame) => /^(?:adl> 1 \+ 1\n)?2\n/.test(frame))
    }
    for (let i = 0; i < 600 && !follows(); i++) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(follows()).toBe(true)
  })

  it("previews a cheap value, keeps a paste for Enter, completes and searches", async () => {
    const { stdin, until, model } = opened()
    await until("adl>")
    await model.session.evaluator.ready
    stdin.write("6 * 7")
    await until("= 42")
    stdin.write("\u0003")
    stdin.write("\u001b[200~let a = 1\nlet b = 2\n\u001b[201~")
    await until("  .. let b = 2")
    stdin.write("\u0003")
    stdin.write("gradch\t")
    await until("adl> gradcheck")
    stdin.write("(")
    await until("fn gradcheck(f, x)")
    stdin.write("\u0003\u0012old")
    await until("search history: old")
    stdin.write("\r")
    await until("adl> old input")
  })
})
