/**
 * The requests that shippers and clients make before and while they send, by client and version:
 * each is answered so that the real one goes on.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRig, type Rig } from '../../../../test/ingest/rig.ts'
import { sendHttp } from '../../../../test/ingest/senders.ts'

type Step = readonly [request: string, status: number, shape?: object, body?: object | string]

const product = { version: { number: '8.19.0', build_flavor: 'default' } }
const licence = { license: { type: 'basic', status: 'active', mode: 'basic' } }
const done = { acknowledged: true }
const policy = { policy: { phases: { hot: { actions: { rollover: { max_age: '30d' } } } } } }
const legacyIndex = 'filebeat-7.13.0-2026.11.21-000001'
const writeAlias = { aliases: { 'filebeat-7.13.0': { is_write_index: true } } }
const template = (name: string) => ({
  index_patterns: [name],
  priority: 150,
  data_stream: {},
  template: { settings: { index: { lifecycle: { name: 'filebeat' } } } },
})
const line = { '@timestamp': '2026-11-21T10:00:00.000Z', message: 'hello' }
const bulk = (operation: string, index: string) =>
  `{"${operation}":{"_index":"${index}"}}\n${JSON.stringify(line)}\n`
const beatsFilter = '?filter_path=errors,items.*.error,items.*.status'
const listed = ['index', 'create', 'update', 'delete']
  .flatMap((one) => [`items.${one}.status`, `items.${one}.error`])
  .join(',')

const beats = (version: string): readonly Step[] => [
  ['GET /', 200, product],
  ['GET /_license?human=false', 200, licence],
  ['GET /_ilm/policy/filebeat', 404, { status: 404 }],
  ['PUT /_ilm/policy/filebeat', 200, done, policy],
  ['GET /_ilm/policy/filebeat', 200, { filebeat: { version: 1, ...policy } }],
  [`HEAD /_index_template/filebeat-${version}`, 404],
  [`PUT /_index_template/filebeat-${version}`, 200, done, template(`filebeat-${version}`)],
  [`HEAD /_index_template/filebeat-${version}`, 200],
  [`GET /_data_stream/filebeat-${version}`, 404, { status: 404 }],
  [`PUT /_data_stream/filebeat-${version}`, 200, done],
  [
    `GET /_data_stream/filebeat-${version}`,
    200,
    {
      data_streams: [
        {
          name: `filebeat-${version}`,
          timestamp_field: { name: '@timestamp' },
          template: `filebeat-${version}`,
          ilm_policy: 'filebeat',
          status: 'GREEN',
        },
      ],
    },
  ],
  ['GET /', 200, product],
  [
    `POST /_bulk?filter_path=errors,${listed}`,
    200,
    { errors: false, items: [{ create: { status: 201 } }] },
    bulk('create', `filebeat-${version}`),
  ],
]

const clients: Readonly<Record<string, readonly Step[]>> = {
  'Filebeat 7.13': [
    ['GET /', 200, product],
    ['GET /_license?human=false', 200, licence],
    ['GET /_xpack', 200, { features: { ilm: { available: true, enabled: true } } }],
    ['GET /_ilm/policy/filebeat', 404],
    ['PUT /_ilm/policy/filebeat', 200, done, policy],
    ['GET /_cat/templates/filebeat-7.13.0', 200, []],
    ['PUT /_template/filebeat-7.13.0', 200, done, { index_patterns: ['filebeat-7.13.0-*'] }],
    ['GET /_cat/templates/filebeat-7.13.0', 200, [{ name: 'filebeat-7.13.0' }]],
    ['HEAD /_alias/filebeat-7.13.0', 404],
    [
      'PUT /%3Cfilebeat-7.13.0-%7Bnow%2Fd%7D-000001%3E',
      200,
      { acknowledged: true, shards_acknowledged: true },
      writeAlias,
    ],
    ['HEAD /_alias/filebeat-7.13.0', 200],
    ['PUT /%3Cfilebeat-7.13.0-%7Bnow%2Fd%7D-000001%3E', 400, { status: 400 }, writeAlias],
    ['GET /', 200, product],
    [
      `POST /_bulk${beatsFilter}`,
      200,
      { errors: false, items: [{ index: { status: 201 } }] },
      bulk('index', 'filebeat-7.13.0'),
    ],
    ['POST /_monitoring/bulk?system_id=beats', 200, { errors: false }, bulk('index', 'x')],
  ],
  'Filebeat 8.19': beats('8.19.0'),
  'Filebeat 9.2': beats('9.2.0'),
  'Logstash 8': [
    ['HEAD /', 200],
    ['GET /', 200, product],
    ['GET /_license', 200, licence],
    ['HEAD /_index_template/ecs-logstash', 404],
    ['PUT /_index_template/ecs-logstash', 200, done, { index_patterns: ['ecs-logstash-*'] }],
    ['GET /_ilm/policy/logstash-policy', 404],
    ['PUT /_ilm/policy/logstash-policy', 200, done, policy],
    ['HEAD /ecs-logstash', 404],
    ['PUT /%3Cecs-logstash-%7Bnow/d%7D-000001%3E', 200, done, {}],
    [
      'POST /_bulk',
      200,
      { errors: false, items: [{ create: { status: 201, result: 'created' } }] },
      bulk('create', 'logs-generic-default'),
    ],
    ['GET /_data_stream/logs-generic-default', 200, { data_streams: [{ generation: 1 }] }],
  ],
  'fluent-plugin-elasticsearch': [
    ['GET /', 200, product],
    ['GET /_template/fluentd', 404, {}],
    ['PUT /_template/fluentd', 200, done, { index_patterns: ['fluentd*'] }],
    ['GET /_template/fluentd', 200, { fluentd: { index_patterns: ['fluentd*'] } }],
    ['HEAD /_alias/fluentd', 404],
    ['GET /_xpack', 200, { features: { ilm: { enabled: true } } }],
    ['POST /fluentd/_bulk', 200, { errors: false }, '{"index":{}}\n{"message":"x"}\n'],
    ['HEAD /fluentd', 200],
    ['GET /_nodes/http', 200, { _nodes: { total: 1 } }],
  ],
  'Fluent Bit': [
    [
      'POST /_bulk?pipeline=_none',
      200,
      { errors: false, items: [{ create: { status: 201 } }] },
      `{"create":{"_index":"fluent-bit","_type":"_doc"}}\n${JSON.stringify(line)}\n`,
    ],
  ],
  'rsyslog omelasticsearch': [
    ['GET /_cat/health', 200],
    ['POST /_bulk', 200, { items: [{ index: { status: 201 } }] }, `${bulk('index', 'r')}\n\n`],
  ],
  'JS clients and curl': [
    ['GET /_cluster/health?pretty', 200, { status: 'green' }],
    ['GET /_cluster/health?wait_for_status=yellow&timeout=2s', 200, { timed_out: false }],
    ['GET /_security/_authenticate', 200, { authentication_type: 'anonymous' }],
    [
      'POST /_security/user/_has_privileges',
      200,
      { has_all_requested: true, index: { 'a-*': { auto_configure: true } } },
      { index: [{ names: ['a-*'], privileges: ['auto_configure'] }] },
    ],
    ['PUT /_component_template/c', 200, done, { template: { mappings: {} } }],
    ['GET /_component_template/c', 200, { component_templates: [{ name: 'c' }] }],
    ['DELETE /_component_template/c', 200, done],
    ['GET /_component_template/c', 404],
    ['PUT /books', 200, { acknowledged: true, index: 'books' }, { mappings: { properties: {} } }],
    ['PUT /books', 400, { error: { type: 'resource_already_exists_exception' } }],
    ['PUT /Books', 400, { error: { type: 'invalid_index_name_exception' } }],
    ['GET /books', 200, { books: { mappings: { properties: {} } } }],
    ['POST /books/_doc', 201, { _index: 'books', result: 'created' }, line],
    ['PUT /books/_doc/1', 201, { _id: '1', result: 'created', _version: 1 }, line],
    ['PUT /books/_doc/1', 200, { _id: '1', result: 'noop' }, line],
    ['PUT /books/_doc/1', 200, { _id: '1', result: 'updated' }, { ...line, message: 'b' }],
    ['PUT /books/_create/1', 409, { error: { type: 'version_conflict_engine_exception' } }, line],
    ['POST /books/_doc', 400, { error: { type: 'document_parsing_exception' } }, '{"a":'],
    ['POST /books/_refresh', 200, { _shards: { failed: 0 } }],
    ['GET /_cat/indices?format=json', 200, [{ index: 'books', health: 'green' }]],
    ['POST /_aliases', 200, done, { actions: [{ add: { index: 'books', alias: 'b' } }] }],
    ['GET /_alias/b', 200, { books: { aliases: { b: {} } } }],
    ['DELETE /books/_alias/b', 200, done],
    ['GET /_alias/b', 404],
    ['DELETE /books', 200, done],
    ['GET /books', 404, { error: { type: 'index_not_found_exception' }, status: 404 }],
    ['PUT /_cluster/settings', 200, done, { persistent: { 'a.b': '1' } }],
    ['GET /_cluster/settings', 200, { persistent: { 'a.b': '1' }, transient: {} }],
    ['DELETE /_bulk', 405, { status: 405 }],
    ['GET /a/_nothing', 400, { error: 'no handler found for uri [/a/_nothing] and method [GET]' }],
    ['GET /_xpack?filter_path=features.ilm.enabled', 200, { features: { ilm: { enabled: true } } }],
    ['POST /_bulk', 400, { error: { type: 'parse_exception' }, status: 400 }, ''],
  ],
}

let rig: Rig
beforeEach(async () => {
  rig = await openRig({ listeners: [{ name: 'elastic', address: '127.0.0.1:0' }] })
})
afterEach(async () => {
  expect(rig.logged).toEqual([])
  await rig.close()
})

async function send(request: string, body?: object | string) {
  const [method, path] = request.split(' ') as [string, string]
  const text = typeof body === 'object' ? JSON.stringify(body) : body
  const chunks = text === undefined || text === '' ? [] : [Buffer.from(text)]
  const headers = { accept: 'application/json', 'content-type': 'application/json' }
  const answer = await sendHttp(rig.address('elastic'), { path, method, headers, chunks })
  return { ...answer, text: answer.body.toString() }
}

describe.each(Object.entries(clients))('%s', (_name, steps) => {
  test('is answered so that it goes on', async () => {
    for (const [request, status, shape, body] of steps) {
      const answer = await send(request, body)
      expect(`${request} ${answer.status}`, answer.text).toBe(`${request} ${status}`)
      expect(answer.headers['x-elastic-product'], request).toBe('Elasticsearch')
      if (request.startsWith('HEAD')) expect(answer.text).toBe('')
      else expect(() => JSON.parse(answer.text), request).not.toThrow()
      if (shape === undefined) continue
      const json = JSON.parse(answer.text)
      if (Array.isArray(shape) && shape.length === 0) expect(json, request).toEqual([])
      else expect(json, request).toMatchObject(shape)
    }
  })
})

test('an index with date math is the one of today, behind its alias', async () => {
  const made = await send('PUT /%3Cfilebeat-7.13.0-%7Bnow%2Fd%7D-000001%3E', writeAlias)
  const day = new Date(rig.clock.now_ms()).toISOString().slice(0, 10).replaceAll('-', '.')
  const index = legacyIndex.replace('2026.11.21', day)
  expect(JSON.parse(made.text)).toMatchObject({ index })
  const aliases = { 'filebeat-7.13.0': { is_write_index: true } }
  expect(JSON.parse((await send('GET /_alias/filebeat-7.13.0')).text)).toEqual({
    [index]: { aliases },
  })
})

test('clients that sniff are told the address that they used', async () => {
  const { text } = await send('GET /_nodes/http')
  const [node] = Object.values(JSON.parse(text).nodes) as { http: { publish_address: string } }[]
  expect(node!.http.publish_address).toBe(rig.address('elastic'))
})

test('tables are text for people, with a head when they ask', async () => {
  await send('PUT /_template/one', { index_patterns: ['one-*'], order: 3 })
  const address = rig.address('elastic')
  const ask = (path: string) => sendHttp(address, { path, method: 'GET', chunks: [] })
  const { body, headers } = await ask('/_cat/templates?v&h=name,order')
  expect(headers['content-type']).toContain('text/plain')
  expect(body.toString()).toBe('name order\none  3\n')
  expect((await ask('/_cat/templates/none')).body.toString()).toBe('')
})
