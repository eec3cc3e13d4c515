/**
 * Every content/dashboards/<id> is complete: it is a dashboard, its queries can be read by their
 * languages, and the metrics it asks for are ones that the product stores.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse as parseSearch } from '../model/search/parse.ts'
import type { Dashboard, PanelQuery } from '../pages/dashboards/contract.ts'
import { sectionsOf } from '../pages/dashboards/layout.ts'
import { type Chosen, namesIn, replaced } from '../pages/dashboards/replace.ts'
import { parse as parsePromQl } from '../query/promql/parse.ts'
import { specified } from '../query/promql/source/names.ts'
import { dashboards_dir, readShippedDashboards } from './shipped-dashboards.ts'
import { root } from './version.ts'

const shipped = [...readShippedDashboards()]

const each = (look: (id: string, dashboard: Dashboard) => void) => {
  for (const [id, dashboard] of shipped) look(id, dashboard)
}
const queriesOf = ({ panels }: Dashboard) => panels.flatMap(({ queries }) => queries)

/** As it is asked when everything is chosen. */
function asked(query: PanelQuery, { variables }: Dashboard): string {
  const all: Chosen = { values: ['a'], shown: ['a'], is_all: true, all: '.*', is_multi: true }
  const chosen = new Map(variables.map(({ name }) => [name, all]))
  const now = { variables: chosen, from_ms: 0, to_ms: 3_600_000, step_ms: 15_000 }
  return replaced(query.query, now, query.language)
}

test('what a release should bring is there', () => {
  expect(shipped.map(([id]) => id)).toEqual([
    ...['crowsnest', 'jvm', 'kubernetes-cluster', 'kubernetes-control-plane', 'kubernetes-nodes'],
    ...['kubernetes-workloads', 'nginx', 'nodejs', 'postgresql', 'redis'],
  ])
  for (const [id] of shipped)
    expect(readdirSync(join(dashboards_dir, id))).toEqual(['dashboard.json'])
})

test('every query can be read, and needs only variables that are there', () => {
  each((id, dashboard) => {
    const names = dashboard.variables.map(({ name }) => name)
    for (const query of queriesOf(dashboard)) {
      const text = asked(query, dashboard)
      const read = query.language === 'promql' ? parsePromQl : parseSearch
      expect(() => read(text), `${id}: ${text}`).not.toThrow()
      for (const name of namesIn(query.query)) expect(names, `${id}: $${name}`).toContain(name)
    }
  })
})

test('panels stand beside one another and are told apart', () => {
  each((id, { panels }) => {
    for (const { panels: own } of sectionsOf(panels)) {
      for (const one of own) {
        expect(one.at.x + one.at.w, `${id} ${one.title}`).toBeLessThanOrEqual(24)
        for (const other of own) {
          if (other === one) continue
          const apart =
            one.at.x + one.at.w <= other.at.x ||
            other.at.x + other.at.w <= one.at.x ||
            one.at.y + one.at.h <= other.at.y ||
            other.at.y + other.at.h <= one.at.y
          expect(apart, `${id}: ${one.title} lies on ${other.title}`).toBe(true)
        }
      }
    }
  })
})

/** Their exporters name them: the API server, etcd, applications' own instruments. */
const elsewhere = [
  /^(apiserver|etcd|scheduler|workqueue|rest_client)_/,
  /^(jvm|nodejs|v8js|http_server|process)_/,
  /^(kube|crowsnest)_/,
]

test('metrics are stored ones, by the names that PromQL has for them', () => {
  const text = readFileSync(join(root, 'docs', 'metrics.md'), 'utf8')
  const rows = [...text.matchAll(/^\| `([^`]+)` \| ([^|]*) \| (gauge|counter|sum) \|/gm)]
  const stored = new Set(
    rows.map(([, metric = '', unit = '', kind]) =>
      specified({
        ...{ metric, unit: unit.trim(), origin: 'otlp' },
        kind: kind === 'gauge' ? 'gauge' : 'sum',
        monotonic: kind === 'counter',
      }),
    ),
  )
  // Known to the page by their names alone.
  for (const name of ['k8s_container_restarts', 'k8s_container_ready']) stored.add(name)
  each((id, dashboard) => {
    for (const query of queriesOf(dashboard)) {
      if (query.language !== 'promql') continue
      for (const name of metricsIn(asked(query, dashboard))) {
        const isKnown = stored.has(name) || elsewhere.some((one) => one.test(name))
        expect(isKnown, `${id}: ${name} is no metric of docs/metrics.md`).toBe(true)
      }
    }
  })
})

/** Names before a selector, a range or the end of an operand; functions have a bracket there. */
function metricsIn(text: string): string[] {
  const plain = text
    .replace(/"[^"]*"/g, '""')
    .replace(/\{[^}]*\}/g, '{}')
    .replace(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, '')
  const words = [...plain.matchAll(/[a-z_][a-z0-9_]*(?!\w)(?!\s*\()/g)].map(([word]) => word)
  return words.filter((word) => word.includes('_') && !/^(m|s|h|bool)$/.test(word))
}
