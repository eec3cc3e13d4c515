/** The two tables of `_cat` that tell of documents; the others tell of the server. */
import { count } from '../../query/elastic/search.ts'
import { indexCounts } from '../../query/elastic/targets.ts'
import { type ElasticAnswer, ok } from './answers.ts'
import { type ElasticCall, targetsFor } from './request.ts'
import type { Route } from './route-table.ts'

type Row = Readonly<Record<string, string | null>>
type Table = { columns: readonly string[]; rows: readonly Row[] }

const indexColumns = [
  ...['health', 'status', 'index', 'uuid', 'pri', 'rep', 'docs.count', 'docs.deleted'],
  ...['store.size', 'pri.store.size', 'dataset.size'],
]

async function indices(call: ElasticCall): Promise<Table> {
  const targets = await targetsFor(call)
  const found = await indexCounts(targets, call.context)
  const rows = found.map(({ index, documents }) => ({
    ...{ health: 'green', status: 'open', index, uuid: index.slice(0, 22), pri: '1', rep: '0' },
    ...{ 'docs.count': String(documents), 'docs.deleted': '0' },
    ...{ 'store.size': null, 'pri.store.size': null, 'dataset.size': null },
  }))
  return { columns: indexColumns, rows }
}

async function counted(call: ElasticCall): Promise<Table> {
  const { now_ms } = call.context
  const found = await count({ tag: 'all' }, await targetsFor(call), call.context)
  const epoch = String(Math.floor(now_ms / 1000))
  const timestamp = new Date(now_ms).toISOString().slice(11, 19)
  return {
    columns: ['epoch', 'timestamp', 'count'],
    rows: [{ epoch, timestamp, count: String(found) }],
  }
}

/** Short names by which people ask for columns. */
const shortNames: Readonly<Record<string, string>> = {
  ...{ h: 'health', s: 'status', i: 'index', idx: 'index', dc: 'docs.count', dd: 'docs.deleted' },
  ...{ ss: 'store.size', docsCount: 'docs.count', p: 'pri', r: 'rep', id: 'uuid' },
  ...{ t: 'epoch', time: 'epoch', ts: 'timestamp', hms: 'timestamp' },
}

function columnOf(asked: string, columns: readonly string[]): string[] {
  if (asked === '*') return [...columns]
  if (columns.includes(asked)) return [asked]
  const long = Object.hasOwn(shortNames, asked) ? shortNames[asked]! : ''
  return columns.includes(long) ? [long] : []
}

function sorted({ columns, rows }: Table, asked: string | null): readonly Row[] {
  const order = (asked ?? '').split(',').flatMap((one) => {
    const [name = '', way] = one.split(':')
    return columnOf(name, columns).map((column) => [column, way === 'desc' ? -1 : 1] as const)
  })
  const compared = (a: string, b: string) => {
    const [left, right] = [Number(a), Number(b)]
    if (Number.isFinite(left) && Number.isFinite(right)) return left - right
    return a < b ? -1 : a > b ? 1 : 0
  }
  return rows.toSorted((a, b) => {
    for (const [column, way] of order) {
      const found = compared(a[column] ?? '', b[column] ?? '')
      if (found !== 0) return found * way
    }
    return 0
  })
}

function cat(make: (call: ElasticCall) => Promise<Table>) {
  return async (call: ElasticCall): Promise<ElasticAnswer> => {
    const { query } = call
    const table = await make(call)
    if (query.has('help'))
      return { status: 200, text: table.columns.map((one) => `${one}\n`).join('') }
    const rows = sorted(table, query.get('s'))
    const asked = query.get('h')
    const columns =
      asked === null || asked === ''
        ? table.columns
        : asked
            .split(',')
            .slice(0, 50)
            .flatMap((one) => columnOf(one, table.columns))
    const format = query.get('format')
    const accept = String(call.call.headers.accept ?? '')
    if (format === 'json' || (format === null && /json/i.test(accept))) {
      return ok(rows.map((row) => Object.fromEntries(columns.map((one) => [one, row[one]]))))
    }
    const hasHead = query.has('v') && query.get('v') !== 'false'
    return { status: 200, text: textTable(columns, rows, hasHead) }
  }
}

export function textTable(
  columns: readonly string[],
  rows: readonly Row[],
  hasHead: boolean,
): string {
  const lines = rows.map((row) => columns.map((name) => row[name] ?? ''))
  if (hasHead) lines.unshift([...columns])
  const widths = columns.map((_name, at) =>
    lines.reduce((most, line) => Math.max(most, line[at]!.length), 0),
  )
  const padded = (line: readonly string[]) =>
    line.map((cell, at) => (at === line.length - 1 ? cell : cell.padEnd(widths[at]!))).join(' ')
  return lines.map((line) => `${padded(line)}\n`).join('')
}

export const catRoutes: readonly Route[] = [
  ['GET', '/_cat/indices', cat(indices)],
  ['GET', '/_cat/indices/{index}', cat(indices)],
  ['GET', '/_cat/count', cat(counted)],
  ['GET', '/_cat/count/{index}', cat(counted)],
]
