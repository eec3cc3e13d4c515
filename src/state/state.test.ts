/** One suite for both databases: what the state promises does not depend on which keeps it. */
import { execFile, execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  addIngestToken,
  listIngestTokens,
  markIngestTokenUsed,
  revokeIngestToken,
  validIngestTokens,
} from './ingest-tokens.ts'
import { migrate, migrations } from './migrations.ts'
import type { Database } from './schema.ts'
import { addSession, endOldSessions, endSession, findSession, touchSession } from './sessions.ts'
import { isSetupLinkValid, redeemSetupLink, replaceSetupLink } from './setup-links.ts'
import { openState, type State } from './state.ts'
import { addUser, findUser, hasAdmin } from './users.ts'

const now_ms = () => 1_000
const user = (id: string, name = id, role: 'admin' | 'viewer' = 'viewer') => ({
  id,
  name,
  role,
  password_hash: 'x',
  created_ms: 5_000_000_000_000,
})

function promises(open: () => Promise<State>): void {
  let state: State
  let db: Database
  beforeAll(async () => {
    state = await open()
    db = state.db
  })
  afterAll(() => state?.close())

  test('a user is found by a name in any case, and a name is taken once', async () => {
    expect(await addUser(db, user('u1', 'Ada'))).toBe(true)
    expect(await addUser(db, user('u2', 'ADA'))).toBe(false)
    expect(await findUser(db, 'aDa')).toEqual(user('u1', 'ada'))
    expect(await findUser(db, "ada' OR 1=1 --")).toBeUndefined()
    expect(await hasAdmin(db)).toBe(false)
  })

  test('a session ends when idle, when old, and when told to', async () => {
    await addSession(db, { id_hash: 'h', user_id: 'u1', created_ms: 100, seen_ms: 200 })
    const f = async (seen_after_ms: number, created_after_ms: number, found: boolean) => {
      const session = await findSession(db, 'h', { seen_after_ms, created_after_ms })
      expect(session !== undefined, `${seen_after_ms} ${created_after_ms}`).toBe(found)
    }
    await f(199, 99, true)
    await f(200, 99, false)
    await f(199, 100, false)
    await touchSession(db, 'h', 300)
    await f(299, 99, true)
    await endOldSessions(db, { seen_after_ms: 299, created_after_ms: 99 })
    await f(0, 0, true)
    await endOldSessions(db, { seen_after_ms: 300, created_after_ms: 99 })
    await f(0, 0, false)
    await addSession(db, { id_hash: 'i', user_id: 'u1', created_ms: 1, seen_ms: 1 })
    await endSession(db, 'i')
    expect(await findSession(db, 'i', { seen_after_ms: 0, created_after_ms: 0 })).toBeUndefined()
  })

  test('a session needs a user that exists', async () => {
    const orphan = { id_hash: 'o', user_id: 'nobody', created_ms: 1, seen_ms: 1 }
    await expect(addSession(db, orphan)).rejects.toThrow(/foreign key/i)
  })

  test('a token is listed with its times and never with its hash', async () => {
    const made = { id: 't1', name: 'shop', cluster: 'eu-1', created_ms: 10 }
    await addIngestToken(db, { ...made, secret_hash: 's1' })
    await addIngestToken(db, { ...made, id: 't2', created_ms: 20, secret_hash: 's2' })
    expect(await listIngestTokens(db)).toEqual([
      { ...made, id: 't2', created_ms: 20, last_used_ms: null, revoked_ms: null },
      { ...made, last_used_ms: null, revoked_ms: null },
    ])
  })

  test('a use is remembered and never goes backwards', async () => {
    for (const used of [50, 70, 60]) await markIngestTokenUsed(db, 't1', used)
    const tokens = await listIngestTokens(db)
    expect(tokens.map((token) => token.last_used_ms)).toEqual([null, 70])
  })

  test('a revoked token is listed and no longer valid', async () => {
    expect(await revokeIngestToken(db, 't1', 80)).toBe(true)
    expect(await revokeIngestToken(db, 't1', 90)).toBe(true)
    expect(await revokeIngestToken(db, 'none', 90)).toBe(false)
    const tokens = await listIngestTokens(db)
    expect(tokens.map((token) => token.revoked_ms)).toEqual([null, 80])
    expect(await validIngestTokens(db)).toEqual([{ id: 't2', cluster: 'eu-1', secret_hash: 's2' }])
  })

  test('a setup link makes one administrator, once, in time', async () => {
    const admin = (id: string, created_ms: number) => ({ ...user(id, id, 'admin'), created_ms })
    await replaceSetupLink(db, { token_hash: 'old', expires_ms: 100 })
    await replaceSetupLink(db, { token_hash: 'new', expires_ms: 100 })
    expect(await isSetupLinkValid(db, 'old', 50)).toBe(false)
    expect(await isSetupLinkValid(db, 'new', 50)).toBe(true)
    expect(await isSetupLinkValid(db, 'new', 100)).toBe(false)
    expect(await redeemSetupLink(db, 'old', admin('a0', 50))).toBe(false)
    expect(await redeemSetupLink(db, 'new', admin('a0', 100))).toBe(false)
    const racers = ['a1', 'a2', 'a3'].map((id) => redeemSetupLink(db, 'new', admin(id, 50)))
    expect((await Promise.all(racers)).filter(Boolean)).toHaveLength(1)
    expect(await hasAdmin(db)).toBe(true)
    await replaceSetupLink(db, { token_hash: 'more', expires_ms: 100 })
    expect(await isSetupLinkValid(db, 'more', 50)).toBe(false)
    expect(await redeemSetupLink(db, 'more', admin('a9', 50))).toBe(false)
  })

  test('a failed transaction leaves nothing, even beside others', async () => {
    const failing = db.transaction().execute(async (transaction) => {
      await addUser(transaction, user('gone'))
      throw new Error('on purpose')
    })
    const [failed] = await Promise.allSettled([failing, addUser(db, user('kept'))])
    expect(failed.status).toBe('rejected')
    expect(await findUser(db, 'gone')).toBeUndefined()
    expect(await findUser(db, 'kept')).toBeDefined()
  })

  test('migrations run once, and a broken step leaves the schema as it was', async () => {
    const anyDb = db as never
    expect(await migrate(anyDb, { applied_ms: 1 })).toEqual([])
    const number = migrations.length + 1
    const broken = {
      number,
      name: 'x',
      statements: ['CREATE TABLE half (a text)', 'CREATE nonsense'],
    }
    const steps = [...migrations, broken]
    await expect(migrate(anyDb, { applied_ms: 1, steps })).rejects.toThrow()
    await expect(sql`SELECT * FROM half`.execute(db)).rejects.toThrow(/half/)
    expect(await migrate(anyDb, { applied_ms: 1 })).toEqual([])
  })

  test('it is healthy until it is closed', async () => {
    const other = await open()
    expect(await other.healthy()).toBe(true)
    await other.close()
    expect(await other.healthy()).toBe(false)
  })
}

