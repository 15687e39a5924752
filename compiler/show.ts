/**
 * SIR as text, for `--emit sir` and for reading in tests.
 * One statement a line, blocks indented. It must not know what the code is for.
 */

import { isVar, routinesOf, type Atom, type Block, type Op, type SirFunction, type Stmt, type Var } from "./sir.ts"

export function showAtom(atom: Atom): string {
  return isVar(atom) ? showVar(atom) : String(atom)
}

function showVar(v: Var): string {
  return `${v.name}${String(v.id)}`
}

export function opName(op: Op): string {
  return typeof op === "string" ? op : op.name
}

const list = (atoms: readonly Atom[]): string => atoms.map(showAtom).join(", ")

function showStmt(stmt: Stmt, indent: string): string {
  const inner = indent + "  "
  switch (stmt.kind) {
    case "let":
      return `${showVar(stmt.out)} = ${opName(stmt.op)}(${list(stmt.args)})`
    case "alloc":
      return `${showVar(stmt.out)} = zeros(${showAtom(stmt.length)})`
    case "copy":
      return `${showVar(stmt.out)} = copy(${list([stmt.from, stmt.offset, stmt.length])})`
    case "product": {
      const { left, right, extents } = stmt
      return `${showVar(stmt.out)} = product(${showAtom(left)}${extents.left ? "ᵀ" : ""}, ${showAtom(right)}${extents.right ? "ᵀ" : ""}, ${list([extents.m, extents.k, extents.n])})`
    }
    case "native":
      return `${stmt.outs.map(showVar).join(", ")} = native ${stmt.call.name}(${list(stmt.args)})`
    case "call":
      return `${stmt.outs.map(showVar).join(", ")} = ${stmt.routine.name}(${list(stmt.args)})`
    case "is":
      return `${showVar(stmt.out)} = ${showAtom(stmt.box)} is ${stmt.variant.name}`
    case "field":
      return `${showVar(stmt.out)} = field ${String(stmt.index)} of ${showAtom(stmt.box)}`
    case "make":
      return `${showVar(stmt.out)} = ${stmt.variant.name}(${list(stmt.args)})`
    case "change":
      return `${showVar(stmt.out)} = change of field ${String(stmt.index)} of ${showAtom(stmt.box)}`
    case "boxes":
      return `${showVar(stmt.out)} = ${stmt.op.name}(${list(stmt.args)})`
    case "row":
      return `${showVar(stmt.out)} = ${stmt.row.name}(${list([stmt.buf, stmt.offset, stmt.length])})`
    case "load":
      return `${showVar(stmt.out)} = ${showAtom(stmt.buf)}[${showAtom(stmt.index)}]`
    case "store":
      return `${showAtom(stmt.buf)}[${showAtom(stmt.index)}] = ${showAtom(stmt.value)}`
    case "accum":
      return `${showAtom(stmt.buf)}[${showAtom(stmt.index)}] += ${showAtom(stmt.value)}`
    case "addbuf":
      return `${showAtom(stmt.buf)} += ${showAtom(stmt.other)}`
    case "guard":
      return `guard ${showAtom(stmt.condition)}`
    case "push":
      return `push #${String(stmt.site)} ${showAtom(stmt.value)}`
    case "pop":
      return `${showVar(stmt.out)} = pop #${String(stmt.site)}`
    case "level":
      return `${showVar(stmt.out)} = level of stack ${String(stmt.stack)}`
    case "cut":
      return `cut stack ${String(stmt.stack)} to ${showAtom(stmt.to)}`
    case "steps":
      return `steps ${showAtom(stmt.count)}${stmt.again === true ? " again" : ""}`
    case "if":
      return `${stmt.outs.map(showVar).join(", ")}${stmt.outs.length > 0 ? " = " : ""}if ${showAtom(stmt.condition)} {\n${showBlock(stmt.then, inner)}${indent}} else {\n${showBlock(stmt.else, inner)}${indent}}`
    case "checkpoint":
      return `${stmt.outs.map(showVar).join(", ")} = checkpoint {\n${showBlock(stmt.body, inner)}${indent}}`
    case "for":
      return `${stmt.outs.map(showVar).join(", ")}${stmt.outs.length > 0 ? " = " : ""}for ${showVar(stmt.index)} in ${showAtom(stmt.from)}..${showAtom(stmt.to)}${stmt.down ? " down" : ""}${stmt.exits ? " exits" : ""} with ${stmt.params.map((p, k) => `${showVar(p)} = ${showAtom(stmt.inits[k]!)}`).join(", ")} {\n${showBlock(stmt.body, inner)}${indent}}`
    case "while":
      return `${stmt.outs.map(showVar).join(", ")}${stmt.outs.length > 0 ? " = " : ""}while with ${stmt.params.map((p, k) => `${showVar(p)} = ${showAtom(stmt.inits[k]!)}`).join(", ")} {\n${showBlock(stmt.condition, inner)}${indent}} do {\n${showBlock(stmt.body, inner)}${indent}}`
  }
}

export function showBlock(block: Block, indent = ""): string {
  const lines = block.stmts.map((stmt) => `${indent}${showStmt(stmt, indent)}\n`)
  return `${lines.join("")}${block.results.length > 0 ? `${indent}-> ${list(block.results)}\n` : ""}`
}

export function showSir(fn: SirFunction): string {
  return [fn, ...routinesOf(fn)]
    .map(({ name, params, body }) => `${name}(${params.map(showVar).join(", ")}):\n${showBlock(body, "  ")}`)
    .join("")
}
