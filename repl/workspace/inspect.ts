/**
 * Commands that tell what is there: `:doc :type :shape :env :code :more :undo`.
 * They read values and bindings and change nothing but what `:undo` takes back. They must not know derivatives.
 */

import { builtins } from "../../engine/builtins.ts"
import { constants } from "../../engine/library.ts"
import { BoolArray, showShape } from "../../interpreter/arrays/tensor.ts"
import { isNum, shapeOf } from "../../interpreter/autodiff/num.ts"
import { kindOf } from "../../interpreter/values/kinds.ts"
import { show, showFieldName, showFunction } from "../../interpreter/values/show.ts"
import type { List } from "../../interpreter/values/values.ts"
import {
  BuiltinFunction,
  Closure,
  isFunction,
  isStructure,
  RecordValue,
  Tuple,
  VariantValue,
  type Value,
} from "../../interpreter/values/values.ts"
import { apartFaults } from "../../lang/report/catalogue/apart.ts"
import { raise } from "../../lang/report/fault.ts"
import { nearest } from "../../lang/report/suggest.ts"
import type { Binding } from "../../lang/scope.ts"
import { sources } from "../../stdlib/sources.ts"
import { parse } from "../../lang/parse.ts"
import { firstLine } from "../editor/catalogue.ts"
import { filled } from "../filled.ts"
import { expressionOf, functionIn } from "./call.ts"
import { brief, displayAll } from "./display.ts"
import type { Outcome, Window } from "./protocol.ts"
import type { Workspace } from "./workspace.ts"

function say(workspace: Workspace, text: string, style: "plain" | "code" = "plain"): void {
  workspace.tell({ kind: "text", text, style })
}

// ---------------------------------------------------------------- documentation

