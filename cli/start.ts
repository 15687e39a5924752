/**
 * Starts the command line from its sources, without a bundle: what tests run.
 * It must not do anything but that.
 */

import { main } from "./main.ts"

process.exitCode = await main(process.argv.slice(2))
