/**
 * LIR as text, for `--emit lir` and for reading in tests.
 * One statement a line, bodies indented. It must not know what the code is for.
 */

import type { LirFunction, LirStmt, Operand } from "./lir.ts"
import { isLocal } from "./lir.ts"
import { opName } from "./show.ts"

const show = (operand: Operand): string => (isLocal(operand) ? operand.name : String(operand))
const list = (operands: readonly Operand[]): string => operands.map(show).join(", ")

function showStmt(stmt: LirStmt, indent: string): string {
  const body = (stmts: readonly LirStmt[]): string => `{\n${showBody(stmts, `${indent}  `)}${indent}}`
  switch (stmt.kind) {
    case "define":
      return `${stmt.to.type} ${stmt.to.name} = ${opName(stmt.op)}(${list(stmt.args)})`
    case "begin":
      return `var ${stmt.to.type} ${stmt.to.name}${stmt.value === undefined ? "" : ` = ${show(stmt.value)}`}`
    case "move":
      return `${stmt.to.name} := ${show(stmt.value)}`
    case "load":
      return `${stmt.to.type} ${stmt.to.name} = ${stmt.buf.name}[${show(stmt.index)}]`
    case "store":
      return `${stmt.buf.name}[${show(stmt.index)}] ${stmt.add ? "+=" : ":="} ${show(stmt.value)}`
    case "alloc":
      return `buf ${stmt.to.name} = ${stmt.kept === null ? "zeros" : `kept #${String(stmt.kept)} `}(${show(stmt.length)})`
    case "clear":
      return `${stmt.buf.name} := 0`
    case "copy":
      return `buf ${stmt.to.name} = copy(${list([stmt.from, stmt.offset, stmt.length])})`
    case "add":
      return `${stmt.buf.name} += ${stmt.other.name}`
    case "native":
      return `${stmt.to.map((local) => `${local.type} ${local.name}`).join(", ")} = native ${stmt.name}(${list(stmt.args)})`
    case "product":
      return `${stmt.buf.name} := @(${list(stmt.args)})`
    case "row":
      return `num ${stmt.to.name} = ${stmt.row.name}(${list([stmt.buf, stmt.offset, stmt.length])})`
    case "is":
      return `bool ${stmt.to.name} = ${show(stmt.box)} is ${stmt.variant.name}`
    case "field":
      return `${stmt.to.type} ${stmt.to.name} = field ${String(stmt.index)} of ${show(stmt.box)}`
    case "make":
      return `box ${stmt.to.name} = ${stmt.variant.name}(${list(stmt.args)})`
    case "change":
      return `${stmt.to.type} ${stmt.to.name} = change of field ${String(stmt.index)} of ${show(stmt.box)}`
    case "boxes":
      return `box ${stmt.to.name} = ${stmt.op.name}(${list(stmt.args)})`
    case "guard":
      return `guard ${show(stmt.condition)}`
    case "room":
      return `room #${String(stmt.stack)} ${String(stmt.each)} * ${show(stmt.times)}`
    case "save":
      return `save #${String(stmt.stack)} ${list(stmt.values)}`
    case "restore":
      return `restore #${String(stmt.stack)} ${list(stmt.to)}`
    case "saveBox":
      return `save #${String(stmt.stack)} box ${show(stmt.box)}`
    case "restoreBox":
      return `restore #${String(stmt.stack)} box ${stmt.to.name}`
    case "saveBuf":
      return `save #${String(stmt.stack)} all of ${stmt.buf.name}`
    case "restoreBuf":
      return `restore #${String(stmt.stack)} all of ${stmt.to.name}`
    case "refill":
      return `refill #${String(stmt.stack)} ${stmt.buf.name}`
    case "level":
      return `${stmt.to.type} ${stmt.to.name} = level #${String(stmt.stack)}`
    case "cut":
      return `cut #${String(stmt.stack)} ${show(stmt.level)}`
    case "steps":
      return `steps ${show(stmt.count)}`
    case "poll":
      return "poll"
    case "work":
      return `work ${show(stmt.statements)}${stmt.looks ? ", poll" : ""}`
    case "if":
      return `if ${show(stmt.condition)} ${body(stmt.then)}${stmt.else.length > 0 ? ` else ${body(stmt.else)}` : ""}`
    case "count":
      return `for int ${stmt.index.name} in ${show(stmt.from)}..${show(stmt.to)}${stmt.down ? " down" : ""}${stmt.stretch === null ? "" : ` by ${show(stmt.stretch)}`} ${body(stmt.body)}`
    case "repeat":
      return `repeat ${body(stmt.body)}`
    case "call": {
      const given = [...stmt.to.map((local) => `${local.type} ${local.name}`), ...stmt.moved.map(({ name }) => name)]
      return `${given.join(", ")} = ${stmt.name}(${list(stmt.args)}) ${body(stmt.body)}`
    }
    case "invoke":
      return `${stmt.to.map((local) => `${local.type} ${local.name}`).join(", ")} = ${stmt.name}(${list(stmt.args)})`
    case "leave":
      return `leave ${stmt.when ? "if" : "unless"} ${show(stmt.condition)}`
  }
}

function showBody(stmts: readonly LirStmt[], indent: string): string {
  return stmts.map((stmt) => `${indent}${showStmt(stmt, indent)}\n`).join("")
}

export function showLir(fn: LirFunction): string {
  const one = ({ name, params, body, results }: Omit<LirFunction, "routines">): string => {
    const given = params.map((param) => `${param.type} ${param.name}`).join(", ")
    return `${name}(${given}):\n${showBody(body, "  ")}  -> ${list(results)}\n`
  }
  return [fn, ...fn.routines].map(one).join("")
}
