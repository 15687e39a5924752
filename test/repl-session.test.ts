/** A session without a terminal: inputs, commands, interruption and the record, through the real computing thread. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, describe, expect, it } from "vitest"
import { commands } from "../repl/commands.ts"
import { Console, type Machine, type Screen } from "../repl/console.ts"
import { appendHistory, historyPath, machine, readHistory } from "../repl/machine.ts"
import { plain } from "../repl/theme.ts"
import { lessons } from "../repl/tour.ts"
import type { Window } from "../repl/workspace/protocol.ts"

const folder = mkdtempSync(join(tmpdir(), "adl-session-"))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

class Recorder implements Screen {
  readonly paint = plain
  readonly echoes: boolean = false
  readonly written: string[] = []
  offered = ""
  window = (): Window => ({
    columns: 80,
    rows: 30,
    colour: false,
    images: null,
  })
  write(text: string): void {
    // How long something took depends on the machine.
    if (!/^[\d.]+ s$/.test(text)) this.written.push(text)
  }
  offer(text: string): void {
    this.offered = text
  }
  changed(): void {
    // Nothing is drawn.
  }
  suspended(f: () => void): Promise<void> {
    f()
    return Promise.resolve()
  }
}

class Echoing extends Recorder {
  override readonly echoes = true
}

const open: Console[] = []
afterEach(async () => {
  for (const session of open.splice(0)) await session.close()
})

function started(flags: Record<string, string> = {}, own: Partial<Machine> = {}, screen: Recorder = new Recorder()) {
  const session = new Console({ positionals: [], flags, rest: [] }, screen, {
    ...machine(null),
    ...own,
  })
  open.push(session)
  /** What a text shows. */
  const type = async (text: string): Promise<string> => {
    screen.written.length = 0
    await session.submit(text)
    return screen.written.join("\n")
  }
  return { session, screen, type }
}

const until = async (test: () => boolean): Promise<void> => {
  for (let i = 0; i < 2000 && !test(); i++) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(test()).toBe(true)
}

