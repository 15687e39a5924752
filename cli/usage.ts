/**
 * Help texts of the command line.
 * One text a command, written for reading; `usage` without a name lists them. It must not know how commands work.
 */

const limits = `  --steps N        stop after N steps (calls and loop turns)
  --memory MB      stop when values and tape take more
  --tape-memory MB what a compiled derivative may save before long loops make
                   their turns again instead (default 32)
  --timeout S      stop after S seconds
  --depth N        calls may nest N deep (default 10000, at most 1000000)
  --tier 0|1|auto  interpret, compile, or compile what runs often (auto, the default)
  --verbose        tell on standard error where the compiler erred; the program is interpreted there
  --trap-nan       stop at the first operation that makes a nan
  --no-files       no access to files`

const commands: Readonly<Record<string, { line: string; text: string }>> = {
  run: {
    line: "adl FILE.adl [-- ARGS]       run a file; every top-level expression shows its value",
    text: `adl FILE.adl [-- ARGS]
adl run FILE.adl [-- ARGS]
adl -e 'EXPRESSION'
adl -                        (program from standard input)

Runs a program. ARGS are the program's \`args\`.

  -e, --eval TEXT  run this text; several are lines of one program
  --json           one JSON object a line: {"value", "line"}, {"print"}, {"error"}
${limits}`,
  },
  check: {
    line: "adl check FILE…              find errors and likely mistakes without running",
    text: `adl check FILE…
adl check --tiers FILE
adl check --emit core FILE [FUNCTION]
adl check --emit sir|lir|js FILE FUNCTION [ARGS…]

Finds what can be found without running: syntax, names, arity, missed patterns, unused names. Exit status 1 if there is an error.

  --json           one JSON object a line for each finding or function
  --emit core      print what a file becomes after elaboration
  --tiers          run the file, printing nothing, and tell of each function whether it is compiled, or why and where not
  --emit STAGE     run the file, printing nothing, then call FUNCTION with ARGS, which are expressions, and print the code that calls of FUNCTION were
                   compiled to: typed code before (sir) and after lowering (lir), or JavaScript (js). FUNCTION may be a derivative, such as \`grad(f)\`.
${limits}`,
  },
  fmt: {
    line: "adl fmt FILE…                lay programs out in the one layout",
    text: `adl fmt [--check] FILE…

Rewrites programs in the one layout and names the files that changed. Comments stay, the meaning stays. \`-\` is standard input, laid out to standard output.

  --check          change nothing; name what would change, with exit status 1`,
  },
  test: {
    line: "adl test [FILE|FOLDER…]      run test blocks and the examples in /// comments",
    text: `adl test [FILE or FOLDER…]

Runs the \`test "name" { … }\` blocks and the examples in \`///\` comments of files; of all .adl files below this folder without arguments.

  --json           one JSON object a line for each test
${limits}`,
  },
  trace: {
    line: "adl trace FILE FUNCTION ARGS…  the evaluation trace: primals, tangents, adjoints",
    text: `adl trace FILE FUNCTION ARGS…

Prints the evaluation trace of a call: every operation with its value, its tangent along each input, and its adjoint. ARGS are expressions.

  --json           one JSON object a line for each row
${limits}`,
  },
  graph: {
    line: "adl graph FILE FUNCTION ARGS…  the computational graph, as SVG or DOT",
    text: `adl graph FILE FUNCTION ARGS… [--svg FILE | --dot FILE]

Draws the computational graph of a call. Without a file, prints DOT. \`-\` is standard output.
${limits}`,
  },
  bench: {
    line: "adl bench FILE               time bench blocks: value, gradient, their ratio",
    text: `adl bench FILE

Times the \`bench "name" { … }\` blocks of a file: value, gradient and their ratio; below each, what its functions do in which tier, as \`adl profile\` tells it.

  --json           one JSON object a line for each block
${limits}`,
  },
  profile: {
    line: "adl profile FILE             where a run spends its time, and in which tier",
    text: `adl profile FILE

Runs a file, printing nothing, and tells of each function and derivative: whether it ran compiled, calls, its own time and that with what it calls, bytes saved
for the reverse pass, and how many times as long a derivative takes as its function. Below: why steps were interpreted.

  --json           one JSON object a line for each function
${limits}`,
  },
  doc: {
    line: "adl doc [NAME]               documentation of a name or a module",
    text: `adl doc [NAME]

Prints the documentation of a built-in, of \`std/…\` modules, or lists them all.`,
  },
  repl: {
    line: "adl                          the REPL",
    text: `adl [repl] [--plain] [--json]

Opens the REPL; line by line where there is no terminal.

  --plain          line by line, without colours or cursor movement
  --json           requests and answers as JSON lines, for editors
${limits}`,
  },
}

/** The help of one command. */
export function usageOf(command: string): string {
  return `usage: ${commands[command]?.text ?? ""}`.replace(/\n(?=adl )/g, "\n       ")
}

/** The help of a command, or the list of all. */
export function usage(command?: string): string {
  if (command !== undefined && Object.hasOwn(commands, command)) return usageOf(command)
  const lines = Object.values(commands).map((entry) => `  ${entry.line}`)
  return `usage:\n${lines.join("\n")}\n\n  adl help COMMAND             more about a command\n  adl --version`
}
