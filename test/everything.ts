/**
 * Runs before every test file: what engines load after themselves is there from the start, as it is on the command line.
 * It must not do anything but that.
 */

import { createEngine } from "../engine/index.ts"

await createEngine({ tier: 0 }).ready
