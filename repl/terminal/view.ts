/**
 * The view: ink draws the live rows and hands over keys and pastes.
 * It holds no state of its own; everything finished is written above the live region by ink's `write`. It must not know what keys mean.
 */

import { Box, Text, useApp, useCursor, useInput, usePaste, useStdout, useWindowSize } from "ink"
import { createElement as h, useEffect, useSyncExternalStore, type ReactElement } from "react"
import type { Key } from "../editor/prompt.ts"
import { keysOf } from "./keys.ts"
import type { Live, Size } from "./live.ts"

/** What the view shows and whom it tells. */
export interface Model {
  subscribe(listener: () => void): () => void
  /** Changes whenever the rows may have. */
  version(): number
  live(window: Size): Live
  keys(keys: readonly Key[]): void
  paste(text: string): void
  /** Told once the terminal can be written to, lent and left. */
  attach(terminal: Terminal): void
}

export interface Terminal {
  write(text: string): void
  suspend(f: () => void): Promise<void>
  exit(): void
}

export function View({ model }: { readonly model: Model }): ReactElement {
  const window = useWindowSize()
  const { write } = useStdout()
  const { exit, suspendTerminal } = useApp()
  const { setCursorPosition } = useCursor()
  useSyncExternalStore(
    (listener) => model.subscribe(listener),
    () => model.version(),
  )
  useEffect(() => {
    model.attach({
      write,
      suspend: async (f) => {
        await suspendTerminal(() => {
          f()
          return Promise.resolve()
        })
      },
      exit: () => {
        exit()
      },
    })
  }, [model, write, exit, suspendTerminal])
  useInput((input, key) => {
    model.keys(keysOf(input, key))
  })
  usePaste((text) => {
    model.paste(text)
  })
  const { rows, cursor } = model.live(window)
  setCursorPosition(cursor ?? undefined)
  return h(
    Box,
    { flexDirection: "column" },
    rows.map((row, i) => h(Text, { key: i, wrap: "truncate" }, row === "" ? " " : row)),
  )
}