describe('SQLite', () => {
  const dir = mkdtempSync(join(tmpdir(), 'crowsnest-state-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))
  promises(() => openState({ url: '', dir }, { now_ms }))

  test('what was kept is there after opening again', async () => {
    const first = await openState({ url: '', dir }, { now_ms })
    await addUser(first.db, user('again'))
    await first.close()
    const second = await openState({ url: '', dir }, { now_ms })
    expect(await findUser(second.db, 'again')).toEqual(user('again'))
    await second.close()
  })
})

const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : []
const bin = versions.map((version) => `/usr/lib/postgresql/${version}/bin`).find(existsSync)

if (bin === undefined) {
  test('PostgreSQL: not checked here, its server is not installed (Debian: postgresql)', () => {
    expect(bin).toBeUndefined()
  })
} else {
  describe('PostgreSQL', () => {
    const dir = mkdtempSync(join(tmpdir(), 'crowsnest-pg-'))
    // The server refuses to run as root; Debian's package brings the user postgres.
    const asUser = process.getuid?.() === 0 ? postgresUser() : undefined
    const run = (name: string, args: string[]) =>
      promisify(execFile)(join(bin, name), args, { ...asUser, cwd: dir })
    const url = `postgresql://crowsnest@localhost/postgres?host=${encodeURIComponent(dir)}`

    beforeAll(async () => {
      if (asUser) chownSync(dir, asUser.uid, asUser.gid)
      await run('initdb', ['-D', join(dir, 'data'), '-U', 'crowsnest', '-A', 'trust', '--no-sync'])
      const options = `-k ${dir} -c listen_addresses= -c fsync=off`
      const log = join(dir, 'log')
      await run('pg_ctl', ['-D', join(dir, 'data'), '-l', log, '-w', '-o', options, 'start'])
    })
    afterAll(async () => {
      await run('pg_ctl', ['-D', join(dir, 'data'), '-m', 'immediate', 'stop'])
      rmSync(dir, { recursive: true, force: true })
    })

    promises(() => openState({ url, dir: '' }, { now_ms }))

    test('servers that start together agree on one schema', async () => {
      const schema = `s${process.pid}`
      const first = await openState({ url, dir: '' }, { now_ms })
      await sql`CREATE SCHEMA ${sql.id(schema)}`.execute(first.db)
      const options = encodeURIComponent(`-c search_path=${schema}`)
      const opened = await Promise.all(
        [1, 2, 3].map(() => openState({ url: `${url}&options=${options}`, dir: '' }, { now_ms })),
      )
      expect(await Promise.all(opened.map((state) => state.healthy()))).toEqual([true, true, true])
      for (const state of [first, ...opened]) await state.close()
    })
  })
}

function postgresUser(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}
