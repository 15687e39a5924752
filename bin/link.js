// Puts `adl` beside the other commands of a checkout, so that `npx adl` runs it at once. Installed packages get theirs from npm.
import { chmodSync, rmSync, symlinkSync } from "node:fs"
import { fileURLToPath } from "node:url"

const entry = fileURLToPath(new URL("adl.cjs", import.meta.url))
const link = fileURLToPath(new URL("../node_modules/.bin/adl", import.meta.url))
chmodSync(entry, 0o755)
rmSync(link, { force: true })
symlinkSync("../../bin/adl.cjs", link)
