/** A policy on probation: kept, put back, and what a restart in the middle makes of it. */
import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import type { Component } from '../model/fleet.ts'
import type { Running } from './collector.ts'
import type { AnyCollector } from './collectors.ts'
import { Components } from './policy-components.ts'
import { PolicyRunner } from './policy-runner.ts'

const log = pino({ level: 'silent' })
const second_ms = 1_000
const probation_ms = 60 * second_ms

/** What survives the process, and the world outside it. */
let disk: Map<string, string>
let now_ms: number
/** Integrations that do badly, and how. */
let trouble: Map<string, 'does not start' | Component['state']>
let running: Set<string>

beforeEach(() => {
  disk = new Map()
  now_ms = 1_000_000
  trouble = new Map()
  running = new Set()
})

const state = {
  read: async <Value>(name: string) => {
    const text = disk.get(name)
    return text === undefined ? undefined : (JSON.parse(text) as Value)
  },
  write: async (name: string, value: unknown) => void disk.set(name, JSON.stringify(value)),
  remove: async (name: string) => void disk.delete(name),
}

function started(id: string): Running {
  running.add(id)
  return {
    health: () => {
      const is = trouble.get(id)
      return { state: is === 'failed' || is === 'degraded' ? is : 'healthy', message: `${is}` }
    },
    coverage: () => [],
    stop: async () => void running.delete(id),
  }
}

async function agent(options: { needsServer?: boolean } = {}) {
  const collector = { type: 'host', start: () => undefined } as unknown as AnyCollector
  const components = new Components({
    collectors: [collector],
    start: async (_, { id }) => {
      if (trouble.get(id) === 'does not start') throw new Error('no such thing')
      return started(id)
    },
    log,
    now_ms: () => now_ms,
  })
  const needsServer = options.needsServer ?? true
  const told = { components, kind: 'host', state, log, probation_ms, needsServer } as const
  const runner = new PolicyRunner({ ...told, now_ms: () => now_ms, onNews: () => {} })
  await runner.start()
  return runner
}

const policy = (revision: number, ...ids: string[]) => {
  const integrations = ids.map((id) => ({ id, type: 'host' }))
  return { policy_id: 'p', revision, document: { integrations } }
}

/** Seconds go by, each with its tick. */
async function live(runner: PolicyRunner, seconds: number): Promise<void> {
  for (let s = 0; s < seconds; s++) {
    now_ms += second_ms
    await runner.tick()
  }
}

async function withGood(): Promise<PolicyRunner> {
  const runner = await agent()
  await runner.apply(policy(1, 'a'))
  runner.heard(1)
  await live(runner, 61)
  return runner
}

function end(): void {
  running.clear()
}

test('a good policy is kept, and is there after a restart', async () => {
  const runner = await withGood()
  expect(JSON.parse(disk.get('policy.json')!)).toMatchObject({ revision: 1 })
  expect([...disk.keys()]).toEqual(['policy.json'])
  end()
  expect((await agent()).told()).toMatchObject({ revision: 1 })
  expect([...running]).toEqual(['a'])
  expect(runner.told().refused).toBeUndefined()
})

test('one that does not start is put back at once, and what ran runs on', async () => {
  const runner = await withGood()
  trouble.set('b', 'does not start')
  await runner.apply(policy(2, 'a', 'b'))
  expect(runner.told()).toMatchObject({ revision: 1, refused: { revision: 2 } })
  expect(runner.told().refused?.reason).toContain('no such thing')
  expect([...running]).toEqual(['a'])
})

test('a lasting failure on probation puts it back, a hiccup does not', async () => {
  const runner = await withGood()
  await runner.apply(policy(2, 'b'))
  runner.heard(2)
  trouble.set('b', 'failed')
  await live(runner, 5)
  trouble.delete('b')
  await live(runner, 20)
  expect(runner.told()).toMatchObject({ revision: 2 })
  trouble.set('b', 'failed')
  await live(runner, 16)
  expect(runner.told()).toMatchObject({ revision: 1, refused: { revision: 2 } })
  expect([...running]).toEqual(['a'])
})

test('one with which the server does not hear from the agent is put back', async () => {
  const runner = await withGood()
  await runner.apply(policy(2, 'b'))
  await live(runner, 61)
  expect(runner.told()).toMatchObject({ revision: 1, refused: { revision: 2 } })
})

test('the process dies of it: the former comes back, and the refusal is remembered', async () => {
  await (await withGood()).apply(policy(2, 'b'))
  end()
  const next = await agent()
  expect(next.told()).toMatchObject({ revision: 1, refused: { revision: 2 } })
  expect([...running]).toEqual(['a'])
  // The same revision is not tried again, a newer one is.
  await next.apply(policy(2, 'b'))
  expect(next.told()).toMatchObject({ revision: 1 })
  end()
  const third = await agent()
  await third.apply(policy(3, 'c'))
  expect(third.told()).toMatchObject({ revision: 3 })
})

test('ended by order in the middle it is tried again', async () => {
  const runner = await withGood()
  await runner.apply(policy(2, 'b'))
  await runner.stop()
  const next = await agent()
  expect(next.told()).toMatchObject({ revision: 1 })
  expect(next.told().refused).toBeUndefined()
  await next.apply(policy(2, 'b'))
  expect(next.told()).toMatchObject({ revision: 2 })
})

test('a first policy runs as far as it can, and gets three chances', async () => {
  for (let starts = 1; starts <= 3; starts++) {
    trouble.set('b', 'does not start')
    const runner = await agent()
    if (starts === 1) await runner.apply(policy(1, 'a', 'b'))
    expect(runner.told(), `start ${starts}`).toMatchObject({ revision: 1 })
    expect([...running]).toEqual(['a'])
    end()
  }
  expect((await agent()).told()).toMatchObject({ revision: 0, refused: { revision: 1 } })
})

test('a clock that jumps neither keeps a bad policy nor puts a good one back', async () => {
  const runner = await withGood()
  await runner.apply(policy(2, 'b'))
  now_ms += 3_600 * second_ms
  await runner.tick()
  expect(runner.told()).toMatchObject({ revision: 2 })
  now_ms -= 7_200 * second_ms
  runner.heard(2)
  await live(runner, 61)
  expect(JSON.parse(disk.get('policy.json')!)).toMatchObject({ revision: 2 })
})

test('a kept policy that this version cannot read stops nothing', async () => {
  disk.set('policy.json', JSON.stringify({ policy_id: 'p', revision: 7, document: { no: 1 } }))
  const runner = await agent()
  expect(runner.told()).toMatchObject({ revision: 0 })
  await runner.apply(policy(8, 'a'))
  expect(runner.told()).toMatchObject({ revision: 8 })
})

test('what cannot be read as a policy is refused, and what runs runs on', async () => {
  const runner = await withGood()
  const document = { integrations: [{ id: 'A b', type: 'nothing' }] }
  await runner.apply({ policy_id: 'p', revision: 2, document })
  expect(runner.told()).toMatchObject({ revision: 1, refused: { revision: 2 } })
  expect([...running]).toEqual(['a'])
})
