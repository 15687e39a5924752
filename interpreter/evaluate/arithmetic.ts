/**
 * Arithmetic and comparisons as nodes.
 * Each operator has one closure for each common kind of operands (a slot, a constant, anything), so that plain numbers are computed without another
 * call; whatever is no plain number takes the slow way. The closures are written out because a shared one would be slow for all. It must not know what
 * the slow way does.
 */

import type { Span } from "../../lang/report/span.ts"
import { locate } from "../../lang/report/fault.ts"
import type { Value } from "../values/values.ts"
import type { Node } from "./frame.ts"
import * as operators from "./operators.ts"
import type { Operator, PrefixOperator } from "./operators.ts"

/** An operand: a position in the frame, a plain number, or any node. */
export type Operand =
  | { readonly kind: "slot"; readonly at: number; readonly node: Node }
  | { readonly kind: "number"; readonly value: number; readonly node: Node }
  | { readonly kind: "any"; readonly node: Node }

/** Applies an operator where the operands are no plain numbers; faults get their position. */
export function applyAt(op: Operator, a: Value, b: Value, span: Span): Value {
  try {
    return op(a, b)
  } catch (error) {
    locate(error, span)
    throw error
  }
}

export function applyPrefixAt(op: PrefixOperator, a: Value, span: Span): Value {
  try {
    return op(a)
  } catch (error) {
    locate(error, span)
    throw error
  }
}

type Binary = (left: Operand, right: Operand, span: Span) => Node

export const add: Binary = (left, right, span) => {
  const x = left.node
  const y = right.node
  if (left.kind === "slot") {
    const i = left.at
    if (right.kind === "slot") {
      const j = right.at
      return (f) => {
        const a = f[i]!
        const b = f[j]!
        return typeof a === "number" && typeof b === "number" ? a + b : applyAt(operators.add, a, b, span)
      }
    }
    if (right.kind === "number") {
      const b = right.value
      return (f) => {
        const a = f[i]!
        return typeof a === "number" ? a + b : applyAt(operators.add, a, b, span)
      }
    }
    return (f) => {
      const a = f[i]!
      const b = y(f)
      return typeof a === "number" && typeof b === "number" ? a + b : applyAt(operators.add, a, b, span)
    }
  }
  if (right.kind === "slot") {
    const j = right.at
    return (f) => {
      const a = x(f)
      const b = f[j]!
      return typeof a === "number" && typeof b === "number" ? a + b : applyAt(operators.add, a, b, span)
    }
  }
  if (right.kind === "number") {
    const b = right.value
    return (f) => {
      const a = x(f)
      return typeof a === "number" ? a + b : applyAt(operators.add, a, b, span)
    }
  }
  if (left.kind === "number") {
    const a = left.value
    return (f) => {
      const b = y(f)
      return typeof b === "number" ? a + b : applyAt(operators.add, a, b, span)
    }
  }
  return (f) => {
    const a = x(f)
    const b = y(f)
    return typeof a === "number" && typeof b === "number" ? a + b : applyAt(operators.add, a, b, span)
  }
}

export const sub: Binary = (left, right, span) => {
  const x = left.node
  const y = right.node
  if (left.kind === "slot") {
    const i = left.at
    if (right.kind === "slot") {
      const j = right.at
      return (f) => {
        const a = f[i]!
        const b = f[j]!
        return typeof a === "number" && typeof b === "number" ? a - b : applyAt(operators.sub, a, b, span)
      }
    }
    if (right.kind === "number") {
      const b = right.value
      return (f) => {
        const a = f[i]!
        return typeof a === "number" ? a - b : applyAt(operators.sub, a, b, span)
      }
    }
    return (f) => {
      const a = f[i]!
      const b = y(f)
      return typeof a === "number" && typeof b === "number" ? a - b : applyAt(operators.sub, a, b, span)
    }
  }
  if (right.kind === "slot") {
    const j = right.at
    return (f) => {
      const a = x(f)
      const b = f[j]!
      return typeof a === "number" && typeof b === "number" ? a - b : applyAt(operators.sub, a, b, span)
    }
  }
  if (right.kind === "number") {
    const b = right.value
    return (f) => {
      const a = x(f)
      return typeof a === "number" ? a - b : applyAt(operators.sub, a, b, span)
    }
  }
  if (left.kind === "number") {
    const a = left.value
    return (f) => {
      const b = y(f)
      return typeof b === "number" ? a - b : applyAt(operators.sub, a, b, span)
    }
  }
  return (f) => {
    const a = x(f)
    const b = y(f)
    return typeof a === "number" && typeof b === "number" ? a - b : applyAt(operators.sub, a, b, span)
  }
}

