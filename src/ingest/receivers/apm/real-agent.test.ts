/**
 * The Node.js agent, unmodified, watching a program of its own: what it tells is what reaches the
 * segments, and settings that are put here reach it.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Row } from '../../../../test/ingest/read-rows.ts'
import { openRig, type Rig, until } from '../../../../test/ingest/rig.ts'
import { agentConfigs, configName } from './agent-configs.ts'

const program = new URL('../../../../test/ingest/apm-program.ts', import.meta.url)
const deadline_ms = 25_000
let rig: Rig
let child: ChildProcess | undefined
beforeEach(async () => {
  rig = await openRig()
  rig.tokens.set('cn_secret', { token_id: 't1', cluster: 'prod' })
})
afterEach(async () => {
  child?.kill('SIGKILL')
  await rig.close()
  expect(rig.logged).toEqual([])
})

type Told = { statuses: number[]; rate: number }

function startProgram(): { said: unknown[]; go: () => void } {
  const url = `http://${rig.address('apm')}`
  const env = { ...process.env, SHOP_APM_URL: url, SHOP_APM_TOKEN: 'cn_secret' }
  const said: unknown[] = []
  const forked = fork(program, { env, execArgv: [] })
  forked.on('message', (message) => said.push(message))
  child = forked
  return { said, go: () => forked.send('go') }
}

test('transactions, spans, errors and metrics of a program', { timeout: 40_000 }, async () => {
  const { said, go } = startProgram()
  await until('the program runs', () => said.includes('ready'), deadline_ms)
  go()
  const spans = () => rig.segments.rows('spans')
  const servers = () => spans().filter(({ kind, name }) => kind === 'server' && name !== 'prices')
  await until('it served', () => said.length > 1, deadline_ms)
  expect((said[1] as Told).statuses).toEqual([200, 500])
  await until(
    'its requests arrive',
    () => servers().length >= 4 && spans().length >= 8,
    deadline_ms,
  )
  await until('its errors arrive', () => rig.segments.rows('logs').length >= 4, deadline_ms)
  const series = () => rig.segments.rows('metric_series')
  const cpu = 'system.cpu.total.norm.pct'
  await until(
    'its metrics arrive',
    () => series().some(({ metric }) => metric === cpu),
    deadline_ms,
  )

  const counts = rig.counters.records()
  expect(counts.map(({ rejected }) => rejected)).toEqual(counts.map(() => ({})))
  expect(counts.map(({ signal }) => signal).sort()).toEqual(['logs', 'metrics', 'traces'])

  const all = spans()
  expect(new Set(all.map(({ service, cluster }) => `${service} ${cluster}`))).toEqual(
    new Set(['shop prod']),
  )
  const buy = all.find(
    ({ attributes }) => urlOf(attributes).endsWith('/buy') && hasKind(attributes, 'transaction'),
  )!
  expect(buy).toMatchObject({
    kind: 'server',
    status: 'ok',
    http_status_code: 200,
    attributes: { 'labels.basket': 'full', 'transaction.result': 'HTTP 2xx' },
    numbers: { 'numeric_labels.items': 3 },
  })
  const fail = all.find(
    ({ attributes }) => urlOf(attributes).endsWith('/fail') && hasKind(attributes, 'transaction'),
  )!
  expect(fail).toMatchObject({ status: 'error', http_status_code: 500 })
  const happened = fail['events.attributes'] as Record<string, string>[]
  expect(happened).toContainEqual(
    expect.objectContaining({
      'exception.type': 'TypeError',
      'exception.message': 'no price for item 7',
    }),
  )

  const inside = all.filter(({ trace_id }) => trace_id === buy.trace_id)
  const priced = inside.find(({ name }) => name === 'price the basket')!
  expect(priced).toMatchObject({ kind: 'internal', parent_span_id: buy.span_id })
  const call = inside.find(({ kind }) => kind === 'client')!
  expect(call).toMatchObject({ status: 'error', http_status_code: 503, peer_kind: 'external' })
  expect(call.peer_service).toBe('127.0.0.1')
  const ids = new Set(inside.map(({ span_id }) => span_id))
  const called = inside.find(({ parent_span_id }) => parent_span_id === call.span_id)
  expect(called).toMatchObject({ kind: 'server', http_status_code: 503 })
  expect(ids.has(call.parent_span_id)).toBe(true)

  const errors = rig.segments.rows('logs').filter(({ trace_id }) => trace_id === buy.trace_id)
  expect(errors.map(({ body }) => body).sort()).toEqual(['item 7 is gone', 'no price for item 7'])
  const thrown = errors.find(({ body }) => body === 'no price for item 7')!
  expect(thrown).toMatchObject({
    event_name: 'exception',
    severity_number: 17,
    service: 'shop',
    attributes: { 'exception.type': 'TypeError' },
  })
  expect(textOf(thrown, 'exception.stacktrace')).toMatch(/^TypeError: no price.*\n {4}at /)
  expect(ids.has(thrown.span_id)).toBe(true)

  const resources = rig.segments.rows('resources')
  expect(resources.map(({ attributes }) => attributes)).toContainEqual(
    expect.objectContaining({
      'service.version': '1.2.3',
      'deployment.environment.name': 'production',
      'telemetry.sdk.name': 'nodejs',
      'labels.team': 'tills',
    }),
  )
})

test('an agent fetches its settings and says that it has them', { timeout: 40_000 }, async () => {
  const { objects } = rig.intake.parts
  const body = {
    service: 'shop',
    environment: 'production',
    settings: { transaction_sample_rate: '0.25' },
  }
  await objects.put('apm_agent_config', configName('shop', 'production'), body, 'ada')
  const { said, go } = startProgram()
  await until('the program runs', () => said.includes('ready'), deadline_ms)
  const asking = () => agentConfigs(objects).asking()
  await until('it asks', () => asking().length > 0, deadline_ms)
  expect(asking()[0]).toMatchObject({ service: 'shop', config: 'shop|production' })
  go()
  await until('it told', () => said.length > 1, deadline_ms)
  expect((said[1] as Told).rate).toBe(0.25)
})

function textOf(row: Row, name: string): string {
  return String((row.attributes as Record<string, string>)[name] ?? '')
}

function urlOf(attributes: unknown): string {
  return (attributes as Record<string, string>)['url.full'] ?? ''
}

function hasKind(attributes: unknown, kind: string): boolean {
  return `${kind}.type` in (attributes as object)
}
