/**
 * Brings the tables up to date from numbered files, forward only. A journal holds every finished
 * statement, so a kill at any point is survived: what is not in it runs again, harmlessly.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { Fault } from '../model/faults.ts'
import { durable } from './durable.ts'
import { type Sql, sql } from './sql.ts'

export type MigrationFile = { name: string; text: string }
export type Step = { file: string; step: number; checksum: string; statements: string[] }
type JournalRow = { file: string; step: number; checksum: string }

export type Migrator = {
  rows<Row>(query: Sql): Promise<Row[]>
  command(statement: Sql): Promise<void>
}

/** Returns how many steps ran. */
export async function migrate(
  store: Migrator,
  files: readonly MigrationFile[],
  cluster: string | undefined,
): Promise<number> {
  for (const statement of render(journalTable, cluster, 'migrations')) {
    await store.command(sql.raw(statement))
  }
  const journal = await store.rows<JournalRow>(
    sql`SELECT DISTINCT file, step, checksum FROM migrations ORDER BY file, step`,
  )
  const steps = files.flatMap((file) => stepsOf(file, cluster))
  const done = finished(journal, steps)
  let ran = 0
  for (const step of steps) {
    if (done.has(`${step.file} ${step.step}`)) continue
    for (const statement of step.statements) await store.command(sql.raw(statement))
    const entry = sql.join([sql`${step.file}`, sql`${step.step}`, sql`${step.checksum}`])
    await store.command(sql`INSERT INTO migrations (file, step, checksum) SELECT ${entry}`)
    ran++
  }
  return ran
}

export function readMigrations(folder = new URL('./tables/', import.meta.url)): MigrationFile[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name))
    .sort()
    .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))
}

/** What a file's statements become on this kind of store. */
export function stepsOf(file: MigrationFile, cluster: string | undefined): Step[] {
  return splitStatements(file.text).map((statement, step) => ({
    file: file.name,
    step,
    checksum: createHash('sha256').update(statement.replace(/\s+/g, ' ')).digest('hex'),
    statements: render(statement, cluster),
  }))
}

/** A file that ran and then changed would leave stores that differ by when they were made. */
function finished(journal: readonly JournalRow[], steps: readonly Step[]): Set<string> {
  const known = new Map(steps.map((step) => [`${step.file} ${step.step}`, step.checksum]))
  for (const { file, step, checksum } of journal) {
    if (known.get(`${file} ${step}`) !== checksum) {
      throw new Fault('store_migration_changed', { file, step: step + 1 })
    }
  }
  return new Set(journal.map(({ file, step }) => `${file} ${step}`))
}

const journalTable = `CREATE TABLE {table migrations} (
  file String, step UInt32, checksum String, time DateTime64(3) DEFAULT now64(3)
) ENGINE = {engine MergeTree} ORDER BY (file, step) SETTINGS {durable}`

/** Cuts at semicolons outside of quotes and comments, and drops comments. */
export function splitStatements(text: string): string[] {
  const statements: string[] = []
  let statement = ''
  const token =
    /'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"|--[^\n]*|\/\*[\s\S]*?\*\/|[\s\S]/g
  for (const [piece] of text.matchAll(token)) {
    if (piece === ';') {
      statements.push(statement)
      statement = ''
    } else if (!piece.startsWith('--') && !piece.startsWith('/*')) {
      statement += piece
    }
  }
  return [...statements, statement].map((each) => each.trim()).filter((each) => each !== '')
}

/**
 * On one server names and engines are plain. On a cluster every table is `x_local` on each server,
 * replicated, with a Distributed `x` over them; views feed local tables from local tables.
 */
function render(statement: string, cluster: string | undefined, name?: string): string[] {
  const onCluster = cluster === undefined ? '' : ` ON CLUSTER ${sql.identifier(cluster).text}`
  const local = cluster === undefined ? '' : '_local'
  let created = name
  let altered: string | undefined
  const text = statement.replace(
    /\{(table|altered|view|target|source|engine|durable)(?: ([^}]+))?\}/g,
    (_hole, kind: string, word = '') => {
      if (kind === 'durable') return durable(cluster !== undefined)
      if (kind === 'engine') return cluster === undefined ? word : replicated(word)
      if (kind === 'table') created = word
      if (kind === 'table') return `IF NOT EXISTS ${word}${local}${onCluster}`
      if (kind === 'altered') altered = word
      if (kind === 'altered') return `${word}${local}${onCluster}`
      if (kind === 'view') return `IF NOT EXISTS ${word}${onCluster}`
      return `${word}${local}`
    },
  )
  if (cluster !== undefined && altered !== undefined) {
    return [text, text.replace(`${altered}_local`, altered)]
  }
  if (cluster === undefined || created === undefined) return [text]
  const over = [sql`${cluster}`.text, 'currentDatabase()', `'${created}_local'`, shardBy(created)]
  const distributed = `${created}_local ENGINE = Distributed(${over.join(', ')})`
  return [text, `CREATE TABLE IF NOT EXISTS ${created}${onCluster} AS ${distributed}`]
}

function replicated(engine: string): string {
  const [, family, values] = /^(\w+)(?:\((.*)\))?$/.exec(engine)!
  const place = "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'"
  return `Replicated${family}(${[place, values].filter(Boolean).join(', ')})`
}

/** Rows that are read together, or that replace each other, lie on one shard. */
function shardBy(table: string): string {
  if (table === 'spans' || table === 'trace_index') return 'cityHash64(trace_id)'
  if (table === 'logs' || table === 'resources') return 'resource_id'
  if (table.startsWith('metric_')) return 'series_id'
  if (table === 'kubernetes_objects' || table === 'kubernetes_current') return 'cityHash64(uid)'
  if (table === 'service_edges_1m') return 'cityHash64(service, peer_service)'
  return 'rand()'
}
