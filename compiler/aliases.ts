/**
 * Buffers and the names that they have.
 * Aliases, choices and loops give a buffer another name; whatever may be one buffer has one leader. It must not know who asks.
 */

import { isVar, walk, type Atom, type Block, type Var } from "./sir.ts"

export class Buffers {
  private readonly up = new Map<Var, Var>()

  constructor(block: Block) {
    for (const stmt of walk(block)) {
      if (stmt.kind === "let" && stmt.out.type === "buf") this.join(stmt.out, stmt.args[0]!)
      else if (stmt.kind === "if") {
        stmt.outs.forEach((out, k) => {
          this.join(out, stmt.then.results[k]!)
          this.join(out, stmt.else.results[k]!)
        })
      } else if (stmt.kind === "for" || stmt.kind === "while") {
        stmt.params.forEach((param, k) => {
          this.join(param, stmt.inits[k]!)
          this.join(param, stmt.body.results[k]!)
          this.join(param, stmt.outs[k]!)
        })
      }
    }
  }

  private join(v: Var, w: Atom): void {
    if (v.type === "buf" && isVar(w) && this.leader(v) !== this.leader(w)) this.up.set(this.leader(v), this.leader(w))
  }

  readonly leader = (v: Var): Var => {
    let at = v
    for (let next = this.up.get(at); next !== undefined; next = this.up.get(at)) at = next
    return at
  }
}
