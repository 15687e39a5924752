// Writes stdlib/sources.ts: the texts of the standard modules, as the engine finds them. `npm run stdlib` does it; a test holds it up to date.
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const folder = new URL("../stdlib/", import.meta.url)
const target = new URL("sources.ts", folder)

const header = `/**
 * The texts of the standard modules, by specifier.
 * Generated from the \`.adl\` files of this folder by \`npm run stdlib\`; a test holds it up to date. It must not be edited by hand.
 */

export const sources: ReadonlyMap<string, string> = new Map<string, string>([
`

/** The text of stdlib/sources.ts. */
export function generated(): string {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".adl"))
    .sort()
  const entries = files.map((file) => {
    const text = readFileSync(new URL(file, folder), "utf8")
    const escaped = text.replace(/\\|`|\$\{/g, (special) => `\\${special}`)
    return `  ["std/${file.replace(/\.adl$/, "")}", \`${escaped}\`],\n`
  })
  return `${header}${entries.join("")}])\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, generated())
