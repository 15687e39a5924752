/**
 * Resolved syntax → Core: the passes put together, and the top level.
 * Every top-level statement becomes code without parameters; the `var`s it assigns live in slots while it runs and go back to their cells as its last act. It
 * must not know how any construct is lowered.
 */

import type * as ast from "../ast.ts"
import { isAtom, local, unit } from "./build.ts"
import type { Block, Code, Core, TopStatement } from "../core.ts"
import * as exits from "./exits.ts"
import { Frame } from "./frame.ts"
import * as chains from "./chains.ts"
import { code, comprehension, framed, lambda } from "./functions.ts"
import { DISCARD, HOLD, into, TAIL, type Lowering } from "./lowering.ts"
import { allocate, destructure, match } from "./patterns.ts"
import type { ResolvedModule, TopLevel } from "./resolvemodule.ts"
import { FunctionFacts, type BlockFunction, type Facts, type Variable } from "../scope.ts"
import * as sequence from "./sequence.ts"
import * as statements from "./statements.ts"

/** What a module becomes. */
export interface LoweredModule {
  readonly statements: readonly TopStatement[]
  readonly tests: readonly Block[]
  readonly benches: readonly Block[]
}

/** Makes the code of a module whose names are resolved. */
export function lowerModule(module: ResolvedModule): LoweredModule {
  const lowering = passes(module.facts)
  const out: TopStatement[] = []
  const tests: Block[] = []
  const benches: Block[] = []
  for (const [index, top] of module.statements.entries()) {
    const { node } = top
    for (const fn of module.block.madeAt(index)) {
      const owner = module.statements[fn.index]
      if (owner !== undefined) out.push(topFunction(lowering, fn, owner))
    }
    if (node.kind === "fn") {
      const fn = module.block.definedAt(index)
      if (fn !== undefined && fn.made < index) out.push(...patchFunction(lowering, fn, top))
    } else if (node.kind === "test" || node.kind === "bench") {
      const block = { name: node.name, code: blockCode(lowering, node, top), span: node.span }
      if (node.kind === "test") tests.push(block)
      else benches.push(block)
    } else if (node.kind !== "type" && node.kind !== "import") out.push(topStatement(lowering, node, top))
  }
  return { statements: out, tests, benches }
}

/** All passes over one table of facts. */
function passes(facts: Facts): Lowering {
  const lowering: Lowering = {
    facts,
    frame: new Frame(new FunctionFacts("", null)),
    value: (node, use) => sequence.value(lowering, node, use),
    put: (node, dest) => {
      sequence.put(lowering, node, dest)
    },
    finish: (core, dest) => {
      sequence.finish(lowering, core, dest)
    },
    read: (variable, span, use) => sequence.readVariable(lowering, variable, span, use),
    call: (node) => sequence.call(lowering, node),
    operands: (items) => sequence.operands(lowering, items),
    logic: (op, left, lifts, right, span) => chains.logic(lowering, op, left, lifts, right, span),
    choose: (node, dest) => {
      sequence.chooseInto(lowering, node, dest)
    },
    match: (node, dest, rest) => {
      match(lowering, node, dest, rest)
    },
    block: (node, dest) => {
      statements.block(lowering, node, dest)
    },
    statements: (from, dest) => {
      statements.statements(lowering, from, dest)
    },
    cursor: (node, next) => statements.cursor(lowering, node, next),
    comprehension: (node) => comprehension(lowering, node),
    loop: (node, dest) => {
      exits.loop(lowering, node, dest)
    },
    jump: (node, dest) => {
      exits.jump(lowering, node, dest)
    },
    assign: (node) => {
      statements.assign(lowering, node)
    },
    lambda: (node) => lambda(lowering, node),
    code: (node, fn) => code(lowering, node, fn),
    allocate: (pattern) => {
      allocate(lowering, pattern)
    },
    destructure: (pattern, subject, what) => {
      destructure(lowering, pattern, subject, what)
    },
  }
  return lowering
}

/** The code of a top-level statement; `fill` emits it in a frame that holds the `var`s it needs. */
function topCode(lowering: Lowering, top: TopLevel, load: Iterable<Variable>, fill: (frame: Frame) => void): Code {
  const { node, fn } = top
  return framed(lowering, fn, { name: fn.name, span: node.span, doc: null }, (frame) => {
    for (const variable of load) {
      if (variable.cell === null) continue
      const slot = variable.parts > 0 ? frame.ownedSlot(variable.name) : frame.slot(variable.name)
      frame.set(slot, { kind: "global", cell: variable.cell, span: node.span }, node.span)
      frame.globals.set(variable, slot)
    }
    fill(frame)
    return []
  })
}

