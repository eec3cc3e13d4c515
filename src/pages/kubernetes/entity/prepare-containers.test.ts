/** A thing's containers as kubectl describes them, and quantities as Kubernetes writes them. */
import { describe, expect, it } from 'vitest'
import { amountsOf } from './prepare-amounts.ts'
import { containersOf, readObject } from './prepare-containers.ts'

const dying = {
  spec: {
    containers: [
      { name: 'app', image: 'a:1', resources: { limits: { memory: '64Mi', cpu: '250m' } } },
      { name: 'side', image: 'b:2', resources: { requests: { cpu: 1 } } },
    ],
    initContainers: [{ name: 'first', image: 'c:3' }],
  },
  status: {
    containerStatuses: [
      {
        name: 'app',
        ready: false,
        restartCount: 4,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: {
          terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: '2026-11-21T10:00:00Z' },
        },
      },
    ],
  },
}

describe('containers', () => {
  const use = {
    container: ['app'],
    pods: [1],
    cpu_usage_cores: [0.1],
    memory_usage_bytes: [null],
  }
  const [app, side, first] = containersOf(dying, use)
  it('of a pod carry their state, their restarts and how they last ended', () => {
    expect(app).toMatchObject({
      state: 'waiting',
      reason: 'CrashLoopBackOff',
      restarts: 4,
      last_end: { reason: 'OOMKilled', exit_code: 137, time_ms: Date.UTC(2026, 10, 21, 10) },
    })
    expect(side).toMatchObject({ state: '', ready: false, restarts: 0, last_end: undefined })
    expect(first?.is_init).toBe(true)
  })
  it('are measured against their limits, else against what they ask for', () => {
    expect(app?.cpu).toEqual({ used: 0.1, requested: null, limit: 0.25, full: 0.25 })
    expect(app?.memory).toEqual({ used: null, requested: null, limit: 2 ** 26, full: 2 ** 26 })
    expect(side?.cpu).toEqual({ used: null, requested: 1, limit: null, full: 1 })
    const alone = amountsOf({ kind: 'Pod', numbers: { cpu_limit_cores: 9 } }, 'cpu', app)
    expect(alone).toEqual({ requested: null, most: 0.25, most_is: 'limit' })
    const node = { kind: 'Node', numbers: { cpu_limit_cores: 9, cpu_allocatable_cores: 4 } }
    expect(amountsOf(node, 'cpu', undefined)).toMatchObject({ most: 4, most_is: 'allocatable' })
  })
  it('of a workload are those of its template', () => {
    const spec = { containers: [{ name: 'x', image: 'i' }] }
    const f = (object: object) => containersOf(object).map(({ name, image }) => [name, image])
    expect(f({ spec: { template: { spec } } })).toEqual([['x', 'i']])
    expect(f({ spec: { jobTemplate: { spec: { template: { spec } } } } })).toEqual([['x', 'i']])
  })
  it('of what is none, or is not as it should be, are none', () => {
    const odd = [undefined, null, 7, 'text', {}, { spec: null }, { spec: { containers: 'x' } }]
    for (const object of odd) expect(containersOf(object)).toEqual([])
    expect(containersOf({ spec: { containers: [null, { image: 'x' }] } })).toEqual([])
    expect([readObject(''), readObject('{"cut'), readObject('{"a":1}')]).toEqual([
      undefined,
      undefined,
      { a: 1 },
    ])
  })
})
