import { defineConfig } from "tsdown"

const bundled = { alwaysBundle: [/chevrotain/, /papaparse/, /dagre/] }

/** The library (no Node imports), the command line (CommonJS, which starts fastest; commands loaded when needed) and the session of its own. */
export default defineConfig([
  {
    entry: { index: "engine/index.ts" },
    outDir: "dist",
    format: "esm",
    platform: "neutral",
    target: "es2023",
    dts: false,
    clean: false,
    minify: true,
    deps: bundled,
  },
  {
    entry: { cli: "cli/main.ts" },
    outDir: "dist",
    format: "cjs",
    platform: "node",
    target: "node22",
    dts: false,
    clean: false,
    minify: true,
    deps: bundled,
    plugins: [
      {
        // what the terminal is drawn with exists as ES modules only
        name: "session-apart",
        resolveId: (source) => (source === "../repl/main.ts" ? { id: "./repl.mjs", external: true } : null),
      },
    ],
  },
  {
    entry: { repl: "repl/main.ts" },
    outDir: "dist",
    format: "esm",
    platform: "node",
    target: "node22",
    dts: false,
    clean: false,
    minify: true,
    deps: bundled,
  },
])
