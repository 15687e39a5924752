/**
 * The package as others get it: packed, looked at, installed elsewhere, its types and its binary used, and its library run in a browser under a strict
 * policy. Without a browser that last part is left out, and says so.
 */

import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { extname, join, resolve } from "node:path"
import { gzipSync } from "node:zlib"
import { build } from "esbuild"
import type { Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { findBrowser, openBrowser } from "./browser.ts"

const root = resolve(import.meta.dirname, "..")
const scratch = mkdtempSync(join(tmpdir(), "adl-package-"))
const installed = join(scratch, "node_modules/adl-lang")

function npm(args: readonly string[], cwd: string): string {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
}

function newest(folder: string, pattern: RegExp): number {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => pattern.test(file))
    .reduce((time, file) => Math.max(time, statSync(join(root, folder, file)).mtimeMs), 0)
}

let files: string[] = []

beforeAll(() => {
  const sources = ["lang", "interpreter", "compiler", "engine", "stdlib", "cli", "repl"]
  const changed = Math.max(...sources.map((folder) => newest(folder, /\.(ts|tsx|adl)$/)))
  if (!existsSync(join(root, "dist/index.js")) || newest("dist", /\.js$/) < changed) npm(["run", "build"], root)
  const [packed] = JSON.parse(npm(["pack", "--ignore-scripts", "--json", "--pack-destination", scratch], root)) as {
    filename: string
    files: { path: string }[]
  }[]
  files = packed!.files.map(({ path }) => path)
  writeFileSync(join(scratch, "package.json"), '{ "type": "module", "private": true }')
  npm(["install", "--offline", "--no-audit", "--no-fund", "--omit=peer", join(scratch, packed!.filename)], scratch)
}, 240_000)

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true })
})

describe("the tarball", () => {
  it("holds what is needed and nothing else", () => {
    const expected = /^(bin\/adl\.cjs|dist\/|README\.md$|LICENSE$|CHANGELOG\.md$|package\.json$)/
    expect(files.filter((file) => !expected.test(file))).toEqual([])
    for (const entry of ["index", "full", "node", "worker", "thread", "plot"]) {
      expect(files).toContain(`dist/${entry}.js`)
      expect(files).toContain(`dist/${entry}.d.ts`)
    }
    const { dependencies = {} } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as {
      dependencies?: object
    }
    expect(dependencies).toEqual({})
  })

  it("is as publint and arethetypeswrong want it", () => {
    const tarball = join(
      scratch,
      readdirSync(scratch).find((file) => file.endsWith(".tgz"))!,
    )
    const bin = join(root, "node_modules/.bin")
    expect(execFileSync(join(bin, "publint"), [tarball, "--strict"], { encoding: "utf8" })).toContain("All good")
    // It ends with an error where there is a problem.
    const types = execFileSync(join(bin, "attw"), [tarball, "--profile", "esm-only"], { encoding: "utf8" })
    expect(types).toContain('"adl-lang/worker"')
  })

  it("has types that say what is there", () => {
    writeFileSync(
      join(scratch, "use.ts"),
      `import { createEngine, AdlError } from "adl-lang"
import { createEngine as full } from "adl-lang/full"
import { createEngine as inNode } from "adl-lang/node"
import { createWorkerEngine } from "adl-lang/worker"
import { svg } from "adl-lang/plot"
const engine = createEngine({ host: { soft: { call: (x: number) => Math.log1p(Math.exp(x)), rule: "x => sigmoid(x)" } } })
const loss = engine.load("fn loss(p, x) = p.w * x").fn<[{ w: number }, number], number>("loss")
const n: number = loss({ w: 1 }, 2)
const g: { value: number; grad: unknown } = loss.valueAndGrad({ wrt: "p" })({ w: 1 }, 2)
// @ts-expect-error an argument is missing
loss({ w: 1 })
const there: Promise<number> = createWorkerEngine().load("").then((m) => m.fn<[number], number>("f")(1))
export { n, g, there, full, inNode, svg, AdlError }
`,
    )
    execFileSync(
      join(root, "node_modules/.bin/tsc"),
      ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom", "use.ts"],
      { cwd: scratch, encoding: "utf8" },
    )
  })

  it("runs in Node, every entry of it, with one AdlError for all", () => {
    writeFileSync(
      join(scratch, "use.mjs"),
      `import { createEngine, AdlError } from "adl-lang"
import { createEngine as full } from "adl-lang/full"
import { createEngine as inNode } from "adl-lang/node"
import { createWorkerEngine } from "adl-lang/worker"
import { figureOf, svg } from "adl-lang/plot"
const out = []
for (const make of [createEngine, full, inNode]) {
  const engine = make()
  out.push(engine.compiles)
  await engine.ready
  out.push(engine.compiles, engine.evaluate("grad((x, y) => x^2 * y)(2, 3)").toString())
  try { engine.evaluate("1 +") } catch (error) { out.push(error instanceof AdlError) }
}
out.push(svg(figureOf(createEngine().evaluate("line([1, 2], [3, 4])").toJS())).startsWith("<svg"))
const worker = createWorkerEngine({ limits: { steps: 1e6 } })
out.push((await worker.evaluate("sin'(0)")).toJS())
out.push(await worker.evaluate("while true { }").catch((error) => error instanceof AdlError && error.diagnostics[0].code))
worker.dispose()
console.log(JSON.stringify(out))
`,
    )
    const expected = [false, true, "(12, 4)", true, true, true, "(12, 4)", true, true, true, "(12, 4)", true]
    for (const node of nodes()) {
      const out = execFileSync(node, ["use.mjs"], { cwd: scratch, encoding: "utf8" })
      expect(JSON.parse(out)).toEqual([...expected, true, 1, "E0502"])
    }
  })

  it("has a binary that runs", () => {
    for (const node of nodes()) {
      console.log(`the package is tried in Node ${execFileSync(node, ["--version"], { encoding: "utf8" }).trim()}`)
      const adl = (...args: string[]): string =>
        execFileSync(node, [join(scratch, "node_modules/.bin/adl"), ...args], { cwd: scratch, encoding: "utf8" })
      expect(adl("-e", "grad(x => x^3)(2)")).toBe("12\n")
      expect(adl("--version")).toMatch(/^adl \d+\.\d+\.\d+\n$/)
      writeFileSync(join(scratch, "t.adl"), 'test "one" { assert(1 + 1 == 2) }\n')
      expect(adl("test", "t.adl")).toContain("1 passed, 0 failed")
      writeFileSync(
        join(scratch, "hot.adl"),
        "fn f(n) { var w = 1\n for i in 0..n { w -= 0.1 * grad(x => x^2)(w) }\n w }\nf(2000)\n",
      )
      expect(adl("check", "--tiers", "hot.adl")).toContain("f: compiled\n")
      expect(adl("hot.adl")).toBe(adl("run", "--tier", "0", "hot.adl"))
      const session = execFileSync(node, [join(scratch, "node_modules/.bin/adl"), "repl"], {
        cwd: scratch,
        encoding: "utf8",
        input: "let a = 20\na + 1\n",
      })
      expect(session).toContain("21")
    }
    execFileSync(join(scratch, "node_modules/.bin/adl"), ["-e", "1"], { cwd: scratch })
  })
})

