/**
 * Entry of `npm run bench`: runs suites one after another, prints their figures and writes JSON.
 * `npm run bench -- --suite ingest-logs --rows 500000 --seconds 20 --out figures.json`
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { machine, type SuiteReport, table } from './report.ts'
import type { Suite } from './suite.ts'
import { agentSuites } from './suite-agent.ts'
import { apmSuite } from './suite-apm.ts'
import { elasticSuite } from './suite-elastic.ts'
import { fluentForwardSuite } from './suite-fluent-forward.ts'
import { ingestSuites } from './suite-ingest.ts'
import { liveSuites } from './suite-live.ts'
import { logqlSuite } from './suite-logql.ts'
import { lokiSuite } from './suite-loki.ts'
import { promqlSuite } from './suite-promql.ts'
import { querySuites } from './suite-query.ts'
import { remoteWriteSuite } from './suite-remote-write.ts'

const suites: readonly Suite[] = [
  ...ingestSuites,
  remoteWriteSuite,
  fluentForwardSuite,
  elasticSuite,
  lokiSuite,
  apmSuite,
  ...querySuites,
  logqlSuite,
  promqlSuite,
  ...liveSuites,
  ...agentSuites,
]

const { values } = parseArgs({
  options: {
    suite: { type: 'string', multiple: true },
    rows: { type: 'string' },
    hours: { type: 'string' },
    seconds: { type: 'string', default: '20' },
    out: { type: 'string' },
    dir: { type: 'string', default: tmpdir() },
    help: { type: 'boolean', default: false },
  },
})

const wanted = values.suite?.flatMap((name) => name.split(',')) ?? suites.map(({ name }) => name)
const unknown = wanted.find((name) => !suites.some((suite) => suite.name === name))
if (values.help || unknown !== undefined) {
  if (unknown !== undefined) console.error(`There is no suite ${unknown}.`)
  for (const { name, about } of suites) console.log(`${name.padEnd(16)} ${about}`)
  process.exit(unknown === undefined ? 0 : 1)
}

const reports: SuiteReport[] = []
const about = machine()
for (const suite of suites) {
  if (!wanted.includes(suite.name)) continue
  const dir = mkdtempSync(join(values.dir, 'crowsnest-bench-'))
  const began_ms = performance.now()
  try {
    const rows = values.rows === undefined ? undefined : Number(values.rows)
    const hours = values.hours === undefined ? undefined : Number(values.hours)
    const say = (text: string) => console.error(`${suite.name}: ${text}`)
    const figures = await suite.run({ dir, rows, hours, seconds: Number(values.seconds), say })
    const wall_s = (performance.now() - began_ms) / 1_000
    reports.push({ suite: suite.name, wall_s: Math.round(wall_s), figures })
    console.log(table(reports.at(-1)!))
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
  const json = JSON.stringify({ machine: about, suites: reports }, undefined, 1)
  if (values.out !== undefined) writeFileSync(values.out, `${json}\n`)
}
