/**
 * The commands that look at a session: types, traces, graphs, derivatives, reasons, times.
 * Each takes the language's own expressions and answers with text; the table here is all there is to say about which exist. It must not know how they are typed nor
 * where their text appears.
 */

import type { Outcome, Window } from "./protocol.ts"
import type { Workspace } from "./workspace.ts"
import * as inspect from "./inspect.ts"
import * as explain from "./explain.ts"
import * as measure from "./measure.ts"
import { why } from "./why.ts"

/** Does a command; what it gives is what it means for the record of the session. */
export type Command = (workspace: Workspace, argument: string, window: Window) => Outcome["journal"] | undefined

const commands: Readonly<Record<string, Command>> = {
  doc: inspect.doc,
  type: inspect.type,
  shape: inspect.shape,
  env: inspect.env,
  code: inspect.code,
  more: inspect.more,
  trace: explain.trace,
  graph: explain.graph,
  derive: explain.derive,
  gradcheck: explain.gradcheck,
  why,
  time: measure.time,
  profile: measure.profile,
  draw: inspect.draw,
  undo: (workspace) => inspect.undo(workspace),
  reset: (workspace) => {
    workspace.reset()
    return "clear"
  },
}

export function commandNamed(name: string): Command | undefined {
  return Object.hasOwn(commands, name) ? commands[name] : undefined
}