/** The Node that runs this, and others that the environment names: `ADL_NODES=/path/to/node22:…`. */
function nodes(): string[] {
  return [process.execPath, ...(process.env["ADL_NODES"] ?? "").split(":").filter((path) => path !== "")]
}

describe("what is imported", () => {
  it("from `.` by a page knows no Node, and is small", async () => {
    const { metafile, outputFiles } = await build({
      stdin: { contents: 'export * from "adl-lang"', resolveDir: scratch },
      bundle: true,
      format: "esm",
      platform: "browser",
      splitting: true,
      outdir: join(scratch, "out"),
      write: false,
      minify: true,
      metafile: true,
      logLevel: "silent",
    })
    const outputs = Object.entries(metafile.outputs)
    const entry = outputs.find(([, output]) => output.entryPoint !== undefined)!
    const needed = new Set([entry[0]])
    for (const name of needed) {
      for (const { path, kind } of metafile.outputs[name]!.imports) if (kind === "import-statement") needed.add(path)
    }
    const size = outputFiles
      .filter(({ path }) => [...needed].some((name) => path.endsWith(name.split("/").at(-1)!)))
      .reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0)
    console.log(`the static imports of "." take ${(size / 1000).toFixed(1)} kB gzipped`)
    expect(size).toBeLessThan(sizeLimit)
  })
})

/** Bytes, gzipped, that `import "adl-lang"` takes in a page before anything is loaded on demand. */
const sizeLimit = 100_000

describe.skipIf(findBrowser() === null)("in a browser", () => {
  const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" }

  function serve(policy: string, isolated: boolean): Promise<Server> {
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://localhost").pathname
      const file = path.startsWith("/dist/")
        ? join(installed, path)
        : join(root, "test/fixtures/page", path === "/" ? "index.html" : path)
      if (!existsSync(file)) {
        response.writeHead(404).end()
        return
      }
      response.writeHead(200, {
        "content-type": types[extname(file)] ?? "text/plain",
        "content-security-policy": policy,
        ...(isolated
          ? { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" }
          : {}),
      })
      response.end(readFileSync(file))
    })
    return new Promise((done) => {
      server.listen(0, "127.0.0.1", () => {
        done(server)
      })
    })
  }

  /** What the page says it found; looked at from outside, for the policy forbids to wait inside. */
  async function resultOf(page: Page): Promise<Record<string, unknown>> {
    for (let tries = 0; tries < 600; tries++) {
      const result: Record<string, unknown> | undefined = await page.evaluate("globalThis.result")
      if (result !== undefined) return result
      await new Promise((done) => setTimeout(done, 100))
    }
    throw new Error("the page said nothing for a minute")
  }

  it.each([
    ["script-src 'self'", false, false],
    ["script-src 'self' 'unsafe-eval'", true, true],
  ])("a model is fitted under %s", async (policy, generated, isolated) => {
    const server = await serve(policy, isolated)
    const browser = await openBrowser()
    try {
      const page = await browser.newPage()
      await page.goto(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`)
      const result = await resultOf(page)
      expect(result["error"]).toBeUndefined()
      const fitted = result["here"] as { w: number; b: number }
      expect(fitted.w).toBeCloseTo(3, 3)
      expect(fitted.b).toBeCloseTo(-1, 3)
      expect(result["there"]).toEqual(fitted)
      expect(result["again"]).toEqual(fitted)
      expect(result).toMatchObject({ interrupted: "E0505", after: 2, generated, isolated })
    } finally {
      await browser.close()
      server.close()
    }
  })
})

it("says where there was no browser", () => {
  if (findBrowser() === null) console.log("no Chromium was found: the package was not tried in a browser")
  expect(["string", "object"]).toContain(typeof findBrowser())
})
