/**
 * The verifier: what every pass must keep true of SIR.
 * Each variable is assigned once and before its uses, types fit, blocks give what the construct around them takes. Tests run it after every pass.
 */

import { typeOf } from "./builder.ts"
import { opName, showAtom } from "./show.ts"
import {
  argsOf,
  isVar,
  routinesOf,
  type Atom,
  type Block,
  type SirFunction,
  type Stmt,
  type Type,
  type Var,
} from "./sir.ts"

export function verify(fn: SirFunction): void {
  for (const each of [fn, ...routinesOf(fn)]) verifyOne(each)
}

function verifyOne(fn: SirFunction): void {
  const defined = new Set<Var>(fn.params)
  const block = (b: Block, known: Set<Var>): void => {
    const here = new Set(known)
    const define = (v: Var): void => {
      if (defined.has(v) && !fn.params.includes(v)) fail(`${showAtom(v)} is assigned twice`)
      defined.add(v)
      here.add(v)
    }
    for (const stmt of b.stmts) {
      for (const arg of argsOf(stmt)) use(arg, here, stmt.kind)
      check(stmt)
      switch (stmt.kind) {
        case "let":
        case "alloc":
        case "copy":
        case "load":
        case "pop":
        case "row":
        case "product":
        case "is":
        case "field":
        case "make":
        case "change":
        case "boxes":
        case "level":
          define(stmt.out)
          break
        case "native":
          stmt.outs.forEach(define)
          break
        case "call": {
          const { params, body } = stmt.routine
          if (stmt.args.length !== params.length || stmt.outs.length !== body.results.length)
            fail(`${stmt.routine.name} is called with other values than it takes and gives`)
          params.forEach((param, k) => {
            expect(stmt.args[k], param.type, "an argument")
          })
          stmt.outs.forEach((out, k) => {
            expect(body.results[k], out.type, "a result")
            define(out)
          })
          break
        }
        case "if":
          block(stmt.then, here)
          block(stmt.else, here)
          stmt.outs.forEach((out, k) => {
            expect(stmt.then.results[k], out.type, "an arm")
            expect(stmt.else.results[k], out.type, "an arm")
            define(out)
          })
          break
        case "for":
        case "while": {
          if (stmt.kind === "for") define(stmt.index)
          stmt.params.forEach(define)
          const results = stmt.params.length + (stmt.exits ? 1 : 0)
          if (stmt.kind === "while") {
            block(stmt.condition, here)
            expect(stmt.condition.results[0], "bool", "the condition of a loop")
          }
          block(stmt.body, here)
          if (
            stmt.body.results.length !== results ||
            stmt.outs.length !== stmt.params.length ||
            stmt.inits.length !== stmt.params.length
          ) {
            fail("a loop carries other values than it gives")
          }
          stmt.params.forEach((param, k) => {
            expect(stmt.inits[k], param.type, "the start of a loop")
            expect(stmt.body.results[k], param.type, "the end of a turn")
          })
          stmt.outs.forEach(define)
          if (stmt.count !== null) define(stmt.count)
          break
        }
      }
    }
    for (const result of b.results) use(result, here, "result")
  }
  block(fn.body, new Set(fn.params))
}

function use(arg: Atom, known: ReadonlySet<Var>, where: string): void {
  if (isVar(arg) && !known.has(arg)) fail(`${showAtom(arg)} is read before it is assigned (${where})`)
}

function expect(atom: Atom | undefined, type: Type, where: string): void {
  if (atom === undefined || typeOf(atom) !== type)
    fail(`${where} gives ${atom === undefined ? "nothing" : showAtom(atom)} for a ${type}`)
}

function check(stmt: Stmt): void {
  if (stmt.kind === "let") {
    if (stmt.args.some((arg) => isVar(arg) && arg.type === "buf") && stmt.op !== "alias")
      fail(`${opName(stmt.op)} of a buffer`)
  } else if (stmt.kind === "is" || stmt.kind === "field" || stmt.kind === "change") expect(stmt.box, "box", stmt.kind)
  else if (stmt.kind === "boxes") for (const arg of stmt.args) expect(arg, "box", stmt.op.name)
  else if (stmt.kind === "load" || stmt.kind === "store" || stmt.kind === "accum") {
    expect(stmt.buf, "buf", stmt.kind)
    expect(stmt.index, "num", stmt.kind)
  }
}

function fail(message: string): never {
  throw new Error(`the compiler made invalid code: ${message}`)
}
