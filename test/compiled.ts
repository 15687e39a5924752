/**
 * Compiles TypeScript that imports the package, as a program that uses it would, and gives what the compiler complains about.
 * Imports lead to the sources, so that nothing has to be built. It must not know what is compiled.
 */

import { join, resolve } from "node:path"
import ts from "typescript"

const root = resolve(import.meta.dirname, "..")

/** The complaints about some texts, by the paths at which they are thought to stand, with the strictest options; empty where there are none. */
export function complaints(texts: ReadonlyMap<string, string>): string {
  const config = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root)
  options.lib = ["lib.es2024.d.ts", "lib.dom.d.ts"]
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.getSourceFile = (name, ...rest) => {
    const text = texts.get(name)
    // A text that imports nothing is a module all the same.
    return text === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, `${text}\nexport {}`, rest[0])
  }
  host.fileExists = (name) => texts.has(name) || fileExists(name)
  const program = ts.createProgram([...texts.keys()], options, host)
  const found = [...texts.keys()].flatMap((name) => {
    const file = program.getSourceFile(name)
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
  })
  return ts.formatDiagnostics(found, { ...host, getCurrentDirectory: () => root })
}
