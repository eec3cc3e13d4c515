/**
 * The store as every other room sees it: rows, columns, commands and inserts over one client, on
 * the embedded engine or on a ClickHouse server. Leaves SQL texts to those who ask.
 */
import { mkdirSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { Fault } from '../model/faults.ts'
import { tables, type WrittenTable } from '../model/tables.ts'
import { type Call, Client, type Endpoint, faultOf, StoreError } from './client.ts'
import { Engine } from './engine.ts'
import { insertMissing } from './insert-missing.ts'
import { migrate, readMigrations } from './migrate.ts'
import { type Sql, sql } from './sql.ts'
import { syncTree } from './sync-tree.ts'

export interface Store {
  /** 64-bit integers arrive as strings. */
  rows<Row>(query: Sql, options?: QueryOptions): Promise<Row[]>
  columns(query: Sql, options?: QueryOptions): Promise<ColumnsAnswer>
  /** What the engine writes in a binary format, for answers too large for objects. */
  bytes(query: Sql, format: BytesFormat, options?: QueryOptions): Promise<Uint8Array>
  command(statement: Sql, options?: QueryOptions): Promise<void>
  /** Row bytes in RowBinary, columns in the order of model/tables.ts. Throws StoreError. */
  insert(
    table: WrittenTable,
    rowBytes: readonly Uint8Array[],
    options: InsertOptions,
  ): Promise<void>
  health(): Promise<StoreHealth>
  close(): Promise<void>
}

export type InsertOptions = {
  /** A repeated insert with the same token changes nothing. */
  token: string
  /**
   * The same insert may have been under way when the power went: the embedded engine then compares
   * rows, because its memory of tokens does not survive a power cut.
   */
  isUnsure?: boolean
}

export type BytesFormat = 'RowBinary' | 'Native'

export type ColumnsAnswer = { columns: Record<string, unknown[]>; rows: number }

export type QueryOptions = {
  timeout_ms?: number
  rows_max?: number
  memory_bytes_max?: number
  /** page: what people wait for. health: alerts and probes. write: inserts and jobs that write. */
  lane?: Lane
  signal?: AbortSignal | undefined
  /** For a command that inserts: run again with the same token, it changes nothing. */
  token?: string
}
export type Lane = 'page' | 'health' | 'write'

export type StoreHealth = {
  ready: boolean
  mode: 'embedded' | 'server'
  version: string
  /** How often the engine child had to be started again. */
  restarts: number
  disk_bytes: number
  disk_free_bytes: number
}

export type StoreConfig = {
  /** Holds everything of the embedded engine. */
  dir: string
  /** A ClickHouse server's HTTP address; the embedded engine is then not started. */
  url?: string | undefined
  user?: string | undefined
  password?: string | undefined
  database?: string | undefined
  /** The name in ON CLUSTER: replicated tables and a Distributed table over them. */
  cluster?: string | undefined
  /** The engine's own ceiling for all its queries. */
  memory_bytes_max?: number | undefined
}

/** What pino offers, as far as the store needs it. */
export type StoreLog = Record<
  'info' | 'warn' | 'error',
  (details: Record<string, unknown>, message: string) => void
>
export type StoreContext = { log: StoreLog; now_ms: () => number }

const timeoutMs = 20_000
const rowsMax = 100_000
const resultBytesMax = 256 * 1024 * 1024
const memoryBytesMax = 1_500_000_000
/** Waiting in the engine's queue comes on top of running. */
const queueMs = 15_000
const insertTimeoutMs = 60_000

/** Starts and supervises the engine, or connects to config.url; creates and migrates the tables. */
export async function openStore(config: StoreConfig, context: StoreContext): Promise<Store> {
  const { url } = config
  if (url !== undefined) {
    const endpoint = { url, user: config.user ?? 'default', key: config.password ?? '' }
    return prepared(new ClickHouseStore(config, context, undefined, () => endpoint))
  }
  mkdirSync(config.dir, { recursive: true, mode: 0o700 })
  const memory_bytes_max = config.memory_bytes_max ?? memoryBytesMax
  const engine = new Engine({ dir: config.dir, listen: 'socket', memory_bytes_max }, context)
  await engine.start()
  return prepared(new ClickHouseStore(config, context, engine, () => engine.endpoint))
}

async function prepared(store: ClickHouseStore): Promise<ClickHouseStore> {
  try {
    await store.prepare()
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

export class ClickHouseStore implements Store {
  readonly #config: StoreConfig
  readonly #context: StoreContext
  /** Undefined on a ClickHouse server, which somebody else runs. */
  readonly engine: Engine | undefined
  readonly #client: Client
  #version = ''

  constructor(
    config: StoreConfig,
    context: StoreContext,
    engine: Engine | undefined,
    endpoint: () => Endpoint | undefined,
  ) {
    this.#config = config
    this.#context = context
    this.engine = engine
    this.#client = new Client(endpoint)
  }

  async rows<Row>(query: Sql, options: QueryOptions = {}): Promise<Row[]> {
    const bytes = await this.#ask(query, 'JSONCompact', options)
    const answer = JSON.parse(bytes.toString()) as { meta: { name: string }[]; data: unknown[][] }
    const names = answer.meta.map((column) => column.name)
    return answer.data.map((values) => {
      const row: Record<string, unknown> = {}
      for (let i = 0; i < names.length; i++) row[names[i]!] = values[i]
      return row as Row
    })
  }

  async columns(query: Sql, options: QueryOptions = {}): Promise<ColumnsAnswer> {
    const bytes = await this.#ask(query, 'JSONColumnsWithMetadata', options)
    const answer = JSON.parse(bytes.toString()) as {
      meta: { name: string }[]
      data: Record<string, unknown[]>
      rows: number
    }
    // An answer without rows names its columns only in meta.
    const columns = answer.meta.map(({ name }) => [name, answer.data[name] ?? []])
    return { columns: Object.fromEntries(columns), rows: answer.rows }
  }

  bytes(query: Sql, format: BytesFormat, options: QueryOptions = {}): Promise<Uint8Array> {
    return this.#ask(query, format, options)
  }

  async command(statement: Sql, options: QueryOptions = {}): Promise<void> {
    await this.#ask(statement, 'Null', { lane: 'write', rows_max: 0, ...options })
  }

  async insert(
    table: WrittenTable,
    rowBytes: readonly Uint8Array[],
    options: InsertOptions,
  ): Promise<void> {
    const names = Object.keys(tables[table].columns).map(sql.identifier)
    const insert = async (into: Sql, token: string): Promise<void> => {
      const query = sql`INSERT INTO ${into} (${sql.join(names)}) FORMAT RowBinary`
      const settings = {
        ...insertSettings,
        ...(this.#config.cluster === undefined ? {} : { distributed_foreground_insert: 1 }),
        insert_deduplication_token: token,
      }
      const deadline_ms = insertTimeoutMs + queueMs
      await this.#call({ query: query.text, body: rowBytes, settings, lane: 'write', deadline_ms })
    }
    const isUnsure = options.isUnsure === true && this.engine !== undefined
    if (isUnsure) await insertMissing(this, table, options.token, insert)
    else await insert(sql.identifier(table), options.token)
  }

  async health(): Promise<StoreHealth> {
    const state = {
      mode: this.engine ? ('embedded' as const) : ('server' as const),
      version: this.#version,
      restarts: this.engine?.restarts ?? 0,
    }
    try {
      const [answer] = await this.rows<{ disk_bytes: string; free: string }>(
        sql`SELECT sum(bytes_on_disk) AS disk_bytes,
          (SELECT min(unreserved_space) FROM system.disks) AS free
          FROM system.parts WHERE database = currentDatabase()`,
        { lane: 'health', timeout_ms: 5_000 },
      )
      const free = this.engine ? await statfs(this.#config.dir) : undefined
      const disk_free_bytes = free ? free.bavail * free.bsize : Number(answer!.free)
      return { ready: true, ...state, disk_bytes: Number(answer!.disk_bytes), disk_free_bytes }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return { ready: false, ...state, disk_bytes: 0, disk_free_bytes: 0 }
    }
  }

  async close(): Promise<void> {
    await this.engine?.stop()
    this.#client.close()
  }

  /** The database and its tables. */
  async prepare(): Promise<void> {
    const { cluster, database, dir } = this.#config
    const name = sql.identifier(database ?? databaseName)
    const on = cluster === undefined ? sql`` : sql` ON CLUSTER ${sql.identifier(cluster)}`
    const query = sql`CREATE DATABASE IF NOT EXISTS ${name}${on}`
    await this.#call({
      query: query.text,
      settings: {},
      lane: 'write',
      deadline_ms: insertTimeoutMs,
      database: 'default',
    })
    const [engine] = await this.rows<{ version: string; zone: string }>(
      sql`SELECT version() AS version, timezone() AS zone`,
    )
    this.#version = engine!.version
    if (!/^(Etc\/)?(UTC|UCT|Zulu|Universal|GMT)$/.test(engine!.zone)) {
      this.#context.log.warn({ zone: engine!.zone }, 'the ClickHouse server does not run in UTC')
    }
    const ran = await migrate(this, readMigrations(), cluster)
    // The engine does not sync the directories of new tables: a power cut would take them away.
    if (ran > 0 && this.engine) await syncTree(dir)
    if (ran > 0) this.#context.log.info({ steps: ran }, 'tables are up to date')
  }

  async #ask(query: Sql, format: string, options: QueryOptions): Promise<Buffer> {
    const timeout_ms = options.timeout_ms ?? timeoutMs
    const ceiling = this.#config.memory_bytes_max ?? memoryBytesMax
    const memory_bytes_max = options.memory_bytes_max ?? Math.floor(ceiling / 2)
    try {
      return await this.#call({
        query: query.text,
        settings: {
          default_format: format,
          max_execution_time: timeout_ms / 1_000,
          max_memory_usage: memory_bytes_max,
          max_result_bytes: resultBytesMax,
          limit: options.rows_max ?? rowsMax,
          output_format_json_quote_64bit_integers: 1,
          ...(options.token === undefined ? {} : { insert_deduplication_token: options.token }),
          ...(this.#config.cluster === undefined ? {} : { distributed_product_mode: 'local' }),
        },
        lane: options.lane ?? 'page',
        deadline_ms: timeout_ms + queueMs,
        signal: options.signal,
      })
    } catch (error) {
      const away_since_ms = this.engine?.away_since_ms ?? 0
      throw faultOf(error, { timeout_ms, memory_bytes_max, away_since_ms })
    }
  }

  async #call(call: Omit<Call, 'database'> & { database?: string }): Promise<Buffer> {
    try {
      return await this.#client.call({ database: this.#config.database ?? databaseName, ...call })
    } catch (error) {
      if (error instanceof StoreError && error.code === 0) {
        this.#context.log.warn({ error: error.message }, 'the store could not be reached')
      }
      throw error
    }
  }
}

const databaseName = 'crowsnest'

/**
 * The whole body as one block: a repeated token then meets the same block and is dropped, in the
 * table and in its views. A body's size, not a row count, bounds the memory this takes.
 */
const insertSettings = {
  async_insert: 0,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  max_insert_block_size: 4_000_000,
  min_insert_block_size_rows: 4_000_000,
  min_insert_block_size_bytes: 0,
  max_partitions_per_insert_block: 0,
  max_execution_time: insertTimeoutMs / 1_000,
} as const