function topStatement(lowering: Lowering, node: ast.Statement, top: TopLevel): TopStatement {
  const { fn } = top
  const shows = node.kind === "expr" && !node.silent
  const plain = node.kind === "assign" && node.path.length === 0 && node.op !== "++=" ? node : null
  const code = topCode(
    lowering,
    top,
    plain === null ? new Set([...fn.slotted, ...fn.assigned]) : fn.slotted,
    (frame) => {
      if (plain !== null) assignCell(lowering, plain)
      else if (node.kind === "let" || node.kind === "var") define(lowering, node, top)
      else if (node.kind !== "expr") {
        lowering.statements({ statements: [node], index: 0, block: null, next: null }, DISCARD)
        store(lowering, top)
      } else if (fn.assigned.size === 0) lowering.put(node.value, TAIL)
      else {
        const slot = frame.slot(null)
        lowering.put(node.value, into(slot))
        store(lowering, top)
        frame.emit(local(slot, node.span))
      }
    },
  )
  return { code, shows, span: node.span }
}

/** Puts the assigned `var`s back into their cells. */
function store(lowering: Lowering, top: TopLevel): void {
  const { frame } = lowering
  for (const variable of top.fn.assigned) {
    const slot = frame.globals.get(variable)
    if (slot !== undefined) fillCell(lowering, variable, local(slot, top.node.span, variable.parts > 0))
  }
}

function fillCell(lowering: Lowering, variable: Variable, value: Core): void {
  if (variable.cell !== null) lowering.frame.emit({ kind: "setGlobal", cell: variable.cell, value, span: value.span })
}

/** `v = e`, `v += e` at top level: the cell is filled at once. */
function assignCell(lowering: Lowering, node: ast.AssignStatement): void {
  const variable = lowering.facts.variables.get(node)
  const op = chains.assignOperator(node.op)
  if (variable?.cell == null) return
  const cell: Core = { kind: "global", cell: variable.cell, span: node.nameSpan }
  fillCell(
    lowering,
    variable,
    op === null ? lowering.value(node.value, HOLD) : statements.compound(lowering, node, op, cell),
  )
}

function define(lowering: Lowering, node: ast.LetStatement | ast.VarStatement, top: TopLevel): void {
  const { frame } = lowering
  const [first] = top.defines
  if (node.kind === "var" || node.pattern.kind === "namePattern") {
    let value = lowering.value(node.value, HOLD)
    if (top.fn.assigned.size > 0 && !isAtom(value)) value = frame.spill(value, frame.mark(), node.span)
    store(lowering, top)
    if (first !== undefined) fillCell(lowering, first, value)
    return
  }
  lowering.allocate(node.pattern)
  statements.takeApart(lowering, node.pattern, node.value)
  store(lowering, top)
  for (const variable of top.defines)
    if (variable.inSlot !== null) fillCell(lowering, variable, local(variable.inSlot.slot, variable.span))
}

/** The statement that makes a top-level function; `var`s it captures are filled in later if it is made before its definition. */
function topFunction(lowering: Lowering, fn: BlockFunction, top: TopLevel): TopStatement {
  const { node, variable } = fn
  const early = fn.made < fn.index
  const code = topCode(lowering, top, early ? [] : top.fn.slotted, () => {
    const facts = variable.fn
    if (facts === null) return
    const code = lowering.code(node, facts)
    const captures = facts.captures.map((captured) => (early ? null : lowering.read(captured, node.nameSpan, HOLD)))
    fillCell(lowering, variable, { kind: "lambda", code, captures, span: node.span })
  })
  return { code, shows: false, span: node.span }
}

function patchFunction(lowering: Lowering, fn: BlockFunction, top: TopLevel): readonly TopStatement[] {
  const { node, variable } = fn
  const captures = variable.fn?.captures ?? []
  if (captures.length === 0) return []
  const code = topCode(lowering, top, top.fn.slotted, (frame) => {
    const slot = frame.slot(node.name)
    if (variable.cell !== null) frame.set(slot, { kind: "global", cell: variable.cell, span: node.span }, node.span)
    for (const [index, captured] of captures.entries()) {
      const value = lowering.read(captured, node.nameSpan, HOLD)
      frame.emit({ kind: "patch", slot, index, value, span: node.span })
    }
  })
  return [{ code, shows: false, span: node.span }]
}

function blockCode(lowering: Lowering, node: ast.TestStatement | ast.BenchStatement, top: TopLevel): Code {
  return topCode(lowering, top, top.fn.slotted, (frame) => {
    // A benchmark's value says what is timed; a test's is nothing.
    if (node.kind === "bench") lowering.put(node.body, TAIL)
    else {
      lowering.put(node.body, DISCARD)
      frame.emit(unit(node.span))
    }
  })
}
