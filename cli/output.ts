/**
 * Standard output, written at once: a value is seen as soon as it is there, and a reader that went away (`adl … | head`) ends the program quietly.
 * It goes to the file descriptor, because Node's stream takes longer to load than most programs run. It must not know what is written.
 */

import fs from "node:fs"

const stdout = 1

/** Writes a text to standard output. */
export function write(text: string): void {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length;) {
    try {
      done += fs.writeSync(stdout, bytes, done)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === "EPIPE") process.exit(0)
      if (code !== "EAGAIN") throw error
      // a pipe that does not wait is full: its reader needs a moment
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}

/** A line on standard output. */
export function writeLine(text: string): void {
  write(`${text}\n`)
}
