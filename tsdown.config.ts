import { defineConfig } from "tsdown"

/** Two bundles: the library (no Node imports) and the command line (one entry, commands loaded when needed). */
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
    deps: { alwaysBundle: [/chevrotain/, /papaparse/, /dagre/] },
  },
  {
    entry: { cli: "cli/main.ts" },
    outDir: "dist",
    format: "esm",
    platform: "node",
    target: "node22",
    dts: false,
    clean: false,
    minify: true,
    deps: { alwaysBundle: [/chevrotain/, /papaparse/, /dagre/] },
  },
])
