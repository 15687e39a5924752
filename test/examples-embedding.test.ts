/**
 * The examples of embedding, each used as its users would: requests to the service, a fit that is watched and stopped, a formula typed into the page under
 * both policies for scripts. Without a browser that last part is left out, and says so.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import type { Page } from "playwright-core"
import { build, preview, type PreviewServer } from "vite"
import { afterAll, beforeAll, describe, expect, it, test } from "vitest"
import { startFit } from "../examples/embedding/fit.ts"
import { service } from "../examples/embedding/service.ts"
import { findBrowser, openBrowser } from "./browser.ts"
import { complaints } from "./compiled.ts"
import { aliases } from "./entries.ts"

const folder = resolve(import.meta.dirname, "../examples/embedding")

it("compile", { timeout: 120_000 }, () => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"))
  expect(files).toHaveLength(3)
  expect(complaints(new Map(files.map((file) => [join(folder, file), readFileSync(join(folder, file), "utf8")])))).toBe(
    "",
  )
})

describe("the service", () => {
  let url = ""
  beforeAll(
    () =>
      new Promise<void>((done) => {
        service.listen(0, "127.0.0.1", () => {
          url = `http://127.0.0.1:${String((service.address() as AddressInfo).port)}/`
          done()
        })
      }),
  )
  afterAll(() => {
    service.closeAllConnections()
    service.close()
  })

  const ask = async (body: string): Promise<{ status: number; answer: unknown }> => {
    const response = await fetch(url, { method: "POST", body })
    return { status: response.status, answer: await response.json() }
  }
  const formula = (text: string, at: object = { x: 2, y: 3 }): Promise<{ status: number; answer: unknown }> =>
    ask(JSON.stringify({ formula: text, at }))

  it("gives value and gradient", async () => {
    expect(await formula("x^2 * y")).toEqual({ status: 200, answer: { value: 12, gradient: { x: 12, y: 4 } } })
    expect(await formula("sin(t)", { t: 0 })).toEqual({ status: 200, answer: { value: 0, gradient: { t: 1 } } })
    expect(
      await formula("__proto__ * constructor", JSON.parse('{ "__proto__": 2, "constructor": 3 }') as object),
    ).toEqual({
      status: 200,
      answer: { value: 6, gradient: JSON.parse('{ "__proto__": 3, "constructor": 2 }') as unknown },
    })
  })

  test.each([
    ["x^2 *", "E0121"],
    ["z + 1", "E0201"],
    // Whichever of steps and time is over first, on however busy a machine.
    ["do { while true { }; x }", "E0502|E0503"],
    ["do { fn f(n) = f(n) + 1\n f(x) }", "E0501"],
    ["sum(zeros(10^9)) * x", "E0504"],
    ['x + len(read_csv("/etc/passwd"))', "E0201"],
    ["[x, y]", "E0401"],
    ['import { a } from "./service.ts"', "E0125"],
    ['x\nimport { a } from "./service.ts"', "E0216"],
  ])("says what is wrong with %j", async (text, code) => {
    const { status, answer } = await formula(text)
    expect(status).toBe(200)
    expect((answer as { error: { code: string }[] }).error[0]?.code).toMatch(new RegExp(`^(${code})$`))
    expect(await formula("x + y")).toMatchObject({ answer: { value: 5 } })
  })

  test.each([
    "",
    "[]",
    "null",
    "{}",
    '{ "formula": 3, "at": {} }',
    '{ "formula": "1", "at": { "x) = 1 //": 2 } }',
    '{ "formula": "x", "at": { "x": "2" } }',
    JSON.stringify({ formula: "1 + ".repeat(5000) + "1", at: {} }),
  ])("refuses %.30s", async (body) => {
    expect(await ask(body)).toMatchObject({ status: 400 })
  })
})

describe("the fit in a worker", () => {
  it("tells how far it is and gives the parameters", async () => {
    const told: [number, number][] = []
    const { result } = startFit(2000, (done, loss) => told.push([done, loss]))
    const fitted = (await result) as { a: number; k: number; w: number }
    expect(fitted.a).toBeCloseTo(2, 2)
    expect(fitted.k).toBeCloseTo(0.3, 2)
    expect(fitted.w).toBeCloseTo(1.5, 2)
    expect(told.map(([done]) => done)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
    expect(told.at(-1)![1]).toBeLessThan(told[0]![1] / 100)
  })

  it("stops when it is told to", async () => {
    const fit = startFit(1e9, (done) => {
      if (done > 0) fit.cancel()
    })
    await expect(fit.result).rejects.toThrow("interrupted")
  })
})

if (findBrowser() === null) console.log("no Chromium was found: the page was not tried")

describe.skipIf(findBrowser() === null)("the page", () => {
  const out = mkdtempSync(join(tmpdir(), "adl-page-"))
  const root = join(folder, "page")
  beforeAll(async () => {
    const alias = { alias: aliases }
    await build({
      root,
      configFile: false,
      logLevel: "error",
      resolve: alias,
      build: { outDir: out, target: "es2023" },
    })
  }, 240_000)
  afterAll(() => {
    rmSync(out, { recursive: true, force: true })
  })

  /** The page under a policy for scripts, and what the browser complains about meanwhile. */
  async function open(policy: string): Promise<{ page: Page; problems: string[]; close: () => Promise<void> }> {
    const server: PreviewServer = await preview({
      root,
      configFile: false,
      logLevel: "error",
      build: { outDir: out },
      preview: { host: "127.0.0.1", port: 0, headers: { "content-security-policy": policy } },
    })
    const browser = await openBrowser()
    const page = await browser.newPage({ viewport: { width: 800, height: 800 } })
    const problems: string[] = []
    page.on("pageerror", (error) => problems.push(error.message))
    page.on("console", (message) => problems.push(message.text()))
    await page.goto(`http://127.0.0.1:${String((server.httpServer.address() as AddressInfo).port)}/`)
    return {
      page,
      problems,
      close: async () => {
        await browser.close()
        await server.close()
      },
    }
  }

  async function numbers(page: Page, row: string): Promise<number[]> {
    const cells = await page.locator(`#${row} td`).allInnerTexts()
    return cells.filter((text) => text !== "").map(Number)
  }

  it.each(["script-src 'self'", "script-src 'self' 'unsafe-eval'"])(
    "fits a formula under %s",
    async (policy) => {
      const { page, problems, close } = await open(policy)
      try {
        await page.waitForSelector("#plot svg", { timeout: 60_000 })
        expect(await page.innerText("#message")).toBe("")
        const [loss, a, k, w] = await numbers(page, "fitted")
        expect(loss).toBeLessThan(0.002)
        expect([a, k, w].map((x) => x!.toFixed(1))).toEqual(["2.0", "0.3", "1.5"])
        expect(await numbers(page, "gradient")).toEqual([-0.0964, -0.3127, -0.5129])
        expect(await page.locator("#plot svg circle").count()).toBeGreaterThanOrEqual(80)
        if (process.env["SCREENSHOT"] !== undefined)
          await page.screenshot({ path: process.env["SCREENSHOT"], fullPage: true })
        // A mistake is shown where it is; what stood before stays, and the next formula takes its place.
        await page.fill("#formula", "p.a * exq(-p.k * x)")
        expect(await page.innerText("#message")).toContain("did you mean `exp`?")
        expect(await numbers(page, "fitted")).toHaveLength(4)
        await page.fill("#formula", "do { while true { }; x }")
        expect(await page.innerText("#message")).toContain("steps")
        await page.fill("#formula", "p.a + p.k * x + p.w * x^2 / 10")
        expect(await page.innerText("#message")).toBe("")
        const [worse] = await numbers(page, "fitted")
        expect(worse).toBeGreaterThan(0.01)
        expect(problems.filter((problem) => !problem.includes("unsafe-eval"))).toEqual([])
      } finally {
        await close()
      }
    },
    240_000,
  )
})
