/** The editor of a session, without a terminal: what keys do to a text, to history, completion and search. */

import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { emptyBuffer, insert, move, redo, undo, type Buffer } from "../repl/editor/buffer.ts"
import type { Catalogue, CommandEntry, Entry } from "../repl/editor/catalogue.ts"
import { calledAt, complete, placeOf, type Sources } from "../repl/editor/complete.ts"
import { remember, search } from "../repl/editor/history.ts"
import { letters } from "../repl/editor/letters.ts"
import {
  newPrompt,
  paste,
  press,
  type Effect,
  type Key,
  type Prompt,
  type Surroundings,
} from "../repl/editor/prompt.ts"
import { piecesOf } from "../repl/editor/statements.ts"
import { after, before, between, widthOf } from "../repl/editor/text.ts"
import { isIncomplete, parse } from "../lang/parse.ts"

const value = (name: string, fields?: readonly Entry[]): Entry => ({
  name,
  kind: "value",
  signature: "a number",
  doc: "",
  ...(fields === undefined ? {} : { fields }),
})
const catalogue: Catalogue = {
  names: [
    value("params", [value("weights", [value("first")]), value("bias")]),
    { name: "solve", kind: "function", signature: "fn solve(A, b)", doc: "Solves A x = b.", parameters: ["A", "b"] },
    { name: "sin", kind: "function", signature: "fn sin(x)", doc: "Sine.", parameters: ["x"] },
    { name: "sinh", kind: "function", signature: "fn sinh(x)", doc: "", parameters: ["x"] },
    { name: "logsumexp", kind: "function", signature: "fn logsumexp(a, axis: …)", doc: "", parameters: ["a", "axis"] },
  ],
  modules: [{ name: "std/optim", kind: "module", signature: "module std/optim", doc: "Optimisers." }],
}
const commands: readonly CommandEntry[] = [
  { name: "trace", kind: "command", signature: ":trace f(2)", doc: "", argument: "expression" },
  { name: "tour", kind: "command", signature: ":tour", doc: "", argument: "none" },
  { name: "load", kind: "command", signature: ":load FILE", doc: "", argument: "file" },
]
const sources: Sources = {
  catalogue,
  commands,
  files: (path) => ["data.csv", "models/"].filter((name) => name.startsWith(path.slice(path.lastIndexOf("/") + 1))),
}
const around: Surroundings = { sources, isIncomplete: (text) => isIncomplete({ name: "<input>", text }) }

/** Presses keys written as words; what is no known key is typed. */
function keys(prompt: Prompt, ...list: readonly (string | Key)[]): { prompt: Prompt; effects: Effect[] } {
  const effects: Effect[] = []
  for (const item of list) {
    const key: Key =
      typeof item !== "string" ? item : item.startsWith("<") ? { name: item.slice(1, -1) } : { text: item }
    const out = press(prompt, key, around)
    prompt = out.prompt
    if (out.effect !== null) effects.push(out.effect)
  }
  return { prompt, effects }
}
const typed = (...list: readonly (string | Key)[]): Prompt => keys(newPrompt(), ...list).prompt
/** The text with `|` at the cursor. */
const shown = ({ buffer }: Prompt): string =>
  `${buffer.text.slice(0, buffer.cursor)}|${buffer.text.slice(buffer.cursor)}`

describe("places in a text", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", " ", "\n", "é", "e\u0301", "漢", "👩‍👩‍👧", "🇫🇷", "1️⃣", "\ud83d"),
    maxLength: 30,
  })

  it("goes through a text forwards and backwards over the same characters", () => {
    fc.assert(
      fc.property(text, (sample) => {
        const forwards: number[] = []
        for (let at = 0; at < sample.length; at = after(sample, at)) forwards.push(at)
        const backwards: number[] = []
        for (let at = sample.length; at > 0; at = before(sample, at)) backwards.unshift(before(sample, at))
        expect(backwards).toEqual(forwards)
        for (const at of forwards) expect(between(sample, at)).toBe(at)
      }),
    )
  })

  it("counts columns as a terminal does", () => {
    expect(widthOf("abc")).toBe(3)
    expect(widthOf("漢字")).toBe(4)
    expect(widthOf("e\u0301")).toBe(1)
    expect(widthOf("🎉")).toBe(2)
  })
})

