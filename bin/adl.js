#!/usr/bin/env node
// The entry of the command line: the bundle where there is one, else the sources.
import { existsSync } from "node:fs"
import * as module from "node:module"
import { fileURLToPath } from "node:url"

module.enableCompileCache?.()
const bundle = new URL("../dist/cli.mjs", import.meta.url)
const entry = existsSync(fileURLToPath(bundle)) ? bundle : new URL("../cli/main.ts", import.meta.url)
const { main } = await import(entry.href)
process.exitCode = await main(process.argv.slice(2))
