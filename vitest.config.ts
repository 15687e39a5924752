import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
    testTimeout: 240_000,
    // Two workers: the suite is made for machines with two cores.
    maxWorkers: 2,
  },
})
