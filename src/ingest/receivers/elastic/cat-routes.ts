/**
 * The tables of `_cat`, as people read them with curl and old shippers probe with. How many
 * documents an index has is not known here, and left blank.
 */

import { isLike } from '../../../model/filter-path.ts'
import type { ElasticAnswer } from './answers.ts'
import type { AliasBody } from './index-objects.ts'
import { health } from './info-routes.ts'
import { objectsLike } from './object-routes.ts'
import type { ElasticCall, ElasticHandler, ElasticRoute } from './route-table.ts'
import { clusterName, elasticVersion } from './version.ts'

type Row = Readonly<Record<string, string | null>>
type Table = { columns: readonly string[]; rows: readonly Row[] }
type MakeTable = (call: ElasticCall) => Table | Promise<Table>

function tableOf(columns: string, rows: readonly (readonly (string | null)[])[]): Table {
  const names = columns.split(' ')
  return {
    columns: names,
    rows: rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? null]))),
  }
}

async function indices(call: ElasticCall): Promise<Table> {
  const asked = call.part('name') || '*'
  const found = [
    ...(await objectsLike(call, 'index', asked)),
    ...(await objectsLike(call, 'data_stream', asked)),
  ]
  const columns =
    'health status index uuid pri rep docs.count docs.deleted store.size pri.store.size'
  const uuid = call.call.parts.server.cluster_uuid
  const rows = found.map(({ name }) => ['green', 'open', name, uuid, '1', '0'])
  return tableOf(columns, rows)
}

async function templates(call: ElasticCall): Promise<Table> {
  const asked = call.part('name') || '*'
  const rows: string[][] = []
  for (const kind of ['template', 'index_template'] as const) {
    for (const { name, body, version } of await objectsLike(call, kind, asked)) {
      const { index_patterns, order, priority } = body as TemplateBody
      const patterns = [index_patterns ?? []].flat().join(', ')
      rows.push([name, `[${patterns}]`, String(priority ?? order ?? 0), String(version), '[]'])
    }
  }
  return tableOf('name index_patterns order version composed_of', rows)
}
type TemplateBody = { index_patterns?: string[]; order?: number; priority?: number }

async function componentTemplates(call: ElasticCall): Promise<Table> {
  const found = await objectsLike(call, 'component_template', call.part('name') || '*')
  const rows = found.map(({ name, version }) => [name, String(version)])
  return tableOf('name version', rows)
}

async function aliases(call: ElasticCall): Promise<Table> {
  const found = await objectsLike(call, 'alias', call.part('name') || '*')
  const rows = found.flatMap(({ name, body }) =>
    Object.entries((body as AliasBody).indices).map(([index, options]) => {
      const writes = (options as { is_write_index?: boolean }).is_write_index
      return [name, index, '-', '-', '-', writes === undefined ? '-' : String(writes)]
    }),
  )
  return tableOf('alias index filter routing.index routing.search is_write_index', rows)
}

function healthTable({ call }: ElasticCall): Table {
  const now = new Date(call.parts.now_ms())
  const epoch = String(Math.floor(now.getTime() / 1000))
  const { status } = health() as { status: string }
  const counts = ['1', '1', '1', '1', '0', '0', '0', '0', '0', '-', '100.0%']
  const columns =
    'epoch timestamp cluster status node.total node.data shards pri relo init unassign ' +
    'unassign.pri pending_tasks max_task_wait_time active_shards_percent'
  return tableOf(columns, [
    [epoch, now.toISOString().slice(11, 19), clusterName, status, ...counts],
  ])
}

function nodes({ call }: ElasticCall): Table {
  const ip = String(call.headers.host ?? '').replace(/:\d+$/, '')
  const { name } = call.parts.server
  const columns = 'ip version node.role master name'
  return tableOf(columns, [[ip, elasticVersion, 'dim', '*', name]])
}

function master({ call }: ElasticCall): Table {
  const { name, cluster_uuid } = call.parts.server
  const ip = String(call.headers.host ?? '').replace(/:\d+$/, '')
  return tableOf('id host ip node', [[cluster_uuid, ip, ip, name]])
}

/** Of what there is none of, the table is empty. */
const nothing = (columns: string) => (): Table => tableOf(columns, [])

