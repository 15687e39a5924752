/**
 * Core as text, for tests and for `adl check --emit core`.
 * Slots are written `name.3` or `t3`, statements stand on lines of their own; the text is for reading and is never parsed.
 * It must not know what Core means.
 */

import type { Code, Core, CoreModule, CoreSlice, CoreStep } from "./core.ts"

const INFIX: Readonly<Record<string, string>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  mod: "%",
  matmul: "@",
  pow: "^",
  concat: "++",
  equals: "==",
  differs: "!=",
  less: "<",
  less_equal: "<=",
  greater: ">",
  greater_equal: ">=",
}

/** A whole module. */
export function printModule(module: CoreModule): string {
  const parts = module.statements.map(({ code, shows }) => `${shows ? "show" : "run"} ${braced(code.body, code, 0)}`)
  for (const { name, code } of module.tests) parts.push(`test ${JSON.stringify(name)} ${braced(code.body, code, 0)}`)
  for (const { name, code } of module.benches) parts.push(`bench ${JSON.stringify(name)} ${braced(code.body, code, 0)}`)
  return parts.join("\n")
}

/** One function. */
export function printCode(code: Code): string {
  return functionText(code, null, 0)
}

function functionText(code: Code, captures: string | null, depth: number): string {
  const params = code.params.map((param) => `${slotName(param.slot, code)}${param.required ? "" : "?"}`)
  const kept = captures === null || captures === "" ? "" : ` [${captures}]`
  return `fn ${code.name}(${params.join(", ")})${kept} ${braced(code.body, code, depth)}`
}

function slotName(slot: number, code: Code): string {
  const name = code.slotNames[slot]
  return name == null ? `t${String(slot)}` : `${name}.${String(slot)}`
}

function indent(depth: number): string {
  return "  ".repeat(depth)
}

function braced(core: Core, code: Code, depth: number): string {
  const items = core.kind === "seq" ? core.items : core.kind === "const" && core.value === null ? [] : [core]
  if (items.length === 0) return "{}"
  const lines = items.map((item) => `${indent(depth + 1)}${text(item, code, depth + 1)}\n`)
  return `{\n${lines.join("")}${indent(depth)}}`
}

