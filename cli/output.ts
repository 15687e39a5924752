/**
 * Standard output and standard error, written at once: a value is seen as soon as it is there, and a reader that went away (`adl … | head`) ends the program
 * quietly. Texts go to the file descriptors, because Node's streams take longer to load than most programs run. It must not know what is written.
 */

import fs from "node:fs"

const stdout = 1
const stderr = 2

/** Writes a text to standard output. */
export function write(text: string): void {
  writeTo(stdout, text)
}

/** A line on standard output. */
export function writeLine(text: string): void {
  writeTo(stdout, `${text}\n`)
}

/** A line on standard error. */
export function writeError(text: string): void {
  writeTo(stderr, `${text}\n`)
}

function writeTo(descriptor: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length;) {
    try {
      done += fs.writeSync(descriptor, bytes, done)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === "EPIPE" && descriptor === stdout) process.exit(0)
      if (code === "EPIPE") return
      if (code !== "EAGAIN") throw error
      // a pipe that does not wait is full: its reader needs a moment
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}
