/**
 * What an engine is made of that has every built-in and standard module from the start.
 * To import this is to load all of it. It must not know which entry of the package wants it.
 */

import type { Apart } from "./engine.ts"
import * as rest from "./rest.ts"

export const whole: Apart = { rest: () => rest, special: rest.special }
