/** A headless Chromium, where there is one. */

import { existsSync } from "node:fs"
import { chromium, type Browser } from "playwright-core"

/** Where Chromium is: as `CHROMIUM` says, or in a usual place. */
export function findBrowser(): string | null {
  const places = [
    process.env["CHROMIUM"],
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ]
  return places.find((place) => place !== undefined && existsSync(place)) ?? null
}

export function openBrowser(): Promise<Browser> {
  const executablePath = findBrowser()
  if (executablePath === null) throw new Error("there is no browser")
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] })
}
