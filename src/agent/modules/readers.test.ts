/** What programs answer in the versions that are about, read without any of them running. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Measures } from './measures.ts'
import { hostAddress, shownHost } from './module.ts'
import { nginxMeasures, statusUrl } from './nginx/nginx.ts'
import { postgresqlMetrics, questionsOf } from './postgresql/metrics.ts'
import { addReplication } from './postgresql/rows.ts'
import { infoFields, redisMeasures, redisResource } from './redis/info.ts'
import { type Reply, RespError, readReply, respCommand } from './redis/resp.ts'

const told = (measures: Measures | undefined) =>
  Object.fromEntries(
    [...(measures?.points ?? [])].map(([name, points]) => [
      name,
      points.map(({ value, attributes }) => [value, ...Object.values(attributes)].join(' ')),
    ]),
  )

const both = { info: true, keyspace: true }

test('redis: INFO of 2.8, of 7.4, of Valkey and of a replica', () => {
  const f = (text: string, expected: Record<string, string[]>) =>
    expect(told(redisMeasures(infoFields(text), both, 100_000))).toEqual(expected)
  f('# Clients\r\nclient_longest_output_list:3\r\nclient_biggest_input_buf:7\r\n', {
    'redis.clients.max_output_buffer': ['3'],
    'redis.clients.max_input_buffer': ['7'],
  })
  f('db0:keys=5,expires=1,avg_ttl=9,subexpiry=2,later=x\ndb12:keys=1,expires=0\n', {
    'redis.db.keys': ['5 0', '1 12'],
    'redis.db.expires': ['1 0', '0 12'],
    'redis.db.avg_ttl': ['9 0'],
    'redis.db.subexpiry': ['2 0'],
  })
  f('role:slave\nmaster_link_status:down\nrdb_last_bgsave_time_sec:-1\n', {
    'redis.role': ['1 replica'],
    'redis.replication.link_up': ['0'],
  })
  f('used_cpu_sys:1.5\nmem_fragmentation_ratio:nan\nmaxmemory:\n', {
    'redis.cpu.time': ['1.5 sys'],
  })
  f('', {})
  const valkey = infoFields('redis_version:7.2.4\nvalkey_version:8.0.1\nos:Linux 6.1 x86_64\n')
  expect(redisResource(valkey)).toEqual({
    'redis.version': '8.0.1',
    'os.description': 'Linux 6.1 x86_64',
  })
  const start = (text: string) => redisMeasures(infoFields(text), both, 100_000).start_ms
  expect(start('uptime_in_seconds:40\n')).toBe(60_000)
  expect(start('')).toBe(0)
})

function resp(reply: Reply): Buffer {
  if (reply === null) return Buffer.from('$-1\r\n')
  if (typeof reply === 'number') return Buffer.from(`:${reply}\r\n`)
  if (typeof reply === 'string') {
    return Buffer.from(`$${Buffer.byteLength(reply)}\r\n${reply}\r\n`)
  }
  if (reply instanceof RespError) return Buffer.from(`-${reply.text}\r\n`)
  return Buffer.concat([Buffer.from(`*${reply.length}\r\n`), ...reply.map(resp)])
}

test('redis: a reply is read once it is whole, and only then', () => {
  const { reply } = fc.letrec<{ reply: Reply }>((tie) => ({
    reply: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.constant(null),
      fc.stringMatching(/^ERR [a-z ]{0,20}$/).map((text) => new RespError(text)),
      fc.array(tie('reply'), { maxLength: 4 }),
    ),
  }))
  fc.assert(
    fc.property(reply, fc.nat(), (given, at) => {
      const bytes = resp(given)
      expect(readReply(bytes)).toEqual({ value: given, next: bytes.length })
      expect(readReply(bytes.subarray(0, at % bytes.length))).toBeUndefined()
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      try {
        readReply(Buffer.from(bytes))
      } catch (error) {
        expect((error as Error).message).toMatch(/not of the Redis protocol/)
      }
    }),
  )
  for (const text of [
    '$99999999999\r\n',
    '*9999999\r\n',
    '*1\r\n'.repeat(20),
    ':x\r\n',
    'HTTP/1.1\r\n',
  ])
    expect(() => readReply(Buffer.from(text))).toThrow(/Redis protocol/)
  expect(respCommand('AUTH', 'é').toString()).toBe('*2\r\n$4\r\nAUTH\r\n$2\r\né\r\n')
})

test('nginx: the page of stub_status, of Tengine too, and what is not one', () => {
  const page = (words: string, numbers: string) =>
    `Active connections: 291 \nserver accepts handled requests${words}\n ${numbers} \n` +
    'Reading: 6 Writing: 179 Waiting: 106 \n'
  const expected = {
    'nginx.requests': ['31070465'],
    'nginx.connections_accepted': ['16630948'],
    'nginx.connections_handled': ['16630940'],
    'nginx.connections_dropped': ['8'],
    'nginx.connections_current': ['291 active', '6 reading', '179 writing', '106 waiting'],
  }
  const numbers = '16630948 16630940 31070465'
  expect(told(nginxMeasures(page('', numbers)))).toEqual(expected)
  expect(told(nginxMeasures(page(' request_time', `${numbers} 120`)))).toEqual(expected)
  expect(nginxMeasures('<html>hello</html>')).toBeUndefined()
})

const ask = (host: string) => ({
  ...{ host, username: '', password: '', timeout_ms: 1, metricsets: [], now_ms: 0 },
})

test('hosts, as people write them', () => {
  const f = (host: string, expected: (string | number | boolean)[]) => {
    const { address, port, tls, username, password, path } = hostAddress(ask(host), 6379, [
      'rediss',
    ])
    expect([address, port, tls, username, password, path]).toEqual(expected)
  }
  f('cache', ['cache', 6379, false, '', '', ''])
  f('10.0.0.3:80', ['10.0.0.3', 80, false, '', '', ''])
  f('[::1]:7000', ['::1', 7000, false, '', '', ''])
  f('redis://:p%40ss@cache/1', ['cache', 6379, false, '', 'p@ss', '1'])
  f('rediss://ana:x@cache:1', ['cache', 1, true, 'ana', 'x', ''])
  for (const host of ['', '://', 'a b', 'cache:99999']) {
    expect(() => hostAddress(ask(host), 1, [])).toThrow(/The host/)
  }
  const g = (host: string, expected: string) => expect(statusUrl(ask(host)).href).toBe(expected)
  g('web', 'http://web/nginx_status')
  g('web:8080', 'http://web:8080/nginx_status')
  g('https://web/basic_status', 'https://web/basic_status')
  expect(shownHost('redis://:secret@cache/1')).toBe('redis://cache/1')
  expect(shownHost('cache:1')).toBe('cache:1')
})

test('postgresql: standbys; the checkpointer has a view of its own since 17', () => {
  const measures = new Measures(postgresqlMetrics, 0)
  const lags = { write: null, flush: '0.5', replay: '1.5' }
  addReplication(measures, [{ client: '10.0.0.4', delay_bytes: '4096', ...lags }])
  expect(told(measures)).toEqual({
    'postgresql.replication.data_delay': ['4096 10.0.0.4'],
    'postgresql.wal.lag': ['0.5 10.0.0.4 flush', '1.5 10.0.0.4 replay'],
  })
  expect(questionsOf(170000).bgwriter).toMatch(/pg_stat_checkpointer/)
  expect(questionsOf(160004).bgwriter).not.toMatch(/pg_stat_checkpointer/)
})
