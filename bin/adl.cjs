#!/usr/bin/env node
// The entry of the command line: the bundle where there is one, else the sources.
// CommonJS, because loading a module of that kind costs half as much: a program as short as `1` is over before an ES module would have begun.
const { existsSync } = require("node:fs")
const { join } = require("node:path")

require("node:module").enableCompileCache?.()
const bundle = join(__dirname, "../dist/cli.cjs")
const entry = existsSync(bundle) ? Promise.resolve(require(bundle)) : import("../cli/main.ts")
entry
  .then(({ main }) => main(process.argv.slice(2)))
  .then((status) => {
    // all is written, and Node takes a while to take itself apart
    process.exit(status)
  })
