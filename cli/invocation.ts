/**
 * What a command is given, and how it says that it was given wrong.
 * It must not know commands.
 */

/** A wrong command line: its message and which command's usage helps. */
export class UsageError extends Error {
  readonly command: string | null

  constructor(message: string, command: string | null = null) {
    super(message)
    this.command = command
  }
}

/** What a command is given. */
export interface Invocation {
  readonly positionals: readonly string[]
  readonly flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
  /** Arguments after `--`, for the program. */
  readonly rest: readonly string[]
}
