// Writes docs/reference.md from the declarations of the built-ins. `npm run reference` does it; a test holds it up to date.
import { writeFileSync } from "node:fs"
import { fileBuiltins } from "../cli/files.ts"
import { referencePage } from "../engine/reference.ts"

writeFileSync(new URL("../docs/reference.md", import.meta.url), referencePage(fileBuiltins(true)))
