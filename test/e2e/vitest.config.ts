/**
 * How the browser journeys run: one worker, because servers, demo shop and browser share the
 * machine.
 */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: ['test/e2e/*.test.ts'],
    globalSetup: ['test/e2e/stage.ts'],
    fileParallelism: false,
    isolate: false,
    retry: process.env.CI === undefined ? 0 : 1,
    testTimeout: 45_000,
    hookTimeout: 90_000,
    teardownTimeout: 20_000,
  },
})
