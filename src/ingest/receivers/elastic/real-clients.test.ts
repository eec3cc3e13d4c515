/**
 * Elastic's own JavaScript clients of three versions, rsyslog and curl, unmodified: what they send
 * is stored, and nothing that they are answered makes them stop.
 */
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client as Client7 } from 'elasticsearch-7'
import { Client as Client8 } from 'elasticsearch-8'
import { Client as Client9 } from 'elasticsearch-9'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRig, type Rig, until } from '../../../../test/ingest/rig.ts'

let rig: Rig
beforeEach(async () => {
  rig = await openRig({ listeners: [{ name: 'elastic', address: '127.0.0.1:0' }] })
  rig.tokens.set('cn_token', { token_id: 't1', cluster: 'prod' })
})
afterEach(async () => {
  expect(rig.logged).toEqual([])
  await rig.close()
})

const bodies = () => rig.segments.rows('logs').map(({ body }) => body)
const node = () => `http://${rig.address('elastic')}`
const documents = ['one', 'two', 'three'].map((message) => ({ message }))

describe('@elastic/elasticsearch', () => {
  test('7', async () => {
    const client = new Client7({
      node: node(),
      auth: { username: 'elastic', password: 'cn_token' },
    })
    expect((await client.ping()).body).toBe(true)
    expect((await client.info()).body).toMatchObject({ version: { number: '8.19.0' } })
    await client.indices.putTemplate({ name: 't', body: { index_patterns: ['t-*'] } })
    expect((await client.indices.existsTemplate({ name: 't' })).body).toBe(true)
    await client.index({ index: 'es7', body: { message: 'zero' } })
    const told = await client.helpers.bulk({
      datasource: documents,
      onDocument: () => ({ index: { _index: 'es7' } }),
    })
    expect(told).toMatchObject({ total: 3, successful: 3, failed: 0 })
    expect(bodies()).toEqual(['zero', 'one', 'two', 'three'])
    await client.close()
  })

  test('8', async () => {
    const client = new Client8({ node: node(), auth: { apiKey: { id: 'x', api_key: 'cn_token' } } })
    expect(await client.ping()).toBe(true)
    expect((await client.info()).tagline).toBe('You Know, for Search')
    await client.indices.putIndexTemplate({ name: 't', index_patterns: ['t'], data_stream: {} })
    expect(await client.indices.existsIndexTemplate({ name: 't' })).toBe(true)
    await client.indices.createDataStream({ name: 't' })
    const { data_streams } = await client.indices.getDataStream({ name: 't' })
    expect(data_streams.map(({ name }) => name)).toEqual(['t'])
    expect((await client.cluster.health()).status).toBe('green')
    const made = await client.index({ index: 'es8', document: { message: 'zero' } })
    expect(made.result).toBe('created')
    const told = await client.helpers.bulk({
      datasource: documents,
      onDocument: () => ({ create: { _index: 'es8' } }),
    })
    expect(told).toMatchObject({ total: 3, successful: 3, failed: 0 })
    expect(bodies()).toEqual(['zero', 'one', 'two', 'three'])
    await expect(client.indices.get({ index: 'none' })).rejects.toMatchObject({
      meta: { statusCode: 404 },
    })
    await client.close()
  })

  test('9, sniffing, compressed and with bad documents', async () => {
    const client = new Client9({
      node: node(),
      auth: { apiKey: 'cn_token' },
      sniffOnStart: true,
      compression: true,
    })
    expect(await client.ping()).toBe(true)
    const id = { index: `es9-${process.pid}`, id: '1' }
    await client.create({ ...id, document: { message: 'zero' } })
    await expect(client.create({ ...id, document: { message: 'zero' } })).rejects.toMatchObject({
      meta: { statusCode: 409 },
    })
    const dropped: unknown[] = []
    const old = { '@timestamp': '2001-01-01T00:00:00Z', message: 'old' }
    const told = await client.helpers.bulk<object>({
      datasource: [...documents, old],
      onDocument: () => ({ create: { _index: 'es9' } }),
      onDrop: (one) => void dropped.push(one.error),
    })
    expect(told).toMatchObject({ total: 4, successful: 3, failed: 1 })
    expect(dropped).toMatchObject([{ type: 'illegal_argument_exception' }])
    expect(bodies()).toEqual(['zero', 'one', 'two', 'three'])
    await client.close()
  })
})

