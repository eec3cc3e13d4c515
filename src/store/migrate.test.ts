/** Migrations: cutting, rendering, and a kill at every step. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLog } from '../../test/store/fixture-store.ts'
import { Fault } from '../model/faults.ts'
import { Client } from './client.ts'
import { Engine } from './engine.ts'
import { type MigrationFile, type Migrator, migrate, splitStatements, stepsOf } from './migrate.ts'
import type { Sql } from './sql.ts'

describe('statements are cut where they end', () => {
  const f = (text: string, statements: string[]) =>
    it(text, () => expect(splitStatements(text)).toEqual(statements))
  f('', [])
  f('A; B;', ['A', 'B'])
  f("A ';' B; C", ["A ';' B", 'C'])
  f("A 'it\\';s' ; C", ["A 'it\\';s'", 'C'])
  f("A 'it'';s' ; C", ["A 'it'';s'", 'C'])
  f('A `;` "b;" ; C', ['A `;` "b;"', 'C'])
  f('-- a; comment\nA; -- B\n', ['A'])
  f('A /* ; */ B', ['A  B'])
  f("A '-- no comment'", ["A '-- no comment'"])
})

describe('placeholders', () => {
  const text = `CREATE TABLE {table logs} (t DateTime) ENGINE = {engine ReplacingMergeTree(t)};
    CREATE MATERIALIZED VIEW {view v} TO {target x} AS SELECT 1 FROM {source logs}`
  const rendered = (cluster?: string) =>
    stepsOf({ name: '1', text }, cluster).map((step) => step.statements)

  it('are plain on one server', () =>
    expect(rendered()).toEqual([
      ['CREATE TABLE IF NOT EXISTS logs (t DateTime) ENGINE = ReplacingMergeTree(t)'],
      ['CREATE MATERIALIZED VIEW IF NOT EXISTS v TO x AS SELECT 1 FROM logs'],
    ]))

  it('change local tables first and then the distributed one', () => {
    const altered = 'ALTER TABLE {altered logs} ADD COLUMN IF NOT EXISTS x UInt8'
    const on = (cluster?: string) => stepsOf({ name: '1', text: altered }, cluster)[0]!.statements
    expect(on()).toEqual(['ALTER TABLE logs ADD COLUMN IF NOT EXISTS x UInt8'])
    expect(on('fleet')).toEqual([
      'ALTER TABLE logs_local ON CLUSTER `fleet` ADD COLUMN IF NOT EXISTS x UInt8',
      'ALTER TABLE logs ON CLUSTER `fleet` ADD COLUMN IF NOT EXISTS x UInt8',
    ])
  })

  it('are local tables under distributed ones on a cluster', () =>
    expect(rendered('fleet')).toEqual([
      [
        'CREATE TABLE IF NOT EXISTS logs_local ON CLUSTER `fleet` (t DateTime) ENGINE = ' +
          "ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', " +
          "'{replica}', t)",
        'CREATE TABLE IF NOT EXISTS logs ON CLUSTER `fleet` AS logs_local ENGINE = ' +
          "Distributed('fleet', currentDatabase(), 'logs_local', resource_id)",
      ],
      [
        'CREATE MATERIALIZED VIEW IF NOT EXISTS v ON CLUSTER `fleet` TO x_local ' +
          'AS SELECT 1 FROM logs_local',
      ],
    ]))
})

describe('on the engine', () => {
  let dir: string
  let engine: Engine
  let client: Client
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'crowsnest-migrate-'))
    const options = { dir, listen: 'socket' as const, memory_bytes_max: 500_000_000 }
    engine = new Engine(options, { log: silentLog, now_ms: Date.now })
    await engine.start()
    client = new Client(() => engine.endpoint)
  })
  afterAll(async () => {
    await engine.stop()
    client.close()
    rmSync(dir, { recursive: true, force: true })
  })

  /** Dies with the given statement: before it ran, or after it ran and before anybody knew. */
  const migrator = (
    database: string,
    killed?: { statement: number; isBefore: boolean },
  ): Migrator => {
    let statements = 0
    const call = (query: Sql) =>
      client.call({
        query: query.text,
        database,
        settings: { default_format: 'JSONEachRow' },
        lane: 'write',
        deadline_ms: 20_000,
      })
    return {
      rows: async <Row>(query: Sql) =>
        (await call(query))
          .toString()
          .split('\n')
          .filter(Boolean)
          .map((row) => JSON.parse(row) as Row),
      command: async (statement) => {
        const isLast = killed?.statement === ++statements
        if (isLast && killed.isBefore) engine.kill()
        else await call(statement)
        if (isLast && !killed.isBefore) engine.kill()
        if (isLast) throw new Error('killed')
      },
    }
  }
  const create = (database: string) =>
    migrator('default').command({ text: `CREATE DATABASE ${database}` } as Sql)
  const isBack = async () => {
    const deadline = Date.now() + 15_000
    for (;;) {
      const rows = await migrator('default')
        .rows({ text: 'SELECT 1' } as Sql)
        .catch(() => [])
      if (rows.length > 0) return
      if (Date.now() > deadline) throw new Error('The engine did not come back')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  const made = 'ENGINE = {engine MergeTree} ORDER BY x SETTINGS {durable}'
  const files: MigrationFile[] = [
    {
      name: '0001-a.sql',
      text: `CREATE TABLE {table a} (x UInt8) ${made};`,
    },
    {
      name: '0002-b.sql',
      text: `CREATE TABLE {table b} (x UInt8) ${made};
        CREATE MATERIALIZED VIEW {view ab} TO {target b} AS SELECT x FROM {source a};`,
    },
  ]

  it('survives a kill at every step, before and after it ran', async () => {
    // The journal, then three steps of one statement and one journal entry each.
    for (let statement = 1; statement <= 7; statement++) {
      for (const isBefore of [true, false]) {
        const database = `killed_${statement}_${isBefore}`
        await create(database)
        const first = migrate(migrator(database, { statement, isBefore }), files, undefined)
        await expect(first).rejects.toThrow('killed')
        await isBack()
        const ran = await migrate(migrator(database), files, undefined)
        expect(ran).toBe(Math.min(3, Math.ceil((7 - statement + (isBefore ? 1 : 0)) / 2)))
        expect(await migrate(migrator(database), files, undefined)).toBe(0)
        const made = await migrator(database).rows<{ name: string }>({
          text: 'SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name',
        } as Sql)
        expect(made.map((table) => table.name)).toEqual(['a', 'ab', 'b', 'migrations'])
      }
    }
  }, 60_000)

  it('refuses a file that ran and was changed, but not for its comments', async () => {
    await create('changed')
    const store = migrator('changed')
    await migrate(store, files, undefined)
    const commented = files.map((file) => ({ ...file, text: `-- why\n${file.text}` }))
    expect(await migrate(store, commented, undefined)).toBe(0)
    const changed = [{ ...files[0]!, text: files[0]!.text.replace('UInt8', 'UInt16') }, files[1]!]
    const refused = migrate(store, changed, undefined)
    await expect(refused).rejects.toBeInstanceOf(Fault)
    await expect(refused).rejects.toThrow('Step 1 of 0001-a.sql already ran')
    await expect(migrate(store, files.slice(0, 1), undefined)).rejects.toBeInstanceOf(Fault)
  })
})
