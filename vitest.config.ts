/** Unit and integration tests. Two workers at most: the suite shares two cores with engines it starts. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{src,test,tools,demo}/**/*.test.{ts,tsx}'],
    exclude: ['test/e2e/**', '**/node_modules/**'],
    maxWorkers: 2,
    // Where other work shares the cores, a deadline can be missed once; twice is a fault.
    retry: process.env.CI === undefined ? 0 : 1,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
