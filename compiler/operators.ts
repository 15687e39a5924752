/** The declarations of the operators that the compiler itself writes. It must not know what they are used for. */

import { div, lessEqual, mul } from "../interpreter/primitives/arithmetic.ts"

export const operators = { div: div.primitive, lessEqual: lessEqual.primitive, mul: mul.primitive }