describe("the buffer", () => {
  const step = fc.oneof(
    fc.string({ maxLength: 5 }).map((text): Key => ({ text })),
    fc
      .constantFrom(
        ...[
          "left",
          "right",
          "up",
          "down",
          "home",
          "end",
          "backspace",
          "delete",
          "ctrl-w",
          "ctrl-k",
          "ctrl-u",
          "ctrl-y",
        ],
        ...["alt-y", "ctrl-t", "ctrl-z", "alt-z", "alt-b", "alt-f", "alt-d", "shift-left", "shift-right", "alt-w"],
        ...["enter", "alt-enter", "tab", "shift-tab", "escape", "ctrl-r", "ctrl-c", "ctrl-d", "page-up", "page-down"],
      )
      .map((name): Key => ({ name })),
  )

  it("keeps cursor and selection inside the text, between characters, whatever is pressed", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (list) => {
        let prompt = newPrompt(["let a = 1", "a + 1"])
        for (const key of list) {
          prompt = press(prompt, key, around).prompt
          const { text, cursor, anchor } = prompt.buffer
          expect(cursor).toBeGreaterThanOrEqual(0)
          expect(cursor).toBeLessThanOrEqual(text.length)
          expect(/[\ud800-\udbff]/.test(text[cursor - 1] ?? "") && /[\udc00-\udfff]/.test(text[cursor] ?? "")).toBe(
            false,
          )
          if (anchor !== null) expect(anchor).toBeLessThanOrEqual(text.length)
          if (prompt.menu !== null) expect(prompt.menu.items.length).toBeGreaterThan(prompt.menu.chosen)
        }
      }),
      { numRuns: 300 },
    )
  })

  it("undoes every change back to the beginning and redoes them to the end", () => {
    const change = fc.oneof(
      fc.string({ minLength: 1, maxLength: 4 }).map((text) => (buffer: Buffer) => insert(buffer, text)),
      fc.constantFrom("left", "right", "start", "end").map(
        (by) =>
          (buffer: Buffer): Buffer =>
            move(buffer, by as "left"),
      ),
    )
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        let buffer = changes.reduce((sofar, f) => f(sofar), emptyBuffer)
        const end = buffer.text
        const depth = buffer.past.length
        for (let i = 0; i < depth; i++) buffer = undo(buffer)
        expect(buffer.text).toBe("")
        for (let i = 0; i < depth; i++) buffer = redo(buffer)
        expect(buffer.text).toBe(end)
      }),
    )
  })

  it("cuts and puts in; cuts in a row make one", () => {
    expect(shown(typed("one two three", "<ctrl-w>", "<ctrl-w>", "<home>", "<ctrl-y>"))).toBe("two three|one ")
    expect(shown(typed("ab", "<ctrl-u>", "cd", "<ctrl-u>", "<ctrl-y>", "<alt-y>"))).toBe("ab|")
    expect(shown(typed("abc", "<left>", "<ctrl-k>", "<home>", "<ctrl-y>"))).toBe("c|ab")
  })

  it("replaces a selection by what is typed", () => {
    expect(shown(typed("abcd", "<shift-left>", "<shift-left>", "x"))).toBe("abx|")
    expect(shown(typed("abcd", "<shift-home>", "<backspace>"))).toBe("|")
  })

  it("exchanges two characters", () => {
    expect(shown(typed("ab", "<ctrl-t>"))).toBe("ba|")
    expect(shown(typed("abc", "<left>", "<left>", "<ctrl-t>"))).toBe("ba|c")
  })

  it("keeps its column when moving over a shorter line", () => {
    const prompt = typed("abcdef", "<alt-enter>", "x", "<alt-enter>", "abcdef", "<left>", "<left>", "<up>", "<up>")
    expect(shown(prompt)).toBe("abcd|ef\nx\nabcdef")
  })
})

describe("Enter", () => {
  it("submits what is complete", () => {
    const { prompt, effects } = keys(newPrompt(), "1 + 1", "<enter>")
    expect(effects).toEqual([{ kind: "submit", text: "1 + 1" }])
    expect(prompt.buffer.text).toBe("")
    expect(prompt.history).toEqual(["1 + 1"])
  })

  it("goes on where something is open, indented, and closes a brace one step further left", () => {
    const { prompt, effects } = keys(newPrompt(), "fn f(x) {", "<enter>", "x + 1", "<enter>", "}")
    expect(prompt.buffer.text).toBe("fn f(x) {\n  x + 1\n}")
    expect(effects).toEqual([])
    expect(keys(prompt, "<enter>").effects).toEqual([{ kind: "submit", text: "fn f(x) {\n  x + 1\n}" }])
  })

  it("submits what is wrong, for the error to be seen", () => {
    expect(keys(newPrompt(), "1 + )", "<enter>").effects).toHaveLength(1)
    expect(keys(newPrompt(), '"abc', "<enter>").effects).toHaveLength(1)
  })

  it("ignores blanks", () => {
    expect(keys(newPrompt(), "   ", "<enter>")).toMatchObject({ effects: [], prompt: { buffer: { text: "" } } })
  })
})