export const mul: Binary = (left, right, span) => {
  const x = left.node
  const y = right.node
  if (left.kind === "slot") {
    const i = left.at
    if (right.kind === "slot") {
      const j = right.at
      return (f) => {
        const a = f[i]!
        const b = f[j]!
        return typeof a === "number" && typeof b === "number" ? a * b : applyAt(operators.mul, a, b, span)
      }
    }
    if (right.kind === "number") {
      const b = right.value
      return (f) => {
        const a = f[i]!
        return typeof a === "number" ? a * b : applyAt(operators.mul, a, b, span)
      }
    }
    return (f) => {
      const a = f[i]!
      const b = y(f)
      return typeof a === "number" && typeof b === "number" ? a * b : applyAt(operators.mul, a, b, span)
    }
  }
  if (right.kind === "slot") {
    const j = right.at
    return (f) => {
      const a = x(f)
      const b = f[j]!
      return typeof a === "number" && typeof b === "number" ? a * b : applyAt(operators.mul, a, b, span)
    }
  }
  if (right.kind === "number") {
    const b = right.value
    return (f) => {
      const a = x(f)
      return typeof a === "number" ? a * b : applyAt(operators.mul, a, b, span)
    }
  }
  if (left.kind === "number") {
    const a = left.value
    return (f) => {
      const b = y(f)
      return typeof b === "number" ? a * b : applyAt(operators.mul, a, b, span)
    }
  }
  return (f) => {
    const a = x(f)
    const b = y(f)
    return typeof a === "number" && typeof b === "number" ? a * b : applyAt(operators.mul, a, b, span)
  }
}

export const div: Binary = (left, right, span) => {
  const x = left.node
  const y = right.node
  if (left.kind === "slot") {
    const i = left.at
    if (right.kind === "slot") {
      const j = right.at
      return (f) => {
        const a = f[i]!
        const b = f[j]!
        return typeof a === "number" && typeof b === "number" ? a / b : applyAt(operators.div, a, b, span)
      }
    }
    if (right.kind === "number") {
      const b = right.value
      return (f) => {
        const a = f[i]!
        return typeof a === "number" ? a / b : applyAt(operators.div, a, b, span)
      }
    }
    return (f) => {
      const a = f[i]!
      const b = y(f)
      return typeof a === "number" && typeof b === "number" ? a / b : applyAt(operators.div, a, b, span)
    }
  }
  if (right.kind === "slot") {
    const j = right.at
    return (f) => {
      const a = x(f)
      const b = f[j]!
      return typeof a === "number" && typeof b === "number" ? a / b : applyAt(operators.div, a, b, span)
    }
  }
  if (right.kind === "number") {
    const b = right.value
    return (f) => {
      const a = x(f)
      return typeof a === "number" ? a / b : applyAt(operators.div, a, b, span)
    }
  }
  if (left.kind === "number") {
    const a = left.value
    return (f) => {
      const b = y(f)
      return typeof b === "number" ? a / b : applyAt(operators.div, a, b, span)
    }
  }
  return (f) => {
    const a = x(f)
    const b = y(f)
    return typeof a === "number" && typeof b === "number" ? a / b : applyAt(operators.div, a, b, span)
  }
}

export const less: Binary = (left, right, span) => {
  const x = left.node
  const y = right.node
  if (left.kind === "slot") {
    const i = left.at
    if (right.kind === "slot") {
      const j = right.at
      return (f) => {
        const a = f[i]!
        const b = f[j]!
        return typeof a === "number" && typeof b === "number" ? a < b : applyAt(operators.less, a, b, span)
      }
    }
    if (right.kind === "number") {
      const b = right.value
      return (f) => {
        const a = f[i]!
        return typeof a === "number" ? a < b : applyAt(operators.less, a, b, span)
      }
    }
  }
  if (right.kind === "number") {
    const b = right.value
    return (f) => {
      const a = x(f)
      return typeof a === "number" ? a < b : applyAt(operators.less, a, b, span)
    }
  }
  return (f) => {
    const a = x(f)
    const b = y(f)
    return typeof a === "number" && typeof b === "number" ? a < b : applyAt(operators.less, a, b, span)
  }
}

export const lessEqual: Binary = (left, right, span) => {
  const x = left.node
  const y = right.node
  if (left.kind === "slot") {
    const i = left.at
    if (right.kind === "slot") {
      const j = right.at
      return (f) => {
        const a = f[i]!
        const b = f[j]!
        return typeof a === "number" && typeof b === "number" ? a <= b : applyAt(operators.lessEqual, a, b, span)
      }
    }
    if (right.kind === "number") {
      const b = right.value
      return (f) => {
        const a = f[i]!
        return typeof a === "number" ? a <= b : applyAt(operators.lessEqual, a, b, span)
      }
    }
  }
  if (right.kind === "number") {
    const b = right.value
    return (f) => {
      const a = x(f)
      return typeof a === "number" ? a <= b : applyAt(operators.lessEqual, a, b, span)
    }
  }
  return (f) => {
    const a = x(f)
    const b = y(f)
    return typeof a === "number" && typeof b === "number" ? a <= b : applyAt(operators.lessEqual, a, b, span)
  }
}

