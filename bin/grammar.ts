// Writes lang/grammar/choices.ts: what each choice of the grammar can begin with. `npm run grammar` does it; a test holds it up to date.
// For that the grammar is built on Chevrotain's parser, which reads and checks the rules, in place of its own recognizer.
import { writeFileSync } from "node:fs"
import { registerHooks } from "node:module"
import type { Recognizer } from "./grammar/chevrotain.ts"
import { generated } from "./grammar/choices.ts"

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === "./recognizer.ts" ? new URL("grammar/chevrotain.ts", import.meta.url).href : specifier, context),
})
const { Grammar } = await import("../lang/grammar.ts")
const grammar = new Grammar() as unknown as Recognizer
writeFileSync(new URL("../lang/grammar/choices.ts", import.meta.url), generated(grammar.analysed()))