describe("leaving and stopping", () => {
  it("Ctrl-C clears a line and asks to interrupt on an empty one; Ctrl-D deletes or ends", () => {
    const cleared = keys(newPrompt(), "abc", "<ctrl-c>")
    expect(cleared).toMatchObject({ effects: [], prompt: { buffer: { text: "" } } })
    expect(keys(cleared.prompt, "<ctrl-c>").effects).toEqual([{ kind: "interrupt" }])
    expect(shown(typed("abc", "<home>", "<ctrl-d>"))).toBe("|bc")
    expect(keys(newPrompt(), "<ctrl-d>").effects).toEqual([{ kind: "end" }])
  })
})

describe("history", () => {
  const past = ["let a = 1", "sin(a)", "let b = 2", "sin(b)"]

  it("Up goes through entries that begin like what was typed, Down back to it", () => {
    const at = keys(newPrompt(past), "let", "<up>")
    expect(shown(at.prompt)).toBe("let| b = 2")
    const first = keys(at.prompt, "<up>")
    expect(shown(first.prompt)).toBe("let| a = 1")
    expect(shown(keys(first.prompt, "<up>").prompt)).toBe("let| a = 1")
    expect(shown(keys(first.prompt, "<down>", "<down>").prompt)).toBe("let|")
  })

  it("without a beginning Up is the latest entry", () => {
    expect(shown(keys(newPrompt(past), "<up>").prompt)).toBe("sin(b)|")
    expect(shown(keys(newPrompt(past), "<up>", "<up>", "<down>").prompt)).toBe("sin(b)|")
  })

  it("Ctrl-R finds words anywhere, then letters in order", () => {
    expect(search(past, "sin").map(({ text }) => text)).toEqual(["sin(b)", "sin(a)"])
    expect(search(past, "lt b").map(({ text }) => text)).toEqual(["let b = 2"])
    const found = keys(newPrompt(past), "<ctrl-r>", "sin", "<ctrl-r>", "<enter>")
    expect(shown(found.prompt)).toBe("sin(a)|")
    expect(shown(keys(newPrompt(past), "draft", "<ctrl-r>", "sin", "<escape>").prompt)).toBe("draft|")
  })

  it("does not remember the same input twice in a row", () => {
    expect(remember(remember(["a"], "a"), "b")).toEqual(["a", "b"])
  })
})

