/**
 * The thread in which a session computes.
 * It is started with the record of a session, which it goes through silently, and then answers one request after the other; what it prints waits when the other
 * side cannot keep up. It must not know what the other side is.
 */

import { parentPort, workerData } from "node:worker_threads"
import { fileBuiltins } from "../cli/files.ts"
import { hostEngine } from "../cli/host.ts"
import { drawn, plotPicture, plotPixels, plotText } from "../cli/plots.ts"
import { readStdin } from "../cli/program.ts"
import type { Answer, Question, Start } from "./evaluator.ts"
import { furtherBuiltins } from "../interpreter/builtins/further.ts"
import { specialBuiltins } from "../interpreter/builtins/special.ts"
import type { Value } from "../interpreter/values/values.ts"
import { kittyImage, type Cell } from "./images.ts"
import { plotSize, sixelImage } from "./sixel.ts"
import { Workspace, type Plots } from "./workspace/workspace.ts"
import type { Event, Window } from "./workspace/protocol.ts"

/** Events on their way before the program waits for the other side. */
const mostUnseen = 2000

const { invocation, shared, journal } = workerData as Start
const port = parentPort!
let current = 0
let silent = true
let sent = 0
/** When progress was told of last. */
let toldAt = 0

function tell(event: Event): void {
  if (silent) return
  port.postMessage({ kind: "event", id: current, event } satisfies Answer)
  sent++
  for (;;) {
    const seen = Atomics.load(shared, 1)
    if (sent - seen < mostUnseen || Atomics.load(shared, 0) !== 0) return
    Atomics.wait(shared, 1, seen, 100)
  }
}

const builtins = [readStdin, ...fileBuiltins(invocation.flags["no-files"] !== true)]
const engine = hostEngine(invocation, {
  print: (text) => {
    tell({ kind: "print", text })
  },
  progress: (done, of, label) => {
    const now = Date.now()
    if (done > 1 && done < of && now - toldAt < 100) return
    toldAt = now
    tell({ kind: "progress", label, done: done - 1, of })
  },
  special: [...furtherBuiltins, ...specialBuiltins],
  interrupt: shared,
})
/** A plot as the text that shows its picture; null for what cannot be drawn. */
function pictureOf(plot: Value, window: Window, images: "kitty" | Cell): string | null {
  if (images === "kitty") {
    const png = plotPicture(plot)
    return png === null ? null : kittyImage(png, window)
  }
  const pixels = plotPixels(plot, plotSize(window, images))
  return pixels === null ? null : sixelImage(pixels)
}

const plots: Plots = {
  text: (plot, window) => {
    const { columns, rows, colour } = window
    const picture = window.images === null ? null : pictureOf(plot, window, window.images)
    if (picture !== null) return picture
    return plotText(plot, { width: Math.min(80, columns), rows: Math.max(4, Math.min(16, rows - 8)), color: colour })
  },
  file: (plot, path) => drawn(plot, { path, width: undefined, height: undefined }),
}
const workspace = new Workspace(engine, builtins, plots, tell)
for (const input of journal)
  workspace.handle({ kind: "run", input, window: { columns: 80, rows: 24, colour: false, images: null } })
silent = false
port.postMessage({
  kind: "ready",
  catalogue: workspace.catalogue(),
  names: workspace.entries(),
} satisfies Answer)

port.on("message", ({ id, request }: Question) => {
  current = id
  const outcome = workspace.handle(request)
  port.postMessage({ kind: "outcome", id, outcome } satisfies Answer)
})

// The compiler is fetched once there is nothing else to do.
setTimeout(() => void engine.ready, 50)