describe("inputs", () => {
  it("show values, keep definitions and the last value as `it`, and go on after errors", async () => {
    const { type } = started()
    expect(await type("let a = 20")).toBe("")
    expect(await type("a + 1")).toBe("21")
    expect(await type("it * 2")).toBe("42")
    expect(await type("b")).toContain("there is no `b` here")
    expect(await type("fn twice(x) = 2 * x")).toBe("")
    expect(await type('let c = 5; error("no")')).toContain("no")
    expect(await type("twice(c)")).toBe("10")
    expect(await type('print("hi"); 1; 2;')).toBe("hi")
  })

  it("are laid out for the window: matrices with their shape, records over several lines, functions with their doc", async () => {
    const { type } = started()
    expect(await type("[[1, 2.5], [10, -3]]")).toBe("shape (2, 2)\n[[ 1,  2.5],\n [10, -3]]")
    const record = await type(
      `{ ${"abcdefgh"
        .split("")
        .map((c) => `${c}: "${c.repeat(12)}"`)
        .join(", ")} }`,
    )
    expect(record.split("\n")[0]).toBe("{")
    expect(record.split("\n").every((line) => line.length <= 80)).toBe(true)
    expect(await type("/// Half of x.\nfn half(x) = x / 2\nhalf")).toBe("fn half(x)  Half of x.")
    expect(await type("linspace(0, 1, 5000)")).toContain("shape (5000) · :more shows all")
    expect(await type(":more")).toMatch(/^\[0, 0\.0002[^]*… [\d,]+ more lines \(:more goes on\)$/)
  })

  it("of several statements are echoed one by one, with what each shows", async () => {
    const { type } = started({}, {}, new Echoing())
    expect(await type("let a = 1\na + 1\nfn f(x) {\n  x\n}\nf(3)")).toBe(
      "adl> let a = 1\nadl> a + 1\n2\nadl> fn f(x) {\n  ..   x\n  .. }\nadl> f(3)\n3",
    )
    expect(await type('1\nerror("stop")\n3')).toMatch(/^adl> 1\n1\nadl> error\("stop"\)\nerror\[E0325\]: stop/)
  })
})

describe("commands", () => {
  it("each has a usage, a summary and help, and none fails without its argument", async () => {
    const { type } = started()
    const list = await type(":help")
    for (const { name, usage, summary } of commands) {
      expect(list).toContain(usage)
      expect(await type(`:help ${name}`)).toContain(summary.slice(1))
      if (["quit", "edit", "tour", "help"].includes(name)) continue
      expect(await type(`:${name}`)).not.toBe("")
      expect(await type(`:${name} )( nonsense`)).toMatch(/error\[E\d+\]/)
    }
  })

  it("look at values", async () => {
    const { type } = started()
    expect(await type(":type [1, 2, 3]")).toBe("an array of shape (3)")
    expect(await type(':shape { w: zeros([3, 4]), b: 0, t: (true, "s") }')).toBe(
      "{ w: (3, 4), b: number, t: (boolean, string) }",
    )
    expect(await type(":doc sin")).toContain("fn sin(x)")
    expect(await type(":doc sim")).toContain("did you mean `sin`?")
    await type("/// Squares.\nfn sq(x) = x^2")
    expect(await type(":doc sq")).toBe("fn sq(x)\n\nSquares.")
    expect(await type(":code sq")).toContain("fn sq(x) = x^2")
    expect(await type(":env")).toBe("sq  fn sq(x)")
  })

  it("look inside derivatives", async () => {
    const { type } = started()
    await type("fn f(x1, x2) = ln(x1) + x1 * x2 - sin(x2)")
    expect(await type(":trace f(2, 5)")).toMatch(/v5 += v3 - v4 +11\.6521 +5\.5 +1\.71634 +1\n/)
    expect(await type(":graph f(2, 5)")).toBe(
      [
        "●      v-1 = x1 = 2",
        "│ ●    v0  = x2 = 5",
        "├─┊─●  v1  = ln(v-1) = 0.693147",
        "●─┤ │  v2  = v-1 * v0 = 10",
        "└─┊─●  v3  = v1 + v2 = 10.6931",
        "  ● │  v4  = sin(v0) = -0.958924",
        "  └─●  v5  = v3 - v4 = 11.6521",
      ].join("\n"),
    )
    const derivative = await type(":derive f")
    expect(await type(`(${derivative})(2, 5)`)).toBe("(5.5, 1.7163378145367738)")
    expect(await type(":gradcheck f (2, 5)")).toContain("both modes agree with finite differences")
    expect(await type(":gradcheck (x => round(x) + x) 0.5")).toContain("do not agree")
    expect(await type(":why grad(f)(1, 0)")).toContain("the derivative with respect to x2 is 0")
    expect(await type(":profile f(2, 5)")).toContain(
      "5 operations on values being differentiated; 7 of them on the tape",
    )
    expect(await type(":time f(2, 5)")).toMatch(/^value .*s\ngradient .*s .*\nratio +\d/)
  })

  it("write graphs, sessions and plots to files", async () => {
    const written = new Map<string, string | Uint8Array>()
    const { type } = started({}, { write: (path, content) => written.set(path, content) })
    await type("fn f(x) = x * sin(x)")
    await type("f(2)\nundefined_name")
    await type('f(1); error("x")')
    expect(await type(":graph f(2) > g.svg")).toBe("wrote g.svg")
    expect(await type(":graph f(2) > g.pdf")).toContain("neither in .svg nor in .dot")
    expect(await type(":save work.adl")).toBe("wrote 2 inputs to work.adl")
    expect(written.get("work.adl")).toBe("fn f(x) = x * sin(x)\n\nf(1)\n")
    expect(await type(":save p.svg")).toContain("no plot was shown yet")
    expect(await type("line([1, 2, 3], [1, 4, 9])")).toMatch(/[\u2801-\u28ff][^]*\n:save FILE\.svg keeps it$/)
    expect(await type(":save p.svg")).toBe("wrote p.svg")
    expect(String(written.get("p.svg"))).toContain("<svg")
    expect(String(written.get("g.svg"))).toContain("<svg")
    expect(await type(":save p.txt")).toContain("ends neither in .adl nor")
  })

  it("take back, forget, load and reload", async () => {
    const path = join(folder, "lib.adl")
    const { type } = started()
    writeFileSync(path, "fn g(x) = x + 1")
    expect(await type(`:load ${path}`)).toBe(`loaded ${path}`)
    expect(await type("g(1)")).toBe("2")
    writeFileSync(path, "fn g(x) = x + 10")
    await type(":reload")
    expect(await type("g(1)")).toBe("11")
    expect(await type(":load nowhere.adl")).toContain("cannot read nowhere.adl: there is no such file")
    await type("let a = [1, 2]")
    await type("var v = [1, 2]")
    await type("v[0] = 9")
    expect(await type("v")).toBe("[9, 2]")
    await type(":undo")
    await type(":undo")
    expect(await type("v")).toBe("[1, 2]")
    await type("fn g(x) = 0")
    await type(":undo")
    expect(await type("g(1)")).toBe("11")
    await type(":reset")
    expect(await type("a")).toContain("there is no `a` here")
    expect(await type(":undo")).toContain("there is no input to take back")
  })

  it("set limits, under which the session goes on", async () => {
    const { type } = started()
    await type("let a = 7")
    expect(await type(":limits steps 1000")).toContain("steps   1,000")
    expect(await type("while true { }")).toContain("more than 1,000 steps")
    expect(await type("a")).toBe("7")
    expect(await type(":limits off")).toContain("steps   no limit")
    expect(await type(":limits steps many")).toContain("is a number above 0, not `many`")
    expect(await type(":limits depth 1.5")).toContain("a whole number")
    expect(await type("a")).toBe("7")
  })

  it("open the editor on an input and offer what comes back", async () => {
    const seen: string[] = []
    const edit = (text: string): string => {
      seen.push(text)
      return `${text} + 1\n`
    }
    const { type, screen } = started({}, { edit })
    await type("fn f(x) = x\nlet b = 2")
    await type("40 + 1")
    await type(":edit")
    expect(screen.offered).toBe("40 + 1 + 1")
    await type(":edit f")
    expect(screen.offered).toBe("fn f(x) = x + 1")
    expect(seen).toEqual(["40 + 1", "fn f(x) = x"])
    expect(await type(":edit nobody")).toContain("no input of this session defines `nobody`")
  })

  it("suggest what was meant", async () => {
    const { type } = started()
    expect(await type(":trase f(1)")).toContain("did you mean `:trace`?")
    expect(await type(":xyzzy")).toContain("`:help` lists the commands")
    expect(await type(":env now")).toContain("this command takes no argument")
    expect(await type(":")).toContain("there is no command")
  })
})

describe("the tour", () => {
  it("runs through from the first lesson to the last, and every program shows what its lesson says", async () => {
    const { type, session, screen } = started()
    for (const [i, lesson] of lessons.entries()) {
      const head = await type(":tour")
      expect(head).toContain(`${String(i + 1)}/${String(lessons.length)}  ${lesson.title}`)
      expect(screen.offered).toBe(lesson.program)
      const shown = await type(screen.offered)
      expect(shown).not.toContain("error[")
      if (lesson.shows !== "") expect(session.lastShown).toBe(lesson.shows)
      expect(shown.replace(/\s+/g, " ")).toContain(lesson.after.replace(/\s+/g, " "))
    }
    expect(lessons).toHaveLength(12)
    expect(await type(":tour 13")).toContain("there is no lesson `13`")
    expect(await type(":tour list")).toContain("12  Costs")
  })
})

describe("stopping", () => {
  it("ends an endless loop and keeps what was defined before", async () => {
    const { session, screen, type } = started()
    await type("let a = 5")
    const running = type('let b = 6\nprint("going")\nwhile true { }')
    await until(() => screen.written.includes("going"))
    session.interrupt()
    await running
    expect(screen.written.join("\n")).toContain("interrupted")
    expect(await type("a + b")).toBe("11")
    expect(session.evaluator.inputs.map(({ text }) => text.trim())).toEqual([
      "let a = 5",
      'let b = 6\nprint("going")',
      "a + b",
    ])
  })

  it("ends a long built-in with its thread and restores the session", async () => {
    const { session, screen, type } = started()
    await type("var a = 5")
    await type("a += 1")
    const running = type("sort(uniform(key(1), 30000000))")
    await until(() => session.evaluator.busy)
    await new Promise((resolve) => setTimeout(resolve, 400))
    session.interrupt()
    await running
    expect(screen.written.join("\n")).toContain("interrupted")
    expect(await type("a")).toBe("6")
  })

  it("without anything running says how to leave", async () => {
    const { session, screen } = started()
    await session.evaluator.ready
    session.interrupt()
    expect(screen.written).toEqual([":quit or Ctrl-D leaves"])
  })
})

describe("bad input", () => {
  it("never ends the session", async () => {
    const { type, session } = started()
    const bad = [
      '"abc',
      '"a {',
      "\u0000\u0001\u001b[31m",
      "\ud800",
      `"${"x".repeat(1_000_000)}"`,
      "(".repeat(100),
      `${"(".repeat(100)}1${")".repeat(100)}`,
      "[".repeat(20_000),
      "let let = let",
      "}",
      ":trace",
      ":trace 1 +",
      ":type let a = 1",
      ":graph [1](2)",
      ":derive 3",
      ":gradcheck f",
      ":why",
      ":why 1 + 1",
      ':time error("x")',
      `:doc ${"y".repeat(10_000)}`,
      ":load \u0000",
      ":save /nowhere/at/all.adl",
      "fn f(x) = f(x) + 1; f(1)",
      "1".repeat(400),
    ]
    for (const text of bad) await type(text)
    expect(await type("1 + 1")).toBe("2")
    expect(session.running).toBe(false)
  })
})

describe("the history", () => {
  it("is one line of JSON an input, and what is broken in it is passed over", () => {
    const path = join(folder, "state", "history.jsonl")
    appendHistory(path, "let a = 1")
    appendHistory(path, "two\nlines")
    writeFileSync(path, `${readFileSync(path, "utf8")}not json\n{"text": 5}\n`)
    appendHistory(path, "last")
    expect(readHistory(path)).toEqual(["let a = 1", "two\nlines", "last"])
    expect(readHistory(join(folder, "none"))).toEqual([])
  })

  it("is kept where the environment says", () => {
    expect(historyPath({ ADL_HISTORY: "/h" })).toBe("/h")
    expect(historyPath({ ADL_HISTORY: "" })).toBeNull()
    expect(historyPath({ XDG_STATE_HOME: "/state" })).toBe("/state/adl/history.jsonl")
  })
})
