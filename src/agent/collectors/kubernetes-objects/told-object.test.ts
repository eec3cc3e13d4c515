/** What never leaves the cluster, what is no change, and diffs that give the object back. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KubernetesObject } from '../../kubernetes/api.ts'
import { diff } from './diff.ts'
import { KnownObjects } from './known-objects.ts'
import { comparable, cutObject, object_bytes_max, toldObject } from './told-object.ts'

function object(kind: string, fields: Record<string, unknown>): KubernetesObject {
  return { kind, metadata: { name: 'x', uid: 'u', resourceVersion: '1' }, ...fields }
}

const env = [
  { name: 'DB_PASSWORD', value: 'hunter2' },
  { name: 'apiKey', value: 'hunter2' },
  { name: 'LOG_LEVEL', value: 'debug' },
  { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
]

test('secrets in pods and in their templates are marks, equal for equal values', () => {
  const spec = { containers: [{ name: 'a', env }], initContainers: [{ name: 'b', env }] }
  const job = { spec: { template: { spec } } }
  const told = [
    object('Pod', { spec }),
    object('Deployment', { spec: { template: { spec } } }),
    object('StatefulSet', { spec: { template: { spec } } }),
    object('CronJob', { spec: { jobTemplate: job } }),
  ].map((one) => JSON.stringify(toldObject(one)))
  for (const text of told) {
    expect(text).not.toContain('hunter2')
    expect(text.match(/\[redacted [\w-]{22}\]/g)).toHaveLength(4)
    expect(new Set(text.match(/\[redacted [\w-]{22}\]/g)).size).toBe(1)
    expect(text).toContain('"debug"')
    expect(text).toContain('secretKeyRef')
  }
  expect(env[0]?.value).toBe('hunter2')
})

test('of a config map keys and hashes, never values; kubectl’s copy is left out too', () => {
  const map = object('ConfigMap', { data: { a: 'top secret' }, binaryData: { b: 'AAAA' } })
  map.metadata.annotations = {
    'kubectl.kubernetes.io/last-applied-configuration': 'top secret',
    other: 'kept',
  }
  map.metadata.managedFields = [{ manager: 'kubectl' }]
  const told = toldObject(map)
  expect(JSON.stringify(told)).not.toMatch(/top secret|AAAA|managedFields/)
  expect(Object.keys(told.data as object)).toEqual(['a'])
  expect(told.metadata.annotations).toEqual({ other: 'kept' })
})

test('versions and heartbeats are no change, a condition is', () => {
  const node = (version: string, beat: string, status: string) => {
    const one = object('Node', {
      status: { conditions: [{ type: 'Ready', status, lastHeartbeatTime: beat }] },
    })
    one.metadata.resourceVersion = version
    return JSON.stringify(comparable(toldObject(one)))
  }
  expect(node('1', 'a', 'True')).toBe(node('2', 'b', 'True'))
  expect(node('1', 'a', 'True')).not.toBe(node('1', 'a', 'False'))
})

test('a large object is cut with a mark', () => {
  const f = (bytes: number) => {
    const one = object('Pod', { spec: 'x'.repeat(bytes) })
    return cutObject(one, JSON.stringify(one))
  }
  expect(f(1000)).toHaveProperty('spec')
  expect(f(object_bytes_max)).toMatchObject({
    metadata: { name: 'x' },
    'crowsnest.cut': { limit_bytes: object_bytes_max },
  })
  expect(f(object_bytes_max)).not.toHaveProperty('spec')
})

test('diffs name what changed', () => {
  const f = (before: unknown, after: unknown, expected: unknown) =>
    expect(diff(before, after)).toEqual(expected)
  f({ a: 1 }, { a: 1 }, [])
  f({ spec: { replicas: 1 } }, { spec: { replicas: 2 } }, [
    { path: 'spec.replicas', before: 1, after: 2 },
  ])
  f({ labels: {} }, { labels: { 'a.b/c': 'x' } }, [{ path: 'labels["a.b/c"]', after: 'x' }])
  f({ a: 1 }, {}, [{ path: 'a', before: 1 }])
  f({ a: [1, 2] }, { a: [1, 3, 4] }, [
    { path: 'a.1', before: 2, after: 3 },
    { path: 'a.2', after: 4 },
  ])
  const one = (name: string, image: string) => ({ name, image })
  f(
    { containers: [one('app', 'a:1'), one('side', 's:1')] },
    { containers: [one('side', 's:1'), one('app', 'a:2')] },
    [{ path: 'containers.app.image', before: 'a:1', after: 'a:2' }],
  )
  f({ a: { b: 1 } }, { a: [1] }, [{ path: 'a', before: { b: 1 }, after: [1] }])
  f(null, { a: 1 }, [{ path: '', before: null, after: { a: 1 } }])
})

/** Puts a diff's values back into the object: the slow proof that nothing was lost. */
function applied(before: unknown, changes: ReturnType<typeof diff>): unknown {
  let root: unknown = structuredClone(before)
  for (const { path, ...change } of changes) {
    const parts = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(([, q, plain]) =>
      q === undefined ? plain! : (JSON.parse(`"${q}"`) as string),
    )
    if (parts.length === 0) {
      root = change.after
      continue
    }
    let at = root as Record<string, unknown>
    for (const part of parts.slice(0, -1)) at = at[part] as Record<string, unknown>
    const last = parts.at(-1)!
    if ('after' in change) at[last] = change.after
    else delete at[last]
  }
  return root
}

test('a diff gives the new object back', () => {
  const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null))
  const key = fc.oneof(fc.constantFrom('a', 'b', 'c.d', 'e"f', '[x]'), fc.string({ minLength: 1 }))
  const tree: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.dictionary(
        key.filter((k) => k !== '__proto__'),
        tie('node'),
      ),
    ),
  })).node
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('x', 'y', 'z.w'), tree),
      fc.dictionary(fc.constantFrom('x', 'y', 'z.w'), tree),
      (before, after) => {
        const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown
        const changes = diff(plain(before), plain(after))
        if (changes.length >= 200) return
        expect(applied(plain(before), changes)).toEqual(plain(after))
      },
    ),
  )
})

test('known objects stay within their memory', () => {
  const known = new KnownObjects(2_000)
  const named = (uid: string) => ({
    ...object('Pod', {}),
    metadata: { name: uid, uid, resourceVersion: '1' },
  })
  for (let i = 0; i < 200; i++) known.set(named(`u${i}`), `h${i}`, `text of ${i} ${Math.sin(i)}`)
  expect(known.packed_bytes).toBeLessThanOrEqual(2_000)
  expect(known.textOf('u0')).toMatch(/^text of 0/)
  expect(known.textOf('u199')).toBeUndefined()
  expect(known.get('u199')?.hash).toBe('h199')
  for (let i = 0; i < 200; i++) known.delete(`u${i}`)
  expect(known.packed_bytes).toBe(0)
})