function text(core: Core, code: Code, depth: number): string {
  const go = (part: Core): string => text(part, code, depth)
  const list = (parts: readonly Core[]): string => parts.map(go).join(", ")
  switch (core.kind) {
    case "const":
      return core.value === null ? "()" : JSON.stringify(core.value)
    case "local":
      return `${slotName(core.slot, code)}${core.holds ? "!" : ""}`
    case "capture":
      return `^${code.captureNames[core.index] ?? String(core.index)}`
    case "global":
      return `@${core.cell.name}`
    case "builtin":
      return core.name
    case "constructor":
      return core.variant.name
    case "operate": {
      const infix = INFIX[core.op]
      if (infix === undefined || core.args.length !== 2) return `${core.op}(${list(core.args)})`
      const chain: string[] = []
      let left: Core = core
      while (left.kind === "operate" && left.op === core.op && left.args.length === 2) {
        const [next, right] = left.args as readonly [Core, Core]
        chain.push(operand(right, code, depth))
        left = next
      }
      return [operand(left, code, depth), ...chain.reverse()].join(` ${infix} `)
    }
    case "call": {
      const named = core.named.map((arg) => `${arg.name}: ${go(arg.value)}`)
      const args = [...core.args.map(go), ...named].join(", ")
      return `${core.tail ? "tail " : ""}${operand(core.callee, code, depth)}(${args})`
    }
    case "index":
      return `${operand(core.target, code, depth)}[${items(core.items, code, depth)}]`
    case "field":
      return `${operand(core.target, code, depth)}.${core.name}`
    case "range":
      return `${operand(core.from, code, depth)}${core.inclusive ? "..=" : ".."}${operand(core.to, code, depth)}`
    case "logic":
      return `${operand(core.left, code, depth)} ${core.op} ${operand(core.right, code, depth)}`
    case "array":
      return `[${core.items.map((item) => (item.kind === "spread" ? `...${go(item.value)}` : go(item))).join(", ")}]`
    case "tuple":
      return `(${list(core.items)})`
    case "record": {
      const fields = core.fields.map((field) =>
        field.kind === "spread" ? `...${go(field.value)}` : `${field.name}: ${go(field.value)}`,
      )
      return `{ ${fields.join(", ")} }`
    }
    case "string":
      return `show(${core.parts.map((part) => (typeof part === "string" ? JSON.stringify(part) : go(part))).join(", ")})`
    case "lambda": {
      const captures = core.captures.map((capture) => (capture === null ? "?" : go(capture))).join(", ")
      return functionText(core.code, captures, depth)
    }
    case "if": {
      const head = `if ${go(core.condition)} ${braced(core.then, code, depth)}`
      if (core.else.kind === "const" && core.else.value === null) return head
      return `${head} else ${core.else.kind === "if" ? go(core.else) : braced(core.else, code, depth)}`
    }
    case "seq":
      return braced(core, code, depth)
    case "set":
      return `${slotName(core.slot, code)} := ${go(core.value)}`
    case "setGlobal":
      return `@${core.cell.name} := ${go(core.value)}`
    case "patch":
      return `patch ${slotName(core.slot, code)}.${String(core.index)} := ${go(core.value)}`
    case "default":
      return `default ${slotName(core.slot, code)} := ${core.value.kind === "seq" ? braced(core.value, code, depth) : go(core.value)}`
    case "update":
      return `${slotName(core.slot, code)}${path(core.path, code, depth)} ${core.op ?? ""}= ${go(core.value)}`
    case "for":
      return `for ${slotName(core.slot, code)} in ${go(core.source)}${loopText(core, code)} ${braced(core.body, code, depth)}`
    case "while":
      return `while ${go(core.condition)}${loopText(core, code)} ${braced(core.body, code, depth)}`
    case "comprehend": {
      const part = (of: Core): string => (of.kind === "seq" ? braced(of, code, depth) : go(of))
      const clauses = core.clauses.map(({ slot, source, prologue }) => {
        const apart = prologue === null ? "" : ` then ${braced(prologue, code, depth)}`
        return `${slotName(slot, code)} in ${part(source)}${apart}`
      })
      const condition = core.condition === null ? "" : ` if ${part(core.condition)}`
      return `[${part(core.element)} for ${clauses.join(", ")}${condition}]`
    }
    case "test":
      return `${operand(core.target, code, depth)} is ${formText(core.form)}`
    case "part":
      return `${operand(core.target, code, depth)}${partText(core.part)}`
    case "fail":
      return `fail ${core.what} ${go(core.target)}`
  }
}

/** In parentheses where that helps reading. */
function operand(core: Core, code: Code, depth: number): string {
  const written = text(core, code, depth)
  return ["operate", "logic", "if", "lambda", "range", "test"].includes(core.kind) ? `(${written})` : written
}

function items(parts: readonly (Core | CoreSlice)[], code: Code, depth: number): string {
  return parts
    .map((part) => {
      if (part.kind !== "slice") return text(part, code, depth)
      const from = part.from === null ? "" : text(part.from, code, depth)
      const to = part.to === null ? "" : text(part.to, code, depth)
      return `${from}${part.inclusive ? "..=" : ".."}${to}`
    })
    .join(", ")
}

function path(steps: readonly CoreStep[], code: Code, depth: number): string {
  return steps.map((step) => (step.kind === "field" ? `.${step.name}` : `[${items(step.items, code, depth)}]`)).join("")
}

function loopText(core: { readonly exit: number | null; readonly carried: readonly number[] }, code: Code): string {
  const exit = core.exit === null ? "" : ` until ${slotName(core.exit, code)}`
  const carried = core.carried.map((slot) => slotName(slot, code))
  return `${exit}${carried.length === 0 ? "" : ` carrying ${carried.join(", ")}`}`
}

function formText(form: Extract<Core, { kind: "test" }>["form"]): string {
  switch (form.kind) {
    case "variant":
      return form.variant.name
    case "tuple":
      return `tuple ${String(form.size)}`
    case "record":
      return `{ ${form.names.join(", ")} }`
    case "array":
      return `array ${form.exact ? "" : "≥ "}${String(form.min)}`
    case "literal":
      return form.value === null ? "()" : JSON.stringify(form.value)
  }
}

function partText(part: Extract<Core, { kind: "part" }>["part"]): string {
  switch (part.kind) {
    case "variantField":
    case "tupleItem":
      return `.${String(part.index)}`
    case "recordField":
      return `.${part.name}`
    case "arrayItem":
      return `[${String(part.index)}]`
    case "arrayRest":
      return `[${String(part.from)}..-${String(part.drop)}]`
  }
}