export const greater: Binary = (left, right, span) => {
  const x = left.node
  const y = right.node
  if (left.kind === "slot") {
    const i = left.at
    if (right.kind === "slot") {
      const j = right.at
      return (f) => {
        const a = f[i]!
        const b = f[j]!
        return typeof a === "number" && typeof b === "number" ? a > b : applyAt(operators.greater, a, b, span)
      }
    }
    if (right.kind === "number") {
      const b = right.value
      return (f) => {
        const a = f[i]!
        return typeof a === "number" ? a > b : applyAt(operators.greater, a, b, span)
      }
    }
  }
  if (right.kind === "number") {
    const b = right.value
    return (f) => {
      const a = x(f)
      return typeof a === "number" ? a > b : applyAt(operators.greater, a, b, span)
    }
  }
  return (f) => {
    const a = x(f)
    const b = y(f)
    return typeof a === "number" && typeof b === "number" ? a > b : applyAt(operators.greater, a, b, span)
  }
}

export const greaterEqual: Binary = (left, right, span) => {
  const x = left.node
  const y = right.node
  if (left.kind === "slot") {
    const i = left.at
    if (right.kind === "slot") {
      const j = right.at
      return (f) => {
        const a = f[i]!
        const b = f[j]!
        return typeof a === "number" && typeof b === "number" ? a >= b : applyAt(operators.greaterEqual, a, b, span)
      }
    }
    if (right.kind === "number") {
      const b = right.value
      return (f) => {
        const a = f[i]!
        return typeof a === "number" ? a >= b : applyAt(operators.greaterEqual, a, b, span)
      }
    }
  }
  if (right.kind === "number") {
    const b = right.value
    return (f) => {
      const a = x(f)
      return typeof a === "number" ? a >= b : applyAt(operators.greaterEqual, a, b, span)
    }
  }
  return (f) => {
    const a = x(f)
    const b = y(f)
    return typeof a === "number" && typeof b === "number" ? a >= b : applyAt(operators.greaterEqual, a, b, span)
  }
}

export const equals: Binary = (left, right, span) => {
  const x = left.node
  const y = right.node
  if (left.kind === "slot") {
    const i = left.at
    if (right.kind === "slot") {
      const j = right.at
      return (f) => {
        const a = f[i]!
        const b = f[j]!
        return typeof a === "number" && typeof b === "number" ? a === b : applyAt(operators.equals, a, b, span)
      }
    }
    if (right.kind === "number") {
      const b = right.value
      return (f) => {
        const a = f[i]!
        return typeof a === "number" ? a === b : applyAt(operators.equals, a, b, span)
      }
    }
  }
  if (right.kind === "number") {
    const b = right.value
    return (f) => {
      const a = x(f)
      return typeof a === "number" ? a === b : applyAt(operators.equals, a, b, span)
    }
  }
  return (f) => {
    const a = x(f)
    const b = y(f)
    return typeof a === "number" && typeof b === "number" ? a === b : applyAt(operators.equals, a, b, span)
  }
}

export const differs: Binary = (left, right, span) => {
  const x = left.node
  const y = right.node
  if (left.kind === "slot") {
    const i = left.at
    if (right.kind === "slot") {
      const j = right.at
      return (f) => {
        const a = f[i]!
        const b = f[j]!
        return typeof a === "number" && typeof b === "number" ? a !== b : applyAt(operators.differs, a, b, span)
      }
    }
    if (right.kind === "number") {
      const b = right.value
      return (f) => {
        const a = f[i]!
        return typeof a === "number" ? a !== b : applyAt(operators.differs, a, b, span)
      }
    }
  }
  if (right.kind === "number") {
    const b = right.value
    return (f) => {
      const a = x(f)
      return typeof a === "number" ? a !== b : applyAt(operators.differs, a, b, span)
    }
  }
  return (f) => {
    const a = x(f)
    const b = y(f)
    return typeof a === "number" && typeof b === "number" ? a !== b : applyAt(operators.differs, a, b, span)
  }
}

/** Operators by their names in Core, where they have a short way for numbers. */
export const binaryNodes: ReadonlyMap<string, Binary> = new Map([
  ["add", add],
  ["sub", sub],
  ["mul", mul],
  ["div", div],
  ["less", less],
  ["less_equal", lessEqual],
  ["greater", greater],
  ["greater_equal", greaterEqual],
  ["equals", equals],
  ["differs", differs],
])
