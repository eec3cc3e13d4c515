/** OTLP log records whose data set has a pipeline pass it; the others stay on their road. */
import { expect, test } from 'vitest'
import { openRig } from '../../../test/ingest/rig.ts'
import { sendHttp } from '../../../test/ingest/senders.ts'
import { partsInMemory } from '../../../test/server/parts-fixture.ts'
import { noPipelines, type RecordPipelines } from './record-pipelines.ts'

const now = Date.now()
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const record = (body: string, ...attributes: object[]) => ({
  timeUnixNano: `${now}000123`,
  severityNumber: 13,
  body: { stringValue: body },
  traceId: '5b8aa5a2d2c872e8321cf37308d69df2',
  attributes,
})
const request = {
  resourceLogs: [
    {
      resource: {
        attributes: [
          text('service.name', 'cart'),
          text('k8s.pod.name', 'cart-1'),
          text('process.pid', '7'),
          text('data_stream.dataset', 'shop'),
        ],
      },
      scopeLogs: [
        { scope: { name: 'orders' }, logRecords: [record('a'), record('drop me'), record('bad')] },
        {
          logRecords: [
            record('b', text('data_stream.dataset', 'other')),
            { ...record('c'), attributes: [{ key: 'n', value: { intValue: '3' } }] },
          ],
        },
      ],
    },
  ],
}

const seen: unknown[] = []
const pipelines: RecordPipelines = {
  ...noPipelines,
  isEmpty: () => false,
  has: (type, dataset) => type === 'logs' && dataset === 'shop',
  run({ source: document }) {
    seen.push(document.get('message'))
    if (document.get('message') === 'drop me') return { dropped: 'p' }
    if (document.get('message') === 'bad') {
      return { failed: { type: 'x', reason: 'it failed', pipeline: 'p' } }
    }
    const pod = (document.get('kubernetes') as Map<string, Map<string, string>>).get('pod')!
    document.set('seen_pod', pod.get('name')!)
    document.set('message', `[${document.get('message')}]`)
    return 'kept'
  },
}

test('through pipelines and past them', async () => {
  const rig = await openRig({ parts: { ...partsInMemory(), pipelines } })
  try {
    const headers = { 'content-type': 'application/json' }
    const chunks = [Buffer.from(JSON.stringify(request))]
    const answer = await sendHttp(rig.address('otlp_http'), { path: '/v1/logs', headers, chunks })
    const { partialSuccess } = JSON.parse(answer.body.toString())
    expect(partialSuccess).toMatchObject({ rejectedLogRecords: '1' })
    expect(seen).toEqual(['a', 'drop me', 'bad', 'c'])
    const rows = rig.segments.rows('logs')
    expect(rows.map(({ body }) => body)).toEqual(['[a]', 'b', '[c]'])
    const [changed, untouched, numbered] = rows
    expect(changed).toMatchObject({
      service: 'cart',
      pod: 'cart-1',
      scope: 'orders',
      severity_number: 13,
      trace_id: '5b8aa5a2d2c872e8321cf37308d69df2',
      attributes: { seen_pod: 'cart-1' },
    })
    expect(changed!.time).toEqual(untouched!.time)
    expect(numbered).toMatchObject({ numbers: { n: 3 } })
    // What the sender called its resource stays so: one pod is not two.
    expect(changed!.attributes).not.toHaveProperty('process.pid')
    await rig.intake.tellRefused()
    const told = rig.segments.rows('logs').slice(3)
    expect(told.map((row) => row.event_name)).toContain('crowsnest.ingest.dropped')
    expect(told.find((row) => row.event_name === 'crowsnest.ingest.refused')).toMatchObject({
      attributes: {
        'crowsnest.reason': 'pipeline_failed',
        'crowsnest.detail': 'pipeline p: it failed',
      },
    })
  } finally {
    await rig.close()
  }
})
