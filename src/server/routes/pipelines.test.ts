/** Pipelines over HTTP: everybody who is signed in reads them, with what they did. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addPerson, type Fixture, openHttp } from '../../../test/server/fixture-http.ts'
import { KeptPipelines } from '../../ingest/kept-pipelines.ts'
import { objectsInMemory } from '../../ingest/parts.ts'
import { runPipeline } from '../../pipeline/ingest/run.ts'

const now_ms = () => 1_800_000_000_000
const objects = objectsInMemory(now_ms)
const onError = () => undefined
const pipelines = new KeptPipelines({ objects, now_ms, onError })
let http: Fixture
beforeAll(async () => {
  const server = { name: 's', version: '1', cluster_uuid: 'u' }
  http = await openHttp({ parts: { objects, pipelines, server, now_ms } })
  await addPerson(http.state, 'vic', 'viewer')
})
afterAll(async () => {
  pipelines.close()
  await http.close()
})

test('pipelines are told with what they did', async () => {
  const cookie = await http.signIn('vic')
  const read = async () => (await http.ask('GET', '/api/pipelines', { cookie })).json()
  expect(await read()).toEqual({ pipelines: [] })
  const definition = { processors: [{ drop: { if: "ctx.message == 'x'", tag: 'quiet' } }] }
  await objects.put('ingest_pipeline', 'logs@custom', definition, 'ada')
  await objects.put('ingest_pipeline', 'a-later-one', { processors: [{ unheard: {} }] }, 'ada')
  await pipelines.refresh()
  for (const message of ['x', 'y']) {
    const record = { source: new Map([['message', message]]), metadata: new Map() }
    runPipeline(pipelines.find('logs@custom')!, record, pipelines.environment)
  }
  expect(await read()).toEqual({
    pipelines: [
      {
        ...{ name: 'a-later-one', definition: { processors: [{ unheard: {} }] }, version: 1 },
        ...{ updated_ms: now_ms(), updated_by: 'ada', count: 0, failed: 0, dropped: 0 },
        is_running: false,
      },
      {
        ...{ name: 'logs@custom', definition, version: 1, updated_by: 'ada' },
        ...{ updated_ms: now_ms(), count: 2, failed: 0, dropped: 1, is_running: true },
        processors: [{ type: 'drop', tag: 'quiet', count: 1, failed: 0 }],
      },
    ],
  })
})

test('nobody else may', async () => {
  expect((await http.ask('GET', '/api/pipelines', {})).statusCode).toBe(401)
})
