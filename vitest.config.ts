import { defineConfig } from "vitest/config"
import { aliases } from "./test/entries.ts"

export default defineConfig({
  // Examples import the package by its name; in tests that is the checkout.
  resolve: { alias: aliases },
  test: {
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
    setupFiles: ["test/everything.ts"],
    testTimeout: 240_000,
    // Two workers: the suite is made for machines with two cores.
    maxWorkers: 2,
  },
})