describe("completion", () => {
  const names = (text: string): string[] | null =>
    complete(text, text.length, sources)?.items.map(({ name }) => name) ?? null

  it("knows names, fields, named arguments, modules, files and commands", () => {
    expect(names("si")).toEqual(["sin", "sinh"])
    expect(names("1 + par")).toEqual(["params"])
    expect(names("params.")).toEqual(["weights", "bias"])
    expect(names("params.weights.f")).toEqual(["first"])
    expect(names("solve(")).toContain("A:")
    expect(names("logsumexp(xs, ax")).toEqual(["axis:"])
    expect(names('import "std/')).toEqual(["std/optim"])
    expect(names('import "./mo')).toEqual(["./models/"])
    expect(names('read_csv("da')).toEqual(["data.csv"])
    expect(names(":t")).toEqual(["trace", "tour"])
    expect(names(":trace si")).toEqual(["sin", "sinh"])
    expect(names(":load mod")).toEqual(["models/"])
    expect(names("wh")).toEqual(["while"])
  })

  it("finds scattered letters where nothing begins so", () => {
    expect(names("lse")).toEqual(["logsumexp"])
  })

  it("has nothing to offer in comments, behind numbers and after what is whole", () => {
    expect(names("1 // si")).toBeNull()
    expect(names("2.s")).toBeNull()
    expect(names(":tour s")).toBeNull()
    expect(names("")).toBeNull()
    expect(names("solve(A).we")).toBeNull()
  })

  it("completes inside an interpolation as in a program", () => {
    expect(names('"value {si')).toEqual(["sin", "sinh"])
    expect(placeOf('"a {f(')).toMatchObject({ string: null, call: "f" })
  })

  it("Tab completes as far as it is certain, then offers a menu that typing narrows", () => {
    expect(shown(typed("so", "<tab>"))).toBe("solve|")
    const open = typed("s", "i", "<tab>")
    expect(shown(open)).toBe("sin|")
    expect(open.menu?.items.map(({ name }) => name)).toEqual(["sin", "sinh"])
    expect(shown(keys(open, "<tab>", "<enter>").prompt)).toBe("sinh|")
    expect(keys(open, "h").prompt.menu).toBeNull()
    expect(keys(open, "<escape>").prompt.menu).toBeNull()
    expect(shown(keys(open, "<up>", "<enter>").prompt)).toBe("sinh|")
  })

  it("a named argument brings its colon and a blank, a command a blank", () => {
    expect(shown(typed("logsumexp(xs, ax", "<tab>"))).toBe("logsumexp(xs, axis: |")
    expect(shown(typed(":tr", "<tab>"))).toBe(":trace |")
  })

  it("knows the function whose arguments are being written", () => {
    expect(calledAt("solve(a, ", 9, catalogue)?.signature).toBe("fn solve(A, b)")
    expect(calledAt("solve(a)", 8, catalogue)).toBeNull()
    expect(calledAt("solve([1, (2)", 13, catalogue)).toBeNull()
  })

  it("never fails, whatever stands before the cursor", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."ab.(){}[]\":/\\ \n;,'1"), maxLength: 40 }),
        fc.nat(40),
        (text, at) => {
          const cursor = Math.min(at, text.length)
          const found = complete(text, cursor, sources)
          if (found !== null) expect(found.from).toBeLessThanOrEqual(cursor)
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe("letters", () => {
  it("\\alpha and Tab is α", () => {
    expect(shown(typed("2 * \\alpha", "<tab>"))).toBe("2 * α|")
    expect(shown(typed("x\\_1", "<tab>"))).toBe("x₁|")
    expect(shown(typed("\\alp", "<tab>"))).toBe("α|")
  })

  it("each may stand in a name", () => {
    const wrong = [...letters.values()].filter(
      (letter) => parse({ name: "<input>", text: `let a${letter} = 1` }).faults.length > 0,
    )
    expect(wrong).toEqual([])
  })
})

describe("pasting", () => {
  it("puts a text in as it is, undone by one step", () => {
    const prompt = paste(typed("x"), "let a = 1\r\nlet b\t= 2\n")
    expect(prompt.buffer.text).toBe("xlet a = 1\nlet b  = 2\n")
    expect(undo(prompt.buffer).text).toBe("x")
  })

  it("drops control characters and the prompts and answers of a copied session", () => {
    expect(paste(newPrompt(), "a\u0000\u001b[31mb\u0007").buffer.text).toBe("a[31mb")
    expect(paste(newPrompt(), "adl> fn f(x) {\n  ..   x\n  .. }\nadl> f(2)\n2\n").buffer.text).toBe(
      "fn f(x) {\n  x\n}\nf(2)",
    )
  })
})

describe("what is loaded", () => {
  const root = resolve(import.meta.dirname, "..")
  const importsOf = (file: string, kinds: RegExp): string[] =>
    [...readFileSync(file, "utf8").matchAll(kinds)].map((found) => found[1]!)

  it("by the editor is neither Node nor a terminal", () => {
    const folder = join(root, "repl/editor")
    const found = readdirSync(folder).flatMap((file) => importsOf(join(folder, file), /from "([^"]+)"/g))
    expect(found.length).toBeGreaterThan(10)
    expect(found.filter((to) => !/^(\.\/|\.\.\/\.\.\/lang\/)/.test(to))).toEqual([])
  })

  it("by any command but the session has nothing to do with ink or React", () => {
    const seen = new Set<string>()
    const outside = new Set<string>()
    const visit = (file: string): void => {
      if (seen.has(file)) return
      seen.add(file)
      for (const to of importsOf(file, /(?:from |import\()"([^"]+)"/g)) {
        if (!to.startsWith(".")) outside.add(to)
        else if (to.endsWith(".ts") && !to.endsWith("repl/main.ts")) visit(resolve(dirname(file), to))
      }
    }
    visit(join(root, "cli/main.ts"))
    expect(seen.size).toBeGreaterThan(50)
    expect([...outside].filter((name) => /^(ink|react)/.test(name))).toEqual([])
  })
})

describe("statements of an input", () => {
  it("are taken apart with what belongs to them", () => {
    const text = "let a = 1 // one\n\n/// doubles\nfn f(x) {\n  2 * x\n}\nf(a);\nf(3)"
    expect(piecesOf(text)).toEqual([
      { text: "let a = 1 // one", line: 1 },
      { text: "/// doubles\nfn f(x) {\n  2 * x\n}", line: 6 },
      { text: "f(a);", line: 7 },
      { text: "f(3)", line: 8 },
    ])
  })

  it("are one where the text has faults", () => {
    expect(piecesOf("1 +\n)\n2")).toEqual([{ text: "1 +\n)\n2", line: 3 }])
  })

  it("together are the text", () => {
    const statement = fc.constantFrom(
      "let a = 1",
      "a + 1;",
      "fn f(x) {\n  x\n}",
      "// note",
      "/// doc\nfn g() = 1",
      "[1,\n 2]",
    )
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 8 }), (list) => {
        const text = list.join("\n")
        const joined = piecesOf(text).map((piece) => piece.text)
        expect(joined.join("\n").replace(/\s+/g, " ").trim()).toBe(text.replace(/\s+/g, " ").trim())
      }),
    )
  })
})
