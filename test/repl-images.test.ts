/** Plots as pictures: which terminals get them, the escape sequences, and the program itself in a pseudo-terminal. */

import { spawn, spawnSync } from "node:child_process"
import { resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { decode } from "sixel/lib/Decoder.js"
import { kittyImage, showsImages } from "../repl/images.ts"
import { plotSize, sixelImage } from "../repl/sixel.ts"
import { answered, asksForSixel, question } from "../repl/terminal/ask.ts"

const pngSignature = "89504e470d0a1a0a"

/** The beginning of a PNG file of a size, and so many bytes behind it. */
function png(width: number, height: number, bytes: number): Uint8Array {
  const file = Buffer.alloc(24 + bytes, 7)
  file.write(`${pngSignature}0000000d49484452`, "hex")
  file.writeUInt32BE(width, 16)
  file.writeUInt32BE(height, 20)
  return file
}

interface Sequence {
  readonly keys: string
  readonly data: string
}

function sequences(text: string): readonly Sequence[] {
  return [...text.matchAll(/\u001b_G([^;]*);([^\u001b]*)\u001b\\/g)].map(([, keys, data]) => ({
    keys: keys!,
    data: data!,
  }))
}

const content = (parts: readonly Sequence[]): Buffer => Buffer.from(parts.map(({ data }) => data).join(""), "base64")

describe("a terminal shows pictures", () => {
  const table: readonly (readonly [Record<string, string>, boolean])[] = [
    [{}, false],
    [{ TERM: "xterm-256color" }, false],
    [{ TERM: "xterm-kitty" }, true],
    [{ TERM: "xterm-256color", KITTY_WINDOW_ID: "1" }, true],
    [{ TERM: "xterm-256color", TERM_PROGRAM: "WezTerm" }, true],
    [{ TERM: "xterm-ghostty", TERM_PROGRAM: "ghostty" }, true],
    [{ TERM: "xterm-256color", TERM_PROGRAM: "iTerm.app" }, false],
    [{ TERM: "xterm-256color", KONSOLE_VERSION: "230805" }, true],
    [{ TERM: "xterm-256color", KONSOLE_VERSION: "211203" }, false],
    [{ TERM: "xterm-kitty", TMUX: "/run/tmux,1,0" }, false],
    [{ TERM: "xterm-kitty", STY: "12.pts-0" }, false],
    [{ TERM: "tmux-256color", KITTY_WINDOW_ID: "1" }, false],
    [{ TERM: "screen.xterm-256color", KITTY_WINDOW_ID: "1" }, false],
    [{ TERM: "xterm-kitty", NO_COLOR: "1" }, false],
    [{ TERM: "xterm-kitty", NO_COLOR: "" }, true],
    [{ TERM: "dumb", KITTY_WINDOW_ID: "1" }, false],
    [{ TERM: "xterm-kitty", ADL_IMAGES: "none" }, false],
    [{ TERM: "xterm-kitty", ADL_IMAGES: "" }, true],
    [{ TERM: "xterm-256color", ADL_IMAGES: "kitty" }, true],
    [{ TERM: "tmux-256color", TMUX: "/run/tmux,1,0", ADL_IMAGES: "kitty" }, true],
  ]
  it.each(table)("%j: %j", (env, shows) => {
    expect(showsImages(env)).toBe(shows)
  })
})

describe("a picture", () => {
  const window = { columns: 80, rows: 40 }

  it("is in pieces of 4096 characters, of which only the last says that nothing follows", () => {
    const file = png(1280, 840, 6200)
    const text = kittyImage(file, window)
    const parts = sequences(text)
    expect(parts.map(({ keys }) => keys)).toEqual(["a=T,f=100,c=79,q=2,m=1", "q=2,m=1", "q=2,m=0"])
    expect(parts.map(({ data }) => data.length)).toEqual([4096, 4096, 108])
    expect(content(parts).equals(file)).toBe(true)
    expect(text.replace(/\u001b_G[^\u001b]*\u001b\\/g, "")).toBe("")
  })

  it("is in one piece where it fits, up to the last character", () => {
    const parts = sequences(kittyImage(png(1280, 840, 3072 - 24), window))
    expect(parts.map(({ keys, data }) => [keys, data.length])).toEqual([["a=T,f=100,c=79,q=2,m=0", 4096]])
  })

  it("is a part of a larger array of bytes without the rest of it", () => {
    const file = png(1280, 840, 10)
    const larger = Buffer.concat([Buffer.alloc(5, 1), file, Buffer.alloc(5, 2)])
    expect(content(sequences(kittyImage(larger.subarray(5, 5 + file.length), window))).equals(file)).toBe(true)
  })

  it("is as wide as the window, and narrower where it would be higher than the window", () => {
    const columns = (width: number, height: number, size: typeof window): number =>
      Number(/c=(\d+)/.exec(kittyImage(png(width, height, 0), size))![1])
    expect(columns(1280, 840, { columns: 60, rows: 50 })).toBe(59)
    expect(columns(1280, 840, { columns: 300, rows: 100 })).toBe(100)
    // 20 rows are free; a cell is twice as high as wide.
    expect(columns(100, 100, { columns: 200, rows: 24 })).toBe(40)
    expect(columns(1280, 840, { columns: 1, rows: 1 })).toBe(1)
  })
})

describe("a terminal is asked for sixels", () => {
  it.each([
    [{ TERM: "xterm-256color" }, true],
    [{ TERM: "tmux-256color", TMUX: "/run/tmux,1,0" }, true],
    [{ TERM: "dumb" }, false],
    [{ TERM: "xterm", NO_COLOR: "1" }, false],
    [{ TERM: "xterm", ADL_IMAGES: "none" }, false],
    [{ TERM: "xterm", ADL_IMAGES: "kitty" }, false],
    [{ TERM: "xterm", NO_COLOR: "1", ADL_IMAGES: "sixel" }, true],
  ])("%j: %j", (env, asks) => {
    expect(asksForSixel(env)).toBe(asks)
  })

  it("answers with its attributes, perhaps the size of a cell, and whatever was typed", () => {
    const small = { width: 8, height: 16 }
    expect(answered("\u001b[?62;4;22c")).toEqual({ terminal: { sixel: true, cell: small }, rest: "" })
    expect(answered("\u001b[?62;22c")).toEqual({ terminal: { sixel: false, cell: small }, rest: "" })
    expect(answered("\u001b[?62;14;44c")!.terminal.sixel).toBe(false)
    const busy = "1\u001b[6;32;15t+\u001b[?1;4c1\r"
    expect(answered(busy)).toEqual({ terminal: { sixel: true, cell: { width: 15, height: 32 } }, rest: "1+1\r" })
    expect(answered("\u001b[6;32;15t\u001b[?62;4")).toBeNull()
  })
})

describe("a picture of sixels", () => {
  it("fits into the window, in dots of the terminal", () => {
    const small = { width: 8, height: 16 }
    expect(plotSize({ columns: 80, rows: 60 }, small)).toEqual({ width: 632, height: 421, zoom: 1 })
    expect(plotSize({ columns: 80, rows: 60 }, { width: 16, height: 32 })).toEqual({ width: 632, height: 421, zoom: 2 })
    expect(plotSize({ columns: 200, rows: 24 }, small)).toEqual({ width: 480, height: 320, zoom: 1 })
  })

  it("has the dots that it was given, and leaves them as they are", () => {
    const [width, height] = [12, 18]
    const data = Buffer.alloc(4 * width * height, 255)
    for (let i = 0; i < width; i++) data.set([0, 0, 255, 255], 4 * (i * width + i))
    const before = Buffer.from(data)
    const text = sixelImage({ data, width, height })
    expect(data.equals(before)).toBe(true)
    const [, body] = /^\u001bP[\d;]*q([^\u001b]*)\u001b\\$/.exec(text)!
    const { data32, ...size } = decode(Buffer.from(body!), {})
    expect([size.width, size.height]).toEqual([width, height])
    expect(Buffer.from(data32.buffer, data32.byteOffset, data.length).equals(before)).toBe(true)
  })
})

const program = resolve(import.meta.dirname, "../cli/start.ts")
const script = spawnSync("script", ["--version"]).status === 0
if (!script) console.warn("script of util-linux is not installed: pictures are not tested in a terminal")

describe.skipIf(!script)("the program in a pseudo-terminal", { timeout: 60_000 }, () => {
  /** What is written until the prompt stands below a plot. */
  async function plotted(variables: Record<string, string>, answer = ""): Promise<string> {
    const names = ["TMUX", "STY", "NO_COLOR", "KITTY_WINDOW_ID", "TERM_PROGRAM", "KONSOLE_VERSION", "ADL_IMAGES"]
    const kept = Object.entries(process.env).filter(([name]) => !names.includes(name))
    const env = { ...Object.fromEntries(kept), CI: "", ADL_HISTORY: "", ...variables }
    const command = `stty cols 90 rows 30; exec '${process.execPath}' '${program}'`
    const child = spawn("script", ["-qfc", command, "/dev/null"], { env, stdio: ["pipe", "pipe", "ignore"] })
    let output = ""
    let typed = false
    try {
      await new Promise<void>((done, failed) => {
        const late = setTimeout(() => {
          failed(new Error(`no plot was shown:\n${JSON.stringify(output.slice(-2000))}`))
        }, 50_000)
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
          output += text
          if (answer !== "" && output.includes(question)) {
            child.stdin.write(answer)
            answer = ""
          }
          if (!typed && output.includes("adl>")) {
            typed = true
            child.stdin.write("line([1, 2, 3], [1, 4, 9])\r")
          }
          if (/keeps it[^]*adl>/.test(output)) {
            clearTimeout(late)
            done()
          }
        })
      })
      return output
    } finally {
      child.kill()
    }
  }

  it("shows a plot as a PNG picture where the terminal has pictures, and then what keeps it", async () => {
    const output = await plotted({ TERM: "xterm-kitty" })
    const parts = sequences(output)
    expect(parts[0]!.keys).toBe("a=T,f=100,c=79,q=2,m=1")
    expect(parts.at(-1)!.keys).toBe("q=2,m=0")
    expect(Math.max(...parts.map(({ data }) => data.length))).toBe(4096)
    const file = content(parts)
    expect(file.subarray(0, 8).toString("hex")).toBe(pngSignature)
    // The name of the last part of every PNG file.
    expect(file.subarray(-8, -4).toString("latin1")).toBe("IEND")
    expect(output).toMatch(/\u001b_Gq=2,m=0;[^\u001b]*\u001b\\\r?\n.*:save FILE\.svg keeps it/)
    expect(output).not.toMatch(/[\u2801-\u28ff]{2}/)
  })

  it("draws it with braille elsewhere", async () => {
    const output = await plotted({ TERM: "xterm-256color" })
    expect(sequences(output)).toEqual([])
    expect(output).toMatch(/[\u2801-\u28ff]{2}/)
  })

  it("shows a plot as sixels where the terminal says that it has them, and loses nothing of what was typed meanwhile", async () => {
    const output = await plotted({ TERM: "xterm-256color" }, "40 + \u001b[6;20;10t\u001b[?62;4;22c2\r")
    expect(output.slice(0, output.indexOf("\u001bP"))).toContain("42")
    expect(output).toMatch(/\u001bP[\d;]*q"1;1;\d+;\d+#[^\u001b]*\u001b\\/)
    expect(output).not.toContain("\u001b_G")
  })
})
