/**
 * Documents as shippers sent them, as rows and as plain objects: what the engine answers is held
 * against a slow and obvious search through the objects.
 */
import type { FixtureStore } from '../store/fixture-store.ts'

export const now_ms = 1_800_000_000_000

export type Doc = {
  time_ms: number
  message: string
  level: string
  namespace: string
  pod: string
  user: string
  status: number
  bytes: number
  tags: string[]
  host: string
}

/** Numbers that look random and are the same every time. */
function mixed(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export function madeDocs(count: number): Doc[] {
  const next = mixed(7)
  const one = <T>(list: readonly T[]) => list[Math.floor(next() * list.length)]!
  return Array.from({ length: count }, (_one, at) => ({
    time_ms: now_ms - at * 1000,
    message: `request ${at} ${one(['timed out', 'was served', 'failed badly'])} in ${at % 90} ms`,
    level: one(['info', 'warn', 'error']),
    namespace: one(['default', 'shop', 'secret']),
    pod: one(['redis-0', 'redis-1', 'nginx-0']),
    user: `user${Math.floor(next() * 6)}`,
    status: one([200, 201, 404, 500]),
    bytes: Math.floor(next() * 10_000) / 4,
    tags: one([['a'], ['a', 'b'], ['c']]),
    host: one(['node-1', 'node-2']),
  }))
}

const hosts = ['node-1', 'node-2']
const namespaces = ['default', 'shop', 'secret']

export async function addDocs(fixture: FixtureStore, docs: readonly Doc[]): Promise<void> {
  const idOf = (doc: Doc) => 10 + hosts.indexOf(doc.host) * 3 + namespaces.indexOf(doc.namespace)
  await fixture.add(
    'logs',
    docs.map((doc) => ({
      ...{ cluster: 'c1', namespace: doc.namespace, pod: doc.pod, service: 'shop' },
      ...{ resource_id: idOf(doc), time: doc.time_ms, ingested_time: doc.time_ms },
      ...{ severity_number: { info: 9, warn: 13, error: 17 }[doc.level] },
      ...{ severity_text: doc.level, body: doc.message },
      attributes: {
        ...{ 'data_stream.type': 'logs', 'data_stream.dataset': 'shop.log' },
        ...{ 'data_stream.namespace': 'default', 'user.name': doc.user },
        tags: JSON.stringify(doc.tags),
      },
      numbers: { 'http.response.status_code': doc.status, bytes: doc.bytes },
    })),
  )
  await fixture.add(
    'resources',
    hosts.flatMap((host, at) =>
      namespaces.map((namespace, place) => ({
        ...{ cluster: 'c1', namespace, resource_id: 10 + at * 3 + place, time: now_ms - 1000 },
        attributes: { 'host.name': host, 'k8s.namespace.name': namespace },
      })),
    ),
  )
  await fixture.add('logs', [
    {
      ...{ cluster: 'c1', namespace: 'default', resource_id: 99, time: now_ms - 500 },
      body: '{"@timestamp":"2027-01-15T07:59:59.500Z","title":"quick brown fox","n":5}',
      attributes: { _index: 'books', _id: 'b1', title: 'quick brown fox' },
      numbers: { n: 5 },
    },
  ])
}

export const everyDoc = { range: { '@timestamp': { gte: now_ms - 86_400_000, lte: now_ms } } }
