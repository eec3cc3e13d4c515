/**
 * The rows of the fuzz: of every place and kind a few, alike enough that queries join and sum them
 * and each with the mark of its place. What a caller may see of them is the oracle's store.
 */
import { type DataClass, everything, type Scope } from '../../src/model/question.ts'
import type { WrittenTable } from '../../src/model/tables.ts'
import type { FixtureRow } from '../store/fixture-rows.ts'
import { Dice } from './dice.ts'
import { logRows } from './log-rows.ts'
import { metricRows } from './metric-rows.ts'
import { type Kind, markOf, type Place, places, seesKind, seesPlace } from './places.ts'
import { securityRows } from './security-rows.ts'
import { spanRows } from './trace-rows.ts'

export const now_ms = Date.UTC(2026, 10, 20, 10, 0, 30)
export const spread_ms = 1_500_000
export const arrived_ms = now_ms - 60_000
/** Calls between services are summed up by the minute, which costs: they all lie in these. */
export const exitMinutes = [2, 7, 13, 20].map((ago) => now_ms - 30_000 - ago * 60_000)

/** Rows of one table. */
export type TableRows = { table: WrittenTable; rows: readonly FixtureRow<WrittenTable>[] }
export type Making = { place: Place; at: number; mark: string; dice: Dice }

export const services = ['cart', 'checkout', 'pay'] as const

/** What a row of a service in a place has, whatever kind it is. */
export function common({ place, mark, at }: Making, service: string) {
  return {
    cluster: place.cluster,
    namespace: place.namespace,
    workload: `${service}-deployment`,
    pod: `${service}-${mark}`,
    container: service,
    node: `node-${at % 2}`,
    service,
    resource_id: resourceId(at, service),
  }
}

export function resourceId(at: number, service: string): number {
  return 100 + at * 10 + (services as readonly string[]).indexOf(service)
}

/** Times in ns that no two rows of a run share. */
let ticks = 0
export function time_ns(ms: number): bigint {
  ticks += 1
  return BigInt(ms) * 1_000_000n + BigInt(ticks % 1_000_000)
}

function resourceRows(making: Making): TableRows[] {
  const { mark, at, dice } = making
  const rows = services.map((service) => {
    const { cluster, namespace, workload, node, resource_id } = common(making, service)
    return {
      ...{ cluster, namespace, workload, node, service, resource_id, time: now_ms - 3_000_000 },
      attributes: {
        'service.name': service,
        'service.version': `${at}.${dice.whole(3)}`,
        'service.instance.id': `i-${mark}-${service}`,
        'k8s.cluster.name': cluster,
        ...(namespace === ''
          ? {}
          : { 'k8s.namespace.name': namespace, 'service.namespace': 'shop' }),
        'host.name': `host-${mark}`,
        [`own.${mark}`]: 'x',
        x: dice.pick(['a', 'b']),
        y: dice.pick(['a', '7', 'true']),
        'odd name': 'ab',
      },
    }
  })
  return [{ table: 'resources', rows }]
}

const makers: readonly [kind: Kind, make: (making: Making) => TableRows[]][] = [
  ['resources', resourceRows],
  ['logs', logRows],
  ['traces', spanRows],
  ['metrics', metricRows],
  ['kubernetes', (making) => securityRows('kubernetes', making)],
  ['security', (making) => securityRows('security', making)],
]

/** Everything that the caller may see. The same rows whoever asks. */
export function rowsFor(scope: Scope = everything): TableRows[] {
  ticks = 0
  const found: TableRows[] = []
  places.forEach((place, at) => {
    for (const [kind, make] of makers) {
      const dice = new Dice(1_000 * at + kind.length * 7 + kind.charCodeAt(0))
      const made = make({ place, at, mark: markOf(place, kind), dice })
      if (seesPlace(scope, place) && seesKind(scope, kind as DataClass)) found.push(...made)
    }
  })
  const byTable = new Map<WrittenTable, FixtureRow<WrittenTable>[]>()
  for (const { table, rows } of found) byTable.set(table, [...(byTable.get(table) ?? []), ...rows])
  return [...byTable].map(([table, rows]) => ({ table, rows }))
}