export function doc(workspace: Workspace, argument: string, window: Window): undefined {
  if (argument === "") raise(apartFaults.commandArgument("this command needs a name", ":doc NAME"))
  const text = documentation(workspace, argument)
  if (text === null) {
    const near = nearest(argument, [...workspace.names(), ...sources.keys()])
    raise(
      apartFaults.commandArgument(
        `there is nothing called \`${argument}\`${near === null ? "" : `; did you mean \`${near}\`?`}`,
        ":doc NAME",
      ),
    )
  }
  say(workspace, filled(text, window.columns))
}

function documentation(workspace: Workspace, path: string): string | null {
  const [name, ...fields] = path.split(".").map((part) => part.trim())
  const binding = workspace.defined().get(name!)
  if (binding !== undefined) return fields.length === 0 ? bound(name!, binding) : member(binding, fields)
  const builtin = builtins.find((candidate) => candidate.name === path)
  if (builtin !== undefined) return `${showFunction(builtin)}\n\n${builtin.doc}`
  const constant = constants.get(path)
  if (constant !== undefined) return `${path} = ${show(constant)}`
  const source = sources.get(path)
  return source === undefined ? null : moduleDoc(path, source)
}

function bound(name: string, binding: Binding): string {
  switch (binding.kind) {
    case "cell": {
      const value = binding.cell.value as Value
      const text = binding.cell.doc ?? (value instanceof Closure ? value.code.code.doc : null)
      const head = isFunction(value) ? showFunction(value) : `${name}: ${kindOf(value)}`
      if (value instanceof BuiltinFunction) return `${head}\n\n${value.doc}`
      return text === null
        ? `${head}\n\n(no documentation; a /// comment in front of a definition is one)`
        : `${head}\n\n${text}`
    }
    case "variant": {
      const { fields, type, doc: text } = binding.variant
      return `${name}${fields.length === 0 ? "" : `(${fields.join(", ")})`}, of type ${type.name}${text === null ? "" : `\n\n${text}`}`
    }
    case "type": {
      const { variants, doc: text } = binding.type
      const cases = variants.map((v) => (v.fields.length === 0 ? v.name : `${v.name}(${v.fields.join(", ")})`))
      return `type ${name} = ${cases.join(" | ")}${text === null ? "" : `\n\n${text}`}`
    }
    case "module":
      return moduleDoc(binding.module.name, sources.get(binding.module.name) ?? "")
    case "constant":
      return `${name} = ${show(binding.value)}`
    case "builtin":
      return name
  }
}

function member(binding: Binding, fields: readonly string[]): string | null {
  const [field] = fields
  if (binding.kind !== "module" || fields.length !== 1) return null
  const exported = binding.module.exports.get(field!)
  return exported === undefined ? null : bound(field!, exported)
}

function moduleDoc(name: string, text: string): string {
  const { program } = parse({ name, text })
  const rows = program.statements.flatMap((statement) => {
    if (statement.kind === "fn" && !statement.name.startsWith("_")) {
      const params = statement.params.map((param) => text.slice(param.span.start, param.span.end)).join(", ")
      return [`  ${statement.name}(${params})${statement.doc === null ? "" : `  — ${firstLine(statement.doc)}`}`]
    }
    if (statement.kind === "type")
      return [`  type ${statement.name}${statement.doc === null ? "" : `  — ${firstLine(statement.doc)}`}`]
    return []
  })
  return [`module ${name}`, ...(program.doc === null ? [] : ["", program.doc]), "", ...rows].join("\n")
}

// ---------------------------------------------------------------- kinds and shapes

export function type(workspace: Workspace, argument: string): undefined {
  const usage = ":type EXPRESSION"
  expressionOf(argument, usage)
  say(workspace, kindOf(workspace.value(argument)))
}

export function shape(workspace: Workspace, argument: string): undefined {
  const usage = ":shape EXPRESSION"
  expressionOf(argument, usage)
  say(workspace, shapeText(workspace.value(argument), 0))
}

/** The structure of a value with shapes in place of arrays and kinds in place of the rest. */
function shapeText(value: Value, depth: number): string {
  if (value instanceof BoolArray) return `booleans ${showShape(value.shape)}`
  if (isNum(value)) return shapeOf(value).length === 0 ? "number" : showShape(shapeOf(value))
  if (!isStructure(value)) return kindOf(value).replace(/^an? /, "")
  if (depth > 8) return "…"
  const inner = (part: Value): string => shapeText(part, depth + 1)
  if (value instanceof RecordValue) {
    return `{ ${value.values.map((part, i) => `${showFieldName(value.layout.names[i]!)}: ${inner(part)}`).join(", ")} }`
  }
  if (value instanceof Tuple) return `(${value.values.map(inner).join(", ")})`
  if (value instanceof VariantValue) {
    return value.values.length === 0
      ? value.variant.name
      : `${value.variant.name}(${value.values.map(inner).join(", ")})`
  }
  return listText(value, inner)
}

function listText(value: List, inner: (part: Value) => string): string {
  const kinds = [...new Set(value.items.slice(0, 1000).map(inner))]
  if (kinds.length === 1) return `list of ${String(value.items.length)} × ${kinds[0]!}`
  return `[${value.items.slice(0, 8).map(inner).join(", ")}${value.items.length > 8 ? ", …" : ""}]`
}

// ---------------------------------------------------------------- the session

export function env(workspace: Workspace, argument: string, window: Window): undefined {
  if (argument !== "") raise(apartFaults.commandArgument("this command takes no argument", ":env"))
  const rows = [...workspace.defined()].map(([name, binding]) => [name, meaning(binding, window.columns)] as const)
  if (rows.length === 0) {
    say(workspace, "nothing is defined yet")
    return
  }
  const width = Math.min(24, Math.max(...rows.map(([name]) => name.length)))
  say(
    workspace,
    rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`.slice(0, window.columns)).join("\n"),
    "code",
  )
}

function meaning(binding: Binding, columns: number): string {
  switch (binding.kind) {
    case "cell": {
      const value = binding.cell.value as Value
      return isFunction(value) ? showFunction(value) : `= ${brief(value, Math.max(20, columns - 30))}`
    }
    case "variant":
      return `variant of ${binding.variant.type.name}`
    case "type":
      return "type"
    case "module":
      return `module ${binding.module.name}`
    case "constant":
      return `= ${show(binding.value)}`
    case "builtin":
      return ""
  }
}

export function undo(workspace: Workspace): Outcome["journal"] {
  if (!workspace.undo()) raise(apartFaults.nothingYet("there is no input to take back"))
  return "drop"
}

/** The latest plot as a file, SVG or PNG as its name says: what `:save` does with a picture. */
export function draw(workspace: Workspace, path: string): undefined {
  if (workspace.plot === null)
    raise(apartFaults.nothingYet("no plot was shown yet", "`function_plot(sin, 0, tau)` is one"))
  workspace.tell({ kind: "file", path, content: workspace.plots.file(workspace.plot, path) })
}

/** The source of a function and, where there is one, the code it was compiled to. */
export function code(workspace: Workspace, argument: string): undefined {
  const usage = ":code f"
  const f = functionIn(workspace, argument, usage)
  if (!(f instanceof Closure)) {
    say(workspace, `${showFunction(f)} is built in`)
    return
  }
  const { span } = f.code.code
  say(workspace, span.source.text.slice(span.start, span.end), "code")
  const compiled = workspace.compiledCode(f)
  if (compiled === null)
    say(
      workspace,
      "\nnot compiled: it runs in the interpreter (functions are compiled once they were called a few times)",
    )
  else say(workspace, `\ncompiled to JavaScript:\n\n${compiled}`)
}

/** The next screen of the latest value. */
export function more(workspace: Workspace, argument: string, window: Window): undefined {
  if (argument !== "") raise(apartFaults.commandArgument("this command takes no argument", ":more"))
  const value = workspace.latest()
  if (value === undefined) raise(apartFaults.nothingYet("there is no value yet of which more could be shown"))
  const { lines, left } = workspace.page(() => displayAll(value, window.columns), Math.max(4, window.rows - 4))
  if (lines.length === 0) raise(apartFaults.nothingYet("that was all of it"))
  say(workspace, lines.join("\n"), "code")
  if (left > 0) say(workspace, `… ${left.toLocaleString("en-US")} more lines (:more goes on)`)
}
