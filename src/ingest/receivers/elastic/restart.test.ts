/** Ids of documents outlive the server: a real process that is killed between two attempts. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { withStore } from '../../../../test/bench/disk.ts'
import { Target } from '../../../../test/faults/target-process.ts'
import { sql } from '../../../store/sql.ts'

const dir = mkdtempSync(join(tmpdir(), 'crowsnest-elastic-restart-'))
const target = new Target(dir, ['--listen.elastic=127.0.0.1:0', '--agent=off'])
const time = new Date().toISOString()
const start_ms_max = 30_000

afterAll(async () => {
  await target.killAll().catch(() => undefined)
  rmSync(dir, { recursive: true, force: true })
})

async function start(): Promise<void> {
  await (await target.start(start_ms_max)).ready
}

const documentOf = (id: number) => JSON.stringify({ '@timestamp': time, message: `document ${id}` })

async function post(method: string, path: string, body: string): Promise<object> {
  const answer = await fetch(`http://${target.addresses.get('elastic')}${path}`, {
    method,
    headers: { 'content-type': 'application/x-ndjson' },
    body,
  })
  return (await answer.json()) as object
}

/** What became of each. */
async function bulk(operation: 'index' | 'create', ...ids: number[]): Promise<string[]> {
  const lines = ids.map((id) => {
    const action = { [operation]: { _index: 'shop', _id: `${id}` } }
    return `${JSON.stringify(action)}\n${documentOf(id)}\n`
  })
  const answer = await post('POST', '/_bulk', lines.join(''))
  const { items } = answer as {
    items: Record<string, { status: number; result?: string }>[]
  }
  return items.map((item) => {
    const { status, result } = item[operation]!
    return result ?? String(status)
  })
}

const timeout_ms = 3 * start_ms_max

test('ids are known after kill -9, and nothing is stored twice', {
  timeout: timeout_ms,
}, async () => {
  await start()
  expect(await bulk('create', 1, 2, 3)).toEqual(['created', 'created', 'created'])
  expect(await bulk('index', 4, 5)).toEqual(['created', 'created'])
  expect(await post('PUT', '/shop/_doc/6', documentOf(6))).toMatchObject({ result: 'created' })
  await target.kill()
  await start()
  expect(await bulk('create', 2, 3, 7)).toEqual(['409', '409', 'created'])
  expect(await bulk('index', 8, 5)).toEqual(['created', 'noop'])
  expect(await post('PUT', '/shop/_create/6', documentOf(6))).toMatchObject({ status: 409 })
  await target.stop()
  const bodies = await withStore(dir, (store) =>
    store.rows<{ body: string }>(sql`SELECT body FROM logs ORDER BY body`),
  )
  expect(bodies.map(({ body }) => body)).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8].map((id) => `document ${id}`),
  )
})
