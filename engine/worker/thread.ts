/**
 * The file that a worker runs: an engine behind a port.
 * It must not know who started it.
 */

import { offered } from "./offered.ts"
import { serve } from "./serve.ts"
import { parentPort } from "./threads.ts"

serve(parentPort(), offered)
