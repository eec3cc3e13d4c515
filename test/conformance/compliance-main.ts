/**
 * Entry of `npm run compliance`: the same remote-written series in a Prometheus of this machine and
 * in us, the same queries to both, and a table of what is the same and what differs.
 * `npm run compliance -- --only rate --all`
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { prometheusApi } from '../../src/api/prometheus/prometheus-api.ts'
import { apiCall } from '../query/api-call.ts'
import {
  openPrometheusStore,
  type PrometheusStore,
  writeRequest,
} from '../query/prometheus-store.ts'
import { demoSeries, minutes } from './demo-series.ts'
import { queriesOf, type Template, templates } from './query-templates.ts'
import {
  prometheusPath,
  type ReferencePrometheus,
  startPrometheus,
} from './reference-prometheus.ts'
import { compareAnswers } from './same-answers.ts'

const { values: options } = parseArgs({
  options: {
    /** Only templates that hold this text. */
    only: { type: 'string', default: '' },
    /** Every query, not only templates. */
    all: { type: 'boolean', default: false },
  },
})

type Ask = { name: string; path: (query: string) => string }
type Verdict = { query: string; ask: string; difference: string }

function asksFor(now_ms: number): Ask[] {
  // Off the moments of samples: in 2.42 both ends of a window belong to it, in 3 only the last.
  const end_s = Math.floor(now_ms / 1_000) - 61.217
  const start_s = end_s - (minutes - 22) * 60
  const encoded = encodeURIComponent
  return [
    {
      name: 'range',
      path: (query) =>
        `/api/v1/query_range?query=${encoded(query)}&start=${start_s}&end=${end_s}&step=30`,
    },
    { name: 'instant', path: (query) => `/api/v1/query?query=${encoded(query)}&time=${end_s}` },
  ]
}

async function verdictsOf(
  template: Template,
  asks: readonly Ask[],
  { store, reference }: { store: PrometheusStore; reference: ReferencePrometheus },
): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  for (const query of queriesOf(template)) {
    for (const { name, path } of asks) {
      const asked = path(query)
      const theirs = await reference.ask(asked)
      const ours = await apiCall(prometheusApi, { path: asked, context: store.context() })
      verdicts.push({ query, ask: name, difference: compareAnswers(theirs, ours) })
    }
  }
  return verdicts
}

async function run(dir: string): Promise<boolean> {
  const now_ms = Math.floor(Date.now() / 60_000) * 60_000
  const reference = await startPrometheus(dir)
  const store = await openPrometheusStore(now_ms)
  try {
    const body = writeRequest(demoSeries(now_ms))
    await Promise.all([reference.write(body), store.writeBody(body)])
    const asks = asksFor(now_ms)
    const wanted = templates.filter(({ query }) => query.includes(options.only))
    let same = 0
    let queries = 0
    const others: string[] = []
    for (const template of wanted) {
      const verdicts = await verdictsOf(template, asks, { store, reference })
      const differing = verdicts.filter(({ difference }) => difference !== '')
      queries += verdicts.length
      if (differing.length === 0) same++
      else others.push(template.query)
      const word =
        differing.length === 0 ? 'same     ' : template.differs ? 'version  ' : 'DIFFERENT'
      if (options.all || differing.length > 0) console.log(`${word} ${template.query}`)
      if (template.differs !== undefined && differing.length > 0) {
        console.log(`            ${template.differs}`)
        others.pop()
      }
      for (const { query, ask, difference } of differing.slice(0, options.all ? 99 : 2)) {
        console.log(`            ${ask}: ${query}\n              ${difference}`)
      }
    }
    console.log(
      `${same} of ${wanted.length} templates the same, ${queries} answers; ` +
        `${others.length} differ without a reason of version`,
    )
    return others.length === 0
  } finally {
    await reference.stop()
    await store.close()
  }
}

if (prometheusPath === undefined) {
  console.error('prometheus is not installed on this machine: there is nothing to compare with')
  process.exit(1)
}
const dir = mkdtempSync(join(tmpdir(), 'compliance-'))
try {
  process.exitCode = (await run(dir)) ? 0 : 1
} finally {
  rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
}
