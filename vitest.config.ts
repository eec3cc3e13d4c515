/**
 * Unit and integration tests. Three workers: what takes long waits for clocks and other processes,
 * and two leave the cores idle meanwhile.
 */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{src,test,tools,demo}/**/*.test.{ts,tsx}'],
    exclude: ['test/e2e/**', '**/node_modules/**'],
    maxWorkers: 3,
    // Where other work shares the cores, a deadline can be missed once; twice is a fault.
    retry: process.env.CI === undefined ? 0 : 1,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
