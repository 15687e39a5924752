/**
 * The bar of `progress(xs, label)` on a terminal: one line on stderr, redrawn a few times a second and gone when anything else is to be said.
 * A loop that is over within a moment shows none. It must not know what is being looped over.
 */

/** Milliseconds before the first bar and between two drawings. */
const patience = 300
const interval = 100
const cells = 24

export interface ProgressBar {
  /** Turn `done` of `total` begins. */
  readonly show: (done: number, total: number, label: string) => void
  /** Takes the bar away, before other output and at the end. */
  readonly clear: () => void
}

/** A bar on a stream, which is opened for the first turn; without a terminal nothing is shown. */
export function progressBar(open: () => NodeJS.WriteStream): ProgressBar {
  let stream: NodeJS.WriteStream | null = null
  let began = 0
  let drawn = 0
  let visible = false
  const clear = (): void => {
    if (visible) stream?.write("\r\u001b[2K")
    visible = false
  }
  const show = (done: number, total: number, label: string): void => {
    stream ??= open()
    if (stream.isTTY !== true || process.env["TERM"] === "dumb") return
    const now = Date.now()
    if (done === 1) began = now
    if (done === total) {
      clear()
      return
    }
    if (now - began < patience || now - drawn < interval) return
    drawn = now
    visible = true
    stream.write(`\r\u001b[2K${line(done - 1, total, label, (now - began) / 1000, stream.columns ?? 80)}`)
  }
  return { show, clear }
}

/** `label ━━━━━━──── 42 %  420 of 1000, 3 s left` within a width. */
export function line(done: number, total: number, label: string, seconds: number, width: number): string {
  const full = Math.round((cells * done) / total)
  const bar = "━".repeat(full) + "─".repeat(cells - full)
  const left = done === 0 ? "" : `, ${duration((seconds * (total - done)) / done)} left`
  const text = `${label === "" ? "" : `${label} `}${bar} ${String(Math.floor((100 * done) / total))} %  ${String(done)} of ${String(total)}${left}`
  return text.length < width ? text : text.slice(0, Math.max(0, width - 1))
}

function duration(seconds: number): string {
  if (seconds < 60) return `${String(Math.ceil(seconds))} s`
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))} min ${String(Math.round(seconds % 60))} s`
  return `${String(Math.floor(seconds / 3600))} h ${String(Math.round((seconds % 3600) / 60))} min`
}
