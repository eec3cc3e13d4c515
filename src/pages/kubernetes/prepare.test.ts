/** What the Kubernetes lists make of an answer: health, shares, kubectl's words, waffle cells. */
import { describe, expect, it } from 'vitest'
import type { ObjectList } from './contract.ts'
import {
  age,
  cores,
  objectRows,
  readyOf,
  resourceUse,
  shareOf,
  statusOf,
  troubleOf,
} from './prepare.ts'
import { changeId, readChangeId } from './prepare-history.ts'
import { waffle } from './prepare-waffle.ts'

type Given = { kind?: string; cluster?: string; name?: string; numbers?: Record<string, number> }

function rows(...given: (Given & Partial<Record<keyof ObjectList, unknown>>)[]) {
  const column = (key: string, empty: unknown) =>
    given.map((one) => (one as Record<string, unknown>)[key] ?? empty)
  const texts = ['cluster', 'kind', 'namespace', 'name', 'uid', 'node', 'owner_kind']
  texts.push('owner_name', 'workload_kind', 'workload', 'status', 'status_message')
  const list = {
    total: given.length,
    at_ms: 0,
    ...Object.fromEntries(texts.map((key) => [key, column(key, '')])),
    health: column('health', 'ok'),
    created_ms: column('created_ms', 0),
    told_ms: column('told_ms', 0),
    numbers: column('numbers', {}),
    details: column('details', {}),
  }
  return objectRows(list as unknown as ObjectList)
}

it('the same name in two clusters is two things', () => {
  const [a, b] = rows({ cluster: 'eu', name: 'p' }, { cluster: 'us', name: 'p' })
  expect(a?.id).not.toBe(b?.id)
  const groups = waffle(rows({ cluster: 'eu' }, { cluster: 'us' }), 'health', 'namespace', 0)
  expect(groups).toHaveLength(2)
})

describe('health', () => {
  const f = (given: Given, expected: string) =>
    it(JSON.stringify(given), () => expect(rows(given)[0]?.health).toBe(expected))
  f({ kind: 'Namespace', numbers: { pods_bad: 1 } }, 'bad')
  f({ kind: 'Namespace', numbers: { pods_warn: 1 } }, 'warn')
  f({ kind: 'Namespace' }, 'ok')
  f({ kind: 'Service', numbers: { endpoints: 2, endpoints_ready: 0 } }, 'bad')
  f({ kind: 'Service', numbers: { endpoints: 2, endpoints_ready: 1 } }, 'warn')
  f({ kind: 'Service' }, 'ok')
  f({ kind: 'HorizontalPodAutoscaler', numbers: { rescales: 3 } }, 'ok')
  f({ kind: 'HorizontalPodAutoscaler', numbers: { rescales: 4 } }, 'warn')
})

describe('a status that is a mere figure says why', () => {
  const f = (given: Parameters<typeof rows>[0], expected: string) =>
    it(expected, () => expect(statusOf(rows(given)[0]!)).toBe(expected))
  const stuck = 'ProgressDeadlineExceeded: it has timed out'
  f({ kind: 'Deployment', status: '2/3', status_message: stuck }, '2/3 ProgressDeadlineExceeded')
  f({ kind: 'Deployment', status: '3/3', status_message: '1 of 3 updated' }, '3/3')
  f({ kind: 'Pod', status: 'Evicted', status_message: 'Low: memory' }, 'Evicted')
  const scaler = { kind: 'HorizontalPodAutoscaler', numbers: { rescales: 9 } }
  f({ ...scaler, status: '2/8' }, '2/8 9x SuccessfulRescale')
})

it('trouble comes first, then restarts', () => {
  const all = rows(
    { name: 'calm', numbers: { restarts: 900 } },
    { name: 'bad', health: 'bad' },
    { name: 'worse', health: 'bad', numbers: { restarts: 2 } },
    { name: 'uneasy', health: 'warn' },
  )
  const sorted = all.toSorted((a, b) => troubleOf(b) - troubleOf(a)).map((row) => row.name)
  expect(sorted).toEqual(['worse', 'bad', 'uneasy', 'calm'])
})

describe('shares', () => {
  const f = (numbers: Record<string, number>, expected: number | null) =>
    it(JSON.stringify(numbers), () =>
      expect(shareOf(resourceUse({ numbers }, 'cpu'))).toBe(expected),
    )
  f({}, null)
  f({ cpu_usage_cores: 1 }, null)
  f({ cpu_usage_cores: 1, cpu_request_cores: 2 }, 0.5)
  f({ cpu_usage_cores: 1, cpu_request_cores: 2, cpu_limit_cores: 4 }, 0.25)
  f({ cpu_usage_cores: 1, cpu_limit_cores: 4, cpu_allocatable_cores: 8 }, 0.125)
  f({ cpu_usage_cores: 0, cpu_limit_cores: 4 }, 0)
  f({ cpu_limit_cores: 4 }, null)
  f({ cpu_usage_cores: 1, cpu_limit_cores: 0 }, null)
})

describe('words of kubectl', () => {
  const f = (shown: unknown, expected: unknown) =>
    it(`${expected}`, () => expect(shown).toEqual(expected))
  f(cores(0), '0')
  f(cores(0.25), '250m')
  f(cores(0.0001), '1m')
  f(cores(1.5), '1.5')
  f(cores(12.345), '12.3')
  f(age(0, 5), '–')
  f(age(1_000, 91_000), '90s')
  f(age(1_000, 1_000 + 7_200_000), '2h')
  f(age(1_000, 1_000 + 119 * 60_000), '119m')
  f(age(1_000, 1_000 + 86_400_000 * 9), '9d')
  f(readyOf(rows({ kind: 'Job', numbers: { completions: 3 } })[0]!), { ready: 0, wanted: 3 })
  f(readyOf(rows({ kind: 'CronJob' })[0]!), undefined)
})

describe('waffle', () => {
  const tone = (color: 'cpu' | 'restarts' | 'age', given: Given & { created_ms?: number }) =>
    waffle(rows(given), color, 'none', 100 * 3_600_000)[0]?.cells[0]?.tone
  const f = (shown: unknown, expected: string) => it(expected, () => expect(shown).toBe(expected))
  f(tone('cpu', {}), 'none')
  f(tone('cpu', { numbers: { cpu_usage_cores: 0.1, cpu_limit_cores: 1 } }), 'level0')
  f(tone('cpu', { numbers: { cpu_usage_cores: 2, cpu_limit_cores: 1 } }), 'level4')
  f(tone('restarts', { numbers: { restarts: 3 } }), 'level2')
  f(tone('age', { created_ms: 99.5 * 3_600_000 }), 'level4')
})

it('an address names a change, and odd ones name none', () => {
  const change = {
    time_ms: 7,
    cluster: 'arn:aws/eu',
    kind: 'Role',
    namespace: '',
    name: 'system:a b',
    uid: 'u',
  }
  expect(readChangeId(changeId(change))).toEqual(change)
  for (const odd of ['', 'a', '1/2/3', 'x/a/b/c/d/e', '%/%/%/%/%/%']) {
    expect(readChangeId(odd), odd).toBeUndefined()
  }
})
