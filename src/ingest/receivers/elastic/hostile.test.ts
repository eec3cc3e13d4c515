/** What no shipper would send: answered soon, with a reason, and without harm to what follows. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRig, type Rig } from '../../../../test/ingest/rig.ts'
import { sendHttp } from '../../../../test/ingest/senders.ts'

let rig: Rig
beforeEach(async () => {
  rig = await openRig({ listeners: [{ name: 'elastic', address: '127.0.0.1:0' }] })
})
afterEach(async () => {
  expect(rig.logged).toEqual([])
  await rig.close()
})

async function send(request: string, body: string) {
  const [method, path] = request.split(' ') as [string, string]
  const began_ms = performance.now()
  const sent = { method, path, chunks: [Buffer.from(body)] }
  const { status, body: answer } = await sendHttp(rig.address('elastic'), sent)
  expect(performance.now() - began_ms).toBeLessThan(10_000)
  return { status, text: answer.toString() }
}

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

test.each<[string, string, string, number]>([
  ['a template that is nested without end', 'PUT /_template/a', `{"a":${deep(400_000)}}`, 400],
  ['a template that is no JSON', 'PUT /_template/a', '{"a":', 400],
  ['a template that is a list', 'PUT /_template/a', '[]', 400],
  ['a template of nothing', 'PUT /_template/a', '', 400],
  ['a template that is too large', 'PUT /_template/a', `"${'x'.repeat(9 * 1024 * 1024)}"`, 413],
  ['an index template for no index', 'PUT /_index_template/a', '{}', 400],
  ['a name with a wildcard', 'PUT /_template/a*', '{}', 400],
  ['a path that is not encoded', 'GET /%zz', '', 400],
  ['a path of many parts', `GET ${'/a'.repeat(2000)}`, '', 400],
  ['aliases without actions', 'POST /_aliases', '{"actions":7}', 400],
  ['an action of aliases that is nothing', 'POST /_aliases', '{"actions":[null]}', 400],
  ['privileges that are none', 'POST /_security/user/_has_privileges', '{"index":7}', 200],
  ['more actions than one answer holds', 'POST /_bulk', '{"delete":{}}\n'.repeat(200_001), 413],
  ['a filter of everything', `GET /?filter_path=${'**.'.repeat(200)}a`, '', 200],
  ['an index of dates', 'PUT /%3C{now%2B999999y}{now-999999M%2Fd}%3E', '{}', 400],
])('%s', async (_name, request, body, status) => {
  const answer = await send(request, body)
  expect(answer.status, answer.text.slice(0, 300)).toBe(status)
  expect(() => JSON.parse(answer.text)).not.toThrow()
  expect((await send('GET /', '')).status).toBe(200)
})

test('an update that is nested without end is refused alone', async () => {
  const update = `{"update":{"_index":"a","_id":"1"}}\n{"doc_as_upsert":true,"doc":${deep(50_000)}}`
  const good = '{"index":{"_index":"a"}}\n{"message":"x"}'
  const { text } = await send('POST /_bulk', `${update}\n${good}\n`)
  const { items } = JSON.parse(text) as { items: Record<string, { status: number }>[] }
  expect(items.flatMap((item) => Object.values(item)).map(({ status }) => status)).toEqual([
    400, 201,
  ])
  expect(rig.segments.rows('logs').map(({ body }) => body)).toEqual(['x'])
})

test('a name of an object’s own is a name', async () => {
  await send('POST /_bulk', '{"index":{"_index":"__proto__"}}\n{"__proto__":{"a":"1"}}\n')
  for (const name of ['__proto__', 'constructor']) {
    const path = `/_ingest/pipeline/${name}`
    expect((await send(`PUT ${path}`, '{"processors":[]}')).status).toBe(200)
    expect(JSON.parse((await send(`GET ${path}`, '')).text)).toHaveProperty([name])
  }
  expect(({} as { a?: string; order?: number }).order).toBeUndefined()
})

test('names of indices without end leave room for what clients put', async () => {
  const line = (n: number) => `{"index":{"_index":"made-${n}"}}\n{"message":"x"}\n`
  for (let from = 0; from < 1_500; from += 100) {
    const lines = Array.from({ length: 100 }, (_, i) => line(from + i))
    expect((await send('POST /_bulk', lines.join(''))).status).toBe(200)
  }
  expect(rig.segments.rows('logs')).toHaveLength(1_500)
  expect(await rig.intake.parts.objects.list('index')).toHaveLength(1_000)
  expect((await send('PUT /asked-for', '{}')).status).toBe(200)
})
