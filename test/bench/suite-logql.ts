/**
 * LogQL on a filled store, by the code that answers Grafana: filters counted over time, fields of
 * JSON lines, the newest lines. A quarter of the lines is JSON of one service.
 */
import { everything } from '../../src/model/question.ts'
import { tables } from '../../src/model/tables.ts'
import { type QueryContext, queryLimits } from '../../src/query/context.ts'
import { isLog } from '../../src/query/logql/ast.ts'
import { parseLogQl } from '../../src/query/logql/parse.ts'
import { runLog } from '../../src/query/logql/run-log.ts'
import { runMetric } from '../../src/query/logql/run-metric.ts'
import type { Steps } from '../../src/query/series.ts'
import { sql } from '../../src/store/sql.ts'
import type { Store } from '../../src/store/store.ts'
import { templateIdOf } from '../../src/wire/template.ts'
import { withStore } from './disk.ts'
import { percentile } from './load.ts'
import { copy_spread_ms, fillLogs } from './rows.ts'
import type { Figure, Suite, SuiteOptions } from './suite.ts'

const runs = 7
const points = 60
const million = 1_000_000
const rows_usual = 10_000_000
const json_services = ['checkout', 'payment']
const routes = ['cart', 'orders', 'users', 'search']

type Query = { name: string; query: string; ms_max?: number }

const queries: readonly Query[] = [
  {
    name: 'filter and count: phrase',
    query:
      'sum by (service_name) (count_over_time({service_name=~".+"} |= "timeout after" [RANGE]))',
    ms_max: 500,
  },
  {
    name: 'filter and count: piece of a word',
    query: 'sum by (detected_level) (count_over_time({service_name=~".+"} |= "certif" [RANGE]))',
    ms_max: 500,
  },
  {
    name: 'filter and count: one service, regular expression',
    query: 'sum(count_over_time({service_name="cart"} |~ "expires in [0-9]+ days" [RANGE]))',
    ms_max: 500,
  },
  {
    name: 'json and unwrap: quantile by route',
    query:
      'quantile_over_time(0.95, {service_name="checkout"} | json | unwrap duration_ms ' +
      '| __error__="" [RANGE]) by (route)',
    ms_max: 2_000,
  },
  {
    name: 'json, filter and unwrap over all that is JSON',
    query:
      'quantile_over_time(0.95, {service_name=~"checkout|payment"} |= "duration_ms" | json ' +
      '| status >= 500 | unwrap duration_ms | __error__="" [RANGE]) by (route)',
    ms_max: 2_000,
  },
  {
    name: 'volume by level',
    query:
      'sum by (level, detected_level) ' +
      '(count_over_time({service_name=~".+"} | drop __error__ [RANGE]))',
  },
  { name: 'rate by pod of one service', query: 'sum by (pod) (rate({app="cart"}[RANGE]))' },
  { name: 'newest 1,000 lines with a word', query: '{service_name=~".+"} |= "inventory"' },
  {
    name: 'newest 1,000 JSON lines by field',
    query: '{service_name="checkout"} | json | status="503"',
  },
]

export const logqlSuite: Suite = {
  name: 'query-logql',
  about:
    'LogQL as Grafana asks it on --rows lines (10 million): filters, JSON fields, newest lines',
  run: (options) => withStore(options.dir, (store) => measure(store, options)),
}

/** Lines as structured loggers write them, in place of what the generator made. */
async function makeJson(store: Store): Promise<void> {
  const hash = sql`cityHash64(span_id, time, body)`
  const body = sql`concat('{"level":"info","msg":"request served","method":"GET","route":"/api/v1/',
    array${routes}[${hash} % 4 + 1], '","status":',
    ['200', '200', '200', '204', '404', '503'][${hash} % 6 + 1], ',"duration_ms":',
    toString(${hash} % 9000), ',"bytes":', toString(${hash} % 70000), '}')`
  // A receiver gives a line the id of its template.
  const ids = routes.map((route) =>
    templateIdOf(
      `{"level":"info","msg":"request served","method":"GET","route":"/api/v1/${route}",` +
        '"status":1,"duration_ms":1,"bytes":1}',
    ),
  )
  const templateId = sql`[${sql.join(ids.map((id) => sql`${id}`))}][${hash} % 4 + 1]`
  await store.command(
    sql`ALTER TABLE logs UPDATE body = ${body}, template_id = ${templateId}
      WHERE service IN ${json_services}
      SETTINGS mutations_sync = 2`,
    { timeout_ms: 600_000 },
  )
}

