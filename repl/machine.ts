/**
 * The machine that a session runs on: files, the person's editor, and where the history is kept.
 * The history is one line of JSON an input, appended as inputs come, so that several sessions can share it. It must not know sessions.
 */

import { spawnSync } from "node:child_process"
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { homedir, tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { readProgram } from "../cli/text.ts"
import { AdlError } from "../engine/error.ts"
import { apartFaults } from "../lang/report/catalogue/apart.ts"
import { faultOf, raise } from "../lang/report/fault.ts"
import type { Machine } from "./console.ts"
import { mostEntries } from "./editor/history.ts"

/** The file of the history, or null where there is to be none. */
export function historyPath(env: NodeJS.ProcessEnv = process.env): string | null {
  const given = env["ADL_HISTORY"]
  if (given !== undefined) return given === "" || given === "off" ? null : resolve(given)
  const state = env["XDG_STATE_HOME"]
  return join(state === undefined || state === "" ? join(homedir(), ".local", "state") : state, "adl", "history.jsonl")
}

/** Inputs of earlier sessions, the latest last. What cannot be read is passed over. */
export function readHistory(path: string | null): string[] {
  if (path === null) return []
  let text: string
  try {
    text = readFileSync(path, "utf8")
  } catch {
    return []
  }
  const lines = text.split("\n")
  const entries = lines.slice(-mostEntries - 1).flatMap((line) => {
    try {
      const entry = JSON.parse(line) as { text?: unknown } | null
      return typeof entry?.text === "string" ? [entry.text] : []
    } catch {
      return []
    }
  })
  if (lines.length > 2 * mostEntries) rewrite(path, lines)
  return entries
}

/** Keeps the file from growing without end. */
function rewrite(path: string, lines: readonly string[]): void {
  try {
    writeFileSync(path, lines.slice(-mostEntries - 1).join("\n"))
  } catch {
    // A history that cannot be shortened is still a history.
  }
}

/** An input longer than this is not kept. */
const longest = 100_000

export function appendHistory(path: string | null, text: string): void {
  if (path === null || text.length > longest) return
  try {
    mkdirSync(dirname(path), { recursive: true })
    appendFileSync(path, `${JSON.stringify({ text, cwd: process.cwd(), at: new Date().toISOString() })}\n`, {
      mode: 0o600,
    })
  } catch {
    // Where nothing can be written there is no history, and a session all the same.
  }
}

/** Names in the folder of a path that is being written; folders end in `/`. */
export function filesNear(path: string): string[] {
  const folder = path.slice(0, path.lastIndexOf("/") + 1)
  const hidden = path.slice(folder.length).startsWith(".")
  try {
    return readdirSync(folder === "" ? "." : folder.replace(/^~(?=\/)/, homedir()), { withFileTypes: true })
      .filter((entry) => hidden || !entry.name.startsWith("."))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort()
      .slice(0, 500)
  } catch {
    return []
  }
}

function openEditor(path: string): void {
  const editor = process.env["VISUAL"] ?? process.env["EDITOR"]
  if (editor === undefined || editor.trim() === "") {
    raise(apartFaults.nothingYet("no editor is known", "set the environment variable EDITOR"))
  }
  const [command, ...args] = editor.trim().split(/\s+/)
  const { error, status } = spawnSync(command!, [...args, path], { stdio: "inherit" })
  if (error !== undefined || status !== 0) {
    raise(apartFaults.nothingYet(`the editor \`${editor}\` failed`, "EDITOR names the command that is run"))
  }
}

/** The machine as it is. */
export function machine(history: string | null): Machine {
  return {
    read: (path) => readProgram(path).text,
    write: (path, content) => {
      try {
        writeFileSync(path, content)
      } catch (error) {
        throw new AdlError([
          faultOf(apartFaults.cannotWrite(path, error instanceof Error ? error.message : String(error))),
        ])
      }
    },
    edit: (text, extension) => {
      const folder = mkdtempSync(join(tmpdir(), "adl-"))
      const path = join(folder, `input${extension}`)
      try {
        writeFileSync(path, text === "" ? "" : `${text}\n`)
        openEditor(path)
        return readFileSync(path, "utf8")
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
    editFile: openEditor,
    remember: (text) => {
      appendHistory(history, text)
    },
  }
}
