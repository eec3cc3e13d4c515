/**
 * Unit and integration tests. Four workers: what takes long waits for clocks and other processes,
 * and two leave the cores idle meanwhile.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { defineConfig } from 'vitest/config'

/** Begun first: one that comes last keeps the others waiting for 100 s. */
const longest = [
  'test/kubernetes/demo-counts',
  'src/server/fleet',
  'test/questions',
  'src/agent/agent-kill',
  'src/server/main',
  'src/agent/files/log-family',
  'src/agent/files/rotation-fuzz',
  'test/faults/faults',
  'demo/kubernetes/scenarios/kubernetes-scenarios',
  'src/store/store',
  'src/agent/collectors/kubernetes-objects/demo-cluster',
  'src/agent/collectors/kubernetes-metrics/kubernetes-metrics',
  'src/store/retention/retention',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`))
      return at < 0 ? longest.length : at
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    include: ['{src,test,tools,demo}/**/*.test.{ts,tsx}'],
    exclude: ['test/e2e/**', '**/node_modules/**'],
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    // Where other work shares the cores, a deadline can be missed once; twice is a fault.
    retry: process.env.CI === undefined ? 0 : 1,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
