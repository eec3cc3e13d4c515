/** A taste of the fault runner: two kills. The whole meal is `npm run faults`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { runScenario } from './run-scenario.ts'
import { scenarios } from './scenarios.ts'

test('two kills of the server under load lose nothing and repeat nothing', async () => {
  const work_dir = mkdtempSync(`${tmpdir()}/faults-`)
  try {
    const scenario = scenarios.find((one) => one.name === 'kill-server')!
    const options = { seed: 3, rounds: 2, records_per_s: 2000, load_ms_max: 600, work_dir }
    const result = await runScenario(scenario, { ...options, say: () => undefined })
    expect(result).toMatchObject({ lost: 0, duplicated: 0, corrupt: 0, unexpected: 0, silent: 0 })
    expect(result.acked).toBeGreaterThan(1000)
    expect(result.passed).toBe(true)
  } finally {
    rmSync(work_dir, { recursive: true, force: true })
  }
}, 60_000)
