/**
 * Runs before every test file: what engines load after themselves is there from the start, as it is on the command line.
 * It must not do anything but that.
 */

import { place } from "../cli/beside.ts"
import * as special from "../interpreter/builtins/special.ts"
import { createEngine } from "../engine/index.ts"

place("special", special)
await createEngine({ tier: 0 }).ready