/** The first million lines, a quarter of them made JSON, and copies of them at earlier hours. */
export async function fillForLogql(store: Store, rows: number, now_ms: number): Promise<void> {
  await fillLogs(store, Math.min(rows, million), now_ms)
  await makeJson(store)
  const from = sql`time > fromUnixTimestamp64Milli(${now_ms - copy_spread_ms})`
  const names = sql.join(Object.keys(tables.logs.columns).map(sql.identifier))
  for (let copy = 1; copy < Math.ceil(rows / million); copy++) {
    const back = sql`toIntervalMillisecond(${copy * copy_spread_ms})`
    await store.command(
      sql`INSERT INTO logs (${names}) SELECT * REPLACE (time - ${back} AS time)
        FROM (SELECT ${names} FROM logs WHERE ${from})
        SETTINGS max_threads = 2, max_block_size = 100000, max_insert_block_size = 100000,
        min_insert_block_size_rows = 100000, insert_deduplicate = 0`,
      { timeout_ms: 600_000 },
    )
  }
}

async function measure(store: Store, options: SuiteOptions): Promise<Figure[]> {
  const now_ms = Date.now()
  const rows = options.rows ?? rows_usual
  await fillForLogql(store, rows, now_ms)
  options.say(`${rows} lines are in`)
  return measureLogql(store, rows, now_ms, options.say)
}

export async function measureLogql(
  store: Store,
  rows: number,
  now_ms: number,
  say: (text: string) => void,
): Promise<Figure[]> {
  const from_ms = now_ms - Math.ceil(rows / million) * copy_spread_ms
  const step_ms = Math.ceil((now_ms - from_ms) / points / 1000) * 1000
  const steps = { start_ms: from_ms + step_ms, step_ms, count: points }
  const context = { store, scope: everything, now_ms, limits: queryLimits }
  const figures: Figure[] = []
  for (const one of queries) {
    const text = one.query.replace('RANGE', `${step_ms / 1000}s`)
    const cold_ms: number[] = []
    for (let i = 0; i < 3; i++) {
      await store.command(sql`SYSTEM DROP QUERY CONDITION CACHE`)
      cold_ms.push(await once(text, steps, { from_ms, to_ms: now_ms }, context))
    }
    const warm_ms: number[] = []
    for (let i = 0; i < runs; i++) {
      warm_ms.push(await once(text, steps, { from_ms, to_ms: now_ms }, context))
    }
    const value = Math.round(percentile(warm_ms, 0.5) * 10) / 10
    say(`${one.name}: ${value} ms, cold ${Math.round(percentile(cold_ms, 0.5))} ms`)
    const target = one.ms_max === undefined ? {} : { target: { at_most: one.ms_max } }
    const details = { query: text, warm_ms_all: warm_ms, cold_ms_all: cold_ms }
    figures.push({ name: one.name, value, unit: 'ms', ...target, details })
  }
  return figures
}

async function once(
  text: string,
  steps: Steps,
  { from_ms, to_ms }: { from_ms: number; to_ms: number },
  context: QueryContext,
): Promise<number> {
  const began_ms = performance.now()
  const expr = parseLogQl(text)
  if (isLog(expr)) {
    const span = { from_ns: BigInt(from_ms) * 1_000_000n, to_ns: BigInt(to_ms) * 1_000_000n }
    await runLog(expr, { span, isNewestFirst: true, limit: 1_000 }, context)
  } else await runMetric(expr, steps, context)
  return performance.now() - began_ms
}