/** Short names by which people ask for columns. */
const shortNames: Readonly<Record<string, string>> = {
  h: 'health status',
  st: 'status',
  s: 'status state',
  i: 'index',
  idx: 'index',
  dc: 'docs.count',
  dd: 'docs.deleted',
  ss: 'store.size',
  cl: 'cluster',
  t: 'timestamp',
  n: 'name',
  v: 'version',
  p: 'index_patterns pri',
  a: 'alias',
  m: 'master',
  r: 'node.role rep',
  role: 'node.role',
  nt: 'node.total',
}

/** The columns that `h` asks for, by name, short name or pattern; unknown ones are left out. */
function columnsOf(asked: string | null, columns: readonly string[]): readonly string[] {
  if (asked === null || asked === '') return columns
  return asked
    .split(',')
    .slice(0, 50)
    .flatMap((one) => {
      if (columns.includes(one)) return [one]
      const short = shortNames[one]?.split(' ').find((name) => columns.includes(name))
      if (short !== undefined) return [short]
      return one.includes('*') ? columns.filter((name) => isLike(one.slice(0, 100), name)) : []
    })
}

/** `s=index:desc,health`. */
function sorted(rows: readonly Row[], asked: string | null, columns: readonly string[]) {
  const order = (asked ?? '')
    .split(',')
    .slice(0, 10)
    .flatMap((one) => {
      const [name = '', way] = one.split(':')
      return columnsOf(name || '-', columns).map(
        (column) => [column, way === 'desc' ? -1 : 1] as const,
      )
    })
  return [...rows].sort((a, b) => {
    for (const [column, way] of order) {
      const [left, right] = [a[column] ?? '', b[column] ?? '']
      if (left !== right) return left < right ? -way : way
    }
    return 0
  })
}

function cat(make: MakeTable): ElasticHandler {
  return async (call) => {
    const { query, headers } = call.call
    const { columns, rows: found } = await make(call)
    if (query.has('help')) return { status: 200, text: columns.map((one) => `${one}\n`).join('') }
    const rows = sorted(found, query.get('s'), columns)
    const shown = columnsOf(query.get('h'), columns)
    const wantsJson =
      query.get('format') === 'json' ||
      (query.get('format') === null && /json/i.test(String(headers.accept ?? '')))
    if (wantsJson) {
      const picked = rows.map((row) => Object.fromEntries(shown.map((name) => [name, row[name]])))
      return { status: 200, json: picked }
    }
    const hasHead = query.has('v') && query.get('v') !== 'false'
    return { status: 200, text: textTable(shown, rows, hasHead) }
  }
}

function textTable(columns: readonly string[], rows: readonly Row[], hasHead: boolean): string {
  const lines = rows.map((row) => columns.map((name) => row[name] ?? ''))
  if (hasHead) lines.unshift([...columns])
  const widths = columns.map((_name, at) => Math.max(...lines.map((line) => line[at]!.length), 0))
  const padded = (line: readonly string[]) =>
    line.map((cell, at) => (at === line.length - 1 ? cell : cell.padEnd(widths[at]!))).join(' ')
  return lines.map((line) => `${padded(line)}\n`).join('')
}

const tables: Readonly<Record<string, MakeTable>> = {
  health: healthTable,
  nodes,
  master,
  indices,
  templates,
  component_templates: componentTemplates,
  aliases,
  count: ({ call }) =>
    tableOf('epoch timestamp count', [[String(Math.floor(call.parts.now_ms() / 1000))]]),
  plugins: nothing('name component version'),
  shards: nothing('index shard prirep state docs store ip node'),
  segments: nothing('index shard prirep ip segment'),
  recovery: nothing('index shard time type stage'),
  allocation: nothing('shards disk.indices disk.used disk.avail disk.total host ip node'),
  pending_tasks: nothing('insertOrder timeInQueue priority source'),
  tasks: nothing('action task_id parent_task_id type start_time timestamp running_time ip node'),
  thread_pool: nothing('node_name name active queue rejected'),
  fielddata: nothing('id host ip node field size'),
  nodeattrs: nothing('node host ip attr value'),
  repositories: nothing('id type'),
}

function list(): ElasticAnswer {
  const names = Object.keys(tables).map((name) => `/_cat/${name}\n`)
  return { status: 200, text: `=^.^=\n${names.join('')}` }
}

export const catRoutes: readonly ElasticRoute[] = [
  ['GET', '/_cat', list],
  ...Object.entries(tables).flatMap(([name, make]): ElasticRoute[] => [
    ['GET', `/_cat/${name}`, cat(make)],
    ['GET', `/_cat/${name}/{name}`, cat(make)],
  ]),
]