const rsyslogd = ['/usr/sbin/rsyslogd', '/sbin/rsyslogd'].find((path) => existsSync(path))
const hasModule = readdirSync('/usr/lib', { withFileTypes: true })
  .filter((folder) => folder.isDirectory())
  .some(({ name }) => existsSync(`/usr/lib/${name}/rsyslog/omelasticsearch.so`))

test.skipIf(rsyslogd === undefined || !hasModule)(
  'rsyslog with omelasticsearch [needs rsyslog and rsyslog-elasticsearch]',
  async () => {
    rig.tokens.clear()
    const dir = mkdtempSync(join(tmpdir(), 'crowsnest-rsyslog-'))
    const [host, port] = rig.address('elastic').split(':')
    writeFileSync(join(dir, 'in.log'), 'first line\nsecond "line"\nthird\\line\n')
    const configuration = [
      `global(workDirectory="${dir}")`,
      'module(load="imfile" mode="polling" pollingInterval="1")',
      'module(load="omelasticsearch")',
      `input(type="imfile" file="${dir}/in.log" tag="app:" reopenOnTruncate="on")`,
      'template(name="doc" type="list" option.json="on") {',
      '  constant(value="{\\"@timestamp\\":\\"")',
      '  property(name="timereported" dateFormat="rfc3339")',
      '  constant(value="\\",\\"message\\":\\"") property(name="msg") constant(value="\\"}")',
      '}',
      `action(type="omelasticsearch" server="${host}" serverport="${port}" template="doc"`,
      '  searchIndex="rsyslog" searchType="" bulkmode="on" errorFile="/dev/null")',
    ]
    const file = join(dir, 'rsyslog.conf')
    writeFileSync(file, `${configuration.join('\n')}\n`)
    const child = spawn(rsyslogd!, ['-n', '-i', join(dir, 'pid'), '-f', file], { stdio: 'ignore' })
    try {
      await until('three lines of rsyslog', () => bodies().length >= 3, 25_000)
      expect(bodies().toSorted()).toEqual(['first line', 'second "line"', 'third\\line'])
    } finally {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
      rmSync(dir, { recursive: true, force: true })
    }
  },
  30_000,
)

test.skipIf(!existsSync('/usr/bin/curl'))('curl, as people try it [needs curl]', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'crowsnest-curl-'))
  const file = join(dir, 'bulk.json')
  // More than a kilobyte: curl asks whether to go on.
  const line = { message: 'x'.repeat(2000) }
  writeFileSync(file, `{"index":{"_index":"curl"}}\n${JSON.stringify(line)}\n`)
  const curl = async (...args: string[]) => {
    const user = ['-s', '-u', 'elastic:cn_token', '-H', 'Expect: 100-continue']
    return (await promisify(execFile)('curl', [...user, ...args])).stdout
  }
  const type = 'Content-Type: application/x-ndjson'
  const answer = await curl('-XPOST', `${node()}/_bulk`, '-H', type, '--data-binary', `@${file}`)
  expect(JSON.parse(answer)).toMatchObject({ errors: false })
  expect(bodies()).toHaveLength(1)
  expect(await curl(`${node()}/_cat/indices?v`)).toMatch(/^health status index +uuid/)
  expect(await curl(`${node()}/_cluster/health?pretty`)).toContain('"status": "green"')
  expect(await curl('-I', node())).toContain('x-elastic-product: Elasticsearch')
  rmSync(dir, { recursive: true, force: true })
})
