/**
 * Query suites: the questions that pages ask, answered by the same code on a filled store. Cold
 * runs forget which granules held nothing for the same condition; files stay in the page cache.
 */
import { everything } from '../../src/model/question.ts'
import { logsAnswerers } from '../../src/pages/logs/queries.ts'
import { servicesAnswerers } from '../../src/pages/services/queries.ts'
import { tracesAnswerers } from '../../src/pages/traces/queries.ts'
import type { Answerer } from '../../src/store/answer.ts'
import { sql } from '../../src/store/sql.ts'
import type { Store } from '../../src/store/store.ts'
import { withStore } from './disk.ts'
import { percentile } from './load.ts'
import { copy_spread_ms, fillLogs, fillSpans } from './rows.ts'
import type { Figure, Suite, SuiteOptions } from './suite.ts'

const runs = 7
const day_ms = 24 * 3600 * 1000

type Query = { name: string; question: string; ask: Record<string, unknown>; ms_max?: number }

export const querySuites: readonly Suite[] = [
  {
    name: 'query-logs',
    about: 'the Logs page on --rows records (10 million): words, attributes, charts, patterns',
    run: (options) => withStore(options.dir, (store) => queryLogs(store, options)),
  },
  {
    name: 'query-traces',
    about: 'one trace, RED of all services over 24 h and searches on --rows spans (1 million)',
    run: (options) => withStore(options.dir, (store) => queryTraces(store, options)),
  },
]

async function queryLogs(store: Store, options: SuiteOptions): Promise<Figure[]> {
  const now_ms = Date.now()
  const rows = await fillLogs(store, options.rows ?? 10_000_000, now_ms)
  options.say(`${rows} records are in`)
  await store.command(
    sql`INSERT INTO logs SELECT * REPLACE (concat(body, ' zanzibar') AS body) FROM logs
      WHERE cityHash64(span_id, time) % 1000 = 0 LIMIT 75 SETTINGS insert_deduplicate = 0`,
  )
  const [one] = await store.rows<{ trace: string }>(
    sql`SELECT lower(hex(trace_id)) AS trace FROM logs
      WHERE trace_id != toFixedString('', 16) LIMIT 1`,
  )
  const range = { from_ms: now_ms - Math.ceil(rows / 1e6) * copy_spread_ms, to_ms: now_ms + 1 }
  const records = (search: string) => ({ ...range, search, order: 'newest', rows_max: 200 })
  const all = { ...range, search: '' }
  return measure(store, options, logsAnswerers, [
    { name: 'word: newest 200', ...of('records', records('inventory')), ms_max: 300 },
    { name: 'word: over time', ...of('histogram', { ...all, search: 'inventory' }), ms_max: 300 },
    { name: 'two words: newest 200', ...of('records', records('certificate expires')) },
    { name: 'phrase: newest 200', ...of('records', records('"reservation confirmed"')) },
    { name: 'phrase: over time', ...of('histogram', { ...all, search: '"timeout after"' }) },
    { name: 'rare word (75 records): newest 200', ...of('records', records('zanzibar')) },
    { name: 'absent word: over time', ...of('histogram', { ...all, search: 'quokka' }) },
    { name: 'trace id: newest 200', ...of('records', records(`trace_id:${one!.trace}`)) },
    {
      name: 'attribute equals: over time',
      ...of('histogram', { ...all, search: 'thread.name:"worker-7"' }),
    },
    {
      name: 'attribute range: over time',
      ...of('histogram', { ...all, search: 'code.line.number >= 390' }),
    },
    { name: 'fields with top values', ...of('fields', all) },
    { name: 'all: over time', ...of('histogram', all) },
    { name: 'last 100', ...of('records', { ...records(''), rows_max: 100 }) },
    { name: 'patterns of the last two hours', ...of('patterns', lastHours(all)) },
  ])
}

function of(question: string, ask: Record<string, unknown>) {
  return { question: `logs.${question}`, ask }
}

function lastHours<Ask extends { to_ms: number }>(ask: Ask) {
  return { ...ask, from_ms: ask.to_ms - copy_spread_ms }
}

async function queryTraces(store: Store, options: SuiteOptions): Promise<Figure[]> {
  const now_ms = Date.now()
  const rows = await fillSpans(store, options.rows ?? 1_000_000, now_ms, day_ms)
  options.say(`${rows} spans are in`)
  const [one] = await store.rows<{ trace: string }>(
    sql`SELECT lower(hex(trace_id)) AS trace FROM spans LIMIT 1 OFFSET ${Math.floor(rows / 2)}`,
  )
  const range = { from_ms: now_ms - day_ms, to_ms: now_ms + 1 }
  const list = (search: string) => ({ ...range, search, order: 'newest', rows_max: 100 })
  const slow = 'service:checkout and http.response.status_code >= 500'
  return measure(
    store,
    options,
    [...tracesAnswerers, ...servicesAnswerers],
    [
      {
        name: 'trace by id',
        question: 'traces.trace',
        ask: { trace_id: one!.trace },
        ms_max: 20,
      },
      { name: 'RED of all services, 24 h', question: 'services.list', ask: range, ms_max: 50 },
      { name: 'service map, 24 h', question: 'services.map', ask: range },
      { name: 'newest traces of all', question: 'traces.list', ask: list('') },
      { name: 'newest failed calls of one service', question: 'traces.list', ask: list(slow) },
      {
        name: 'slowest by attribute',
        question: 'traces.list',
        ask: { ...list('url.path:"/api/route7"'), order: 'slowest' },
      },
      {
        name: 'errors over time',
        question: 'traces.histogram',
        ask: { ...range, search: 'status:error' },
      },
    ],
  )
}

async function measure(
  store: Store,
  options: SuiteOptions,
  answerers: readonly Answerer[],
  queries: readonly Query[],
): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const { name, question, ask, ms_max } of queries) {
    const answerer = answerers.find((one) => one.question.name === question)!
    const asked = answerer.question.ask.parse(ask)
    const context = { store, scope: everything, now_ms: Date.now() }
    const once = async () => {
      const began_ms = performance.now()
      await answerer.answer(asked, context)
      return performance.now() - began_ms
    }
    const cold_ms: number[] = []
    for (let i = 0; i < runs; i++) {
      await store.command(sql`SYSTEM DROP QUERY CONDITION CACHE`)
      cold_ms.push(await once())
    }
    const warm_ms: number[] = []
    for (let i = 0; i < runs; i++) warm_ms.push(await once())
    options.say(`${name}: ${median(warm_ms)} ms, cold ${median(cold_ms)} ms`)
    figures.push({
      name,
      value: median(warm_ms),
      unit: 'ms',
      ...(ms_max === undefined ? {} : { target: { at_most: ms_max } }),
      details: { cold_ms: median(cold_ms), warm_ms_all: warm_ms, cold_ms_all: cold_ms },
    })
  }
  return figures
}

function median(values: readonly number[]): number {
  return Math.round(percentile(values, 0.5) * 10) / 10
}
