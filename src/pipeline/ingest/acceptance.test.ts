/** Two pipelines as people have them, end to end. */
import { expect, it } from 'vitest'
import { onePipeline, ranOn } from '../../../test/ingest/pipeline-fixture.ts'
import { compilePipeline } from './compile.ts'

it('sets the cluster of a record from its namespace, as custom pipelines do', () => {
  const processors = ['name', 'id'].map((key) => ({
    set: { field: `orchestrator.cluster.${key}`, copy_from: 'data_stream.namespace' },
  }))
  const stream = { type: 'logs', dataset: 'endpoint.events.process', namespace: 'seoul' }
  const ran = ranOn(processors, { data_stream: stream, message: 'x' })
  expect(ran.source).toEqual({
    data_stream: stream,
    message: 'x',
    orchestrator: { cluster: { name: 'seoul', id: 'seoul' } },
  })
})

const redis = {
  description: 'Pipeline for parsing redis logs',
  processors: [
    { set: { field: 'event.ingested', value: '{{_ingest.timestamp}}' } },
    { set: { copy_from: '@timestamp', field: 'event.created' } },
    {
      grok: {
        field: 'message',
        patterns: [
          [
            '(%{POSINT:process.pid:long}:%{CHAR:redis.log.role} )?',
            '(%{REDISTIMESTAMP1:redis.log.time}||%{REDISTIMESTAMP2:redis.log.time})',
            ' %{REDISLEVEL:log.level} %{GREEDYDATA:message}',
          ].join(''),
          [
            '%{POSINT:process.pid:long}:signal-handler',
            '\\(%{POSINT:redis.log.time}\\) %{GREEDYDATA:message}',
          ].join(' '),
        ],
        pattern_definitions: {
          CHAR: '[a-zA-Z]',
          REDISLEVEL: '[.\\-*#]',
          REDISTIMESTAMP1: '%{MONTHDAY} %{MONTH} %{TIME}',
          REDISTIMESTAMP2: '%{MONTHDAY} %{MONTH} %{YEAR} %{TIME}',
        },
      },
    },
    {
      script: {
        lang: 'painless',
        params: { dot: '.', dash: '-', asterisk: '*', hash: '#' },
        source: `
          if (ctx.log.level == params.dot) {
            ctx.log.level = 'debug';
          } else if (ctx.log.level == params.dash) {
            ctx.log.level = 'verbose';
          } else if (ctx.log.level == params.asterisk) {
            ctx.log.level = 'notice';
          } else if (ctx.log.level == params.hash) {
            ctx.log.level = 'warning';
          }`,
      },
    },
    {
      script: {
        params: { X: 'sentinel', C: 'RDB/AOF writing child', S: 'slave', M: 'master' },
        source: `
          if (ctx.redis.log.role == 'X') { ctx.redis.log.role = params.X }
          else if (ctx.redis.log.role == 'C') { ctx.redis.log.role = params.C }
          else if (ctx.redis.log.role == 'S') { ctx.redis.log.role = params.S }
          else if (ctx.redis.log.role == 'M') { ctx.redis.log.role = params.M }`,
      },
    },
    {
      date: {
        if: 'ctx.event.timezone != null',
        field: 'redis.log.time',
        formats: ['dd MMM yyyy HH:mm:ss.SSS', 'dd MMM HH:mm:ss.SSS', 'dd MMM HH:mm:ss', 'UNIX'],
        timezone: '{{ event.timezone }}',
        on_failure: [
          { append: { field: 'error.message', value: '{{ _ingest.on_failure_message }}' } },
        ],
      },
    },
    { remove: { field: 'redis.log.time' } },
    { set: { field: 'event.kind', value: 'event' } },
    { append: { field: 'event.category', value: 'database' } },
    { append: { field: 'event.type', value: 'info' } },
  ],
  on_failure: [{ set: { field: 'error.message', value: '{{ _ingest.on_failure_message }}' } }],
}

it("reads redis' log as Filebeat's pipeline for it does", () => {
  const pipeline = compilePipeline('filebeat-redis-log', redis)
  const read = (message: string) => {
    const source = {
      message,
      '@timestamp': '2026-11-21T10:00:00.000Z',
      event: { timezone: '+09:00' },
    }
    return onePipeline(pipeline, source)
  }
  const full = read('98738:M 30 May 2026 14:40:27.001 * Background saving started by pid 99')
  expect(full).toMatchObject({
    outcome: 'kept',
    source: {
      message: 'Background saving started by pid 99',
      '@timestamp': '2026-05-30T14:40:27.001+09:00',
      process: { pid: 98738 },
      log: { level: 'notice' },
      redis: { log: { role: 'master' } },
      event: {
        created: '2026-11-21T10:00:00.000Z',
        ingested: '2026-11-21T10:00:00.000Z',
        kind: 'event',
        category: ['database'],
        type: ['info'],
      },
    },
  })
  expect(full.source).not.toHaveProperty('redis.log.time')
  const old = read('5092:X 24 Jun 14:51:23 # Sentinel is dead')
  expect(old.source).toMatchObject({
    '@timestamp': '2026-06-24T14:51:23.000+09:00',
    redis: { log: { role: 'sentinel' } },
    log: { level: 'warning' },
  })
  const lost = read('no redis line')
  expect(lost.outcome).toBe('kept')
  expect(lost.source.error).toEqual({
    message: 'Provided Grok expressions do not match field value: [no redis line]',
  })
})
