import { defineConfig } from "tsdown"
import { withoutDocumentation } from "./bin/documentation.ts"

const bundled = { alwaysBundle: [/chevrotain/, /fflate/, /dagre/, /d3-/, /internmap/] }

/** The library (Node only in `node`), the command line (CommonJS, which starts fastest; commands loaded when needed) and the session of its own.
 * Plots are drawn by bundles that the command line loads at the first one. */
export default defineConfig([
  {
    entry: {
      index: "engine/index.ts",
      page: "engine/page.ts",
      full: "engine/full.ts",
      worker: "engine/worker/index.ts",
      thread: "engine/worker/thread.ts",
      plot: "interpreter/plot/index.ts",
      node: "cli/node.ts",
    },
    outDir: "dist",
    format: "esm",
    platform: "neutral",
    target: "es2023",
    dts: true,
    clean: false,
    minify: true,
    deps: { ...bundled, neverBundle: [/^node:/] },
    inputOptions: { resolve: { mainFields: ["module", "main"] } },
    plugins: [
      {
        // beside the bundle stands the bundle of the thread; bundlers of hosts look for these very words
        name: "thread",
        transform: (code) => (code.includes('"./thread.ts"') ? code.replace('"./thread.ts"', '"./thread.js"') : null),
      },
      {
        // the library shows it nowhere; the command line and the session do, from bundles of their own
        name: "documentation-apart",
        transform: {
          filter: { id: /interpreter\/(autodiff|builtins|primitives)\/.*\.ts$/ },
          handler: (code: string): string => withoutDocumentation(code),
        },
      },
    ],
  },
  {
    entry: {
      cli: "cli/main.ts",
      kernels: "interpreter/kernels/wasm/module.ts",
      plot: "interpreter/plot/index.ts",
      special: "interpreter/builtins/special.ts",
      stdlib: "stdlib/sources.ts",
      zip: "cli/zip.ts",
      compiler: "compiler/tier.ts",
    },
    copy: [{ from: "cli/font", to: "dist" }],
    outDir: "dist",
    format: "cjs",
    platform: "node",
    target: "node22",
    dts: false,
    clean: false,
    minify: true,
    deps: bundled,
    outputOptions: {
      // what every program needs is one file: to find a file takes as long as to read it
      codeSplitting: {
        groups: [
          { name: "said", test: /cli\/(invocation|output)\.ts$/, priority: 2 },
          { name: "program", test: /cli\/run\.ts$/, priority: 1 },
        ],
      },
    },
    plugins: [
      {
        // what the terminal is drawn with exists as ES modules only
        name: "session-apart",
        resolveId: (source) => (source === "../repl/main.ts" ? { id: "./repl.mjs", external: true } : null),
      },
      {
        // a file of nothing but ASCII is read in a third of the time
        name: "ascii",
        generateBundle: (_options, bundle) => {
          for (const chunk of Object.values(bundle)) {
            if (chunk.type !== "chunk") continue
            chunk.code = chunk.code.replace(
              /[^\0-\x7f]/g,
              (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
            )
          }
        },
      },
    ],
  },
  {
    entry: { repl: "repl/main.ts", "repl-worker": "repl/worker.ts" },
    outDir: "dist",
    format: "esm",
    platform: "node",
    target: "node22",
    dts: false,
    clean: false,
    minify: true,
    deps: bundled,
    // ink asks for a debugger only where DEV is set; a session never does
    plugins: [
      {
        name: "no-debugger",
        resolveId: (source) => (source === "react-devtools-core" ? { id: source, external: true } : null),
      },
      {
        // the quantizer of the sixels makes a global of itself, which a module may not
        name: "no-global",
        transform: (code) =>
          code.includes("= UPNG = {}")
            ? code.replace("module.exports = UPNG =", "const UPNG = module.exports =")
            : null,
      },
    ],
    define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' },
  },
])
