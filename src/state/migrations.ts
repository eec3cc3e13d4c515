/**
 * Steps of the state's schema, forward only. One text serves SQLite and PostgreSQL: text and bigint
 * mean the same in both. A step that was released is never edited; the next number corrects it.
 */
import { type Kysely, sql } from 'kysely'

type Migration = { number: number; name: string; statements: readonly string[] }

export const migrations: readonly Migration[] = [
  {
    number: 1,
    name: 'users, sessions, ingest tokens, setup links',
    statements: [
      `CREATE TABLE users (
        id text PRIMARY KEY,
        name text NOT NULL UNIQUE,
        role text NOT NULL CHECK (role IN ('admin', 'viewer')),
        password_hash text NOT NULL,
        created_ms bigint NOT NULL
      )`,
      `CREATE TABLE sessions (
        id_hash text PRIMARY KEY,
        user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        created_ms bigint NOT NULL,
        seen_ms bigint NOT NULL
      )`,
      'CREATE INDEX sessions_user ON sessions (user_id)',
      `CREATE TABLE ingest_tokens (
        id text PRIMARY KEY,
        name text NOT NULL,
        cluster text NOT NULL,
        secret_hash text NOT NULL,
        created_ms bigint NOT NULL,
        last_used_ms bigint,
        revoked_ms bigint
      )`,
      `CREATE TABLE setup_links (
        token_hash text PRIMARY KEY,
        expires_ms bigint NOT NULL
      )`,
    ],
  },
  {
    number: 2,
    name: 'fleet: policies, agents, enrolment tokens, rollouts',
    statements: [
      `CREATE TABLE policies (
        id text PRIMARY KEY,
        name text NOT NULL UNIQUE,
        description text NOT NULL,
        unenroll_after_s bigint NOT NULL,
        revision bigint NOT NULL,
        active_revision bigint NOT NULL,
        created_ms bigint NOT NULL,
        updated_ms bigint NOT NULL,
        updated_by text NOT NULL
      )`,
      `CREATE TABLE policy_revisions (
        policy_id text NOT NULL REFERENCES policies (id) ON DELETE CASCADE,
        revision bigint NOT NULL,
        document text NOT NULL,
        author text NOT NULL,
        note text NOT NULL,
        created_ms bigint NOT NULL,
        PRIMARY KEY (policy_id, revision)
      )`,
      `CREATE TABLE agents (
        id text PRIMARY KEY,
        enrolment_id text NOT NULL UNIQUE,
        kind text NOT NULL CHECK (kind IN ('node', 'cluster', 'host')),
        cluster text NOT NULL,
        node text NOT NULL,
        host text NOT NULL,
        version text NOT NULL,
        tags text NOT NULL,
        about text NOT NULL,
        policy_id text NOT NULL,
        key_hash text NOT NULL,
        state text NOT NULL,
        message text NOT NULL,
        components text NOT NULL,
        figures text NOT NULL,
        running_policy_id text NOT NULL,
        revision bigint NOT NULL,
        refused_revision bigint,
        refused_reason text NOT NULL,
        wait_s bigint NOT NULL,
        enrolled_ms bigint NOT NULL,
        seen_ms bigint NOT NULL,
        data_ms bigint,
        unenrolled_ms bigint,
        unenrolled_reason text NOT NULL,
        changed_ms bigint NOT NULL
      )`,
      'CREATE INDEX agents_policy ON agents (policy_id)',
      'CREATE INDEX agents_changed ON agents (changed_ms)',
      `CREATE TABLE enrolment_tokens (
        id text PRIMARY KEY,
        name text NOT NULL,
        policy_id text NOT NULL,
        cluster text NOT NULL,
        secret_hash text NOT NULL,
        created_ms bigint NOT NULL,
        created_by text NOT NULL,
        expires_ms bigint,
        uses_max bigint,
        uses bigint NOT NULL,
        revoked_ms bigint
      )`,
      `CREATE TABLE rollouts (
        id text PRIMARY KEY,
        policy_id text NOT NULL REFERENCES policies (id) ON DELETE CASCADE,
        revision bigint NOT NULL,
        previous_revision bigint NOT NULL,
        state text NOT NULL,
        stage bigint NOT NULL,
        offered text NOT NULL,
        reason text NOT NULL,
        started_ms bigint NOT NULL,
        stage_ms bigint NOT NULL,
        ended_ms bigint
      )`,
      'CREATE INDEX rollouts_policy ON rollouts (policy_id, started_ms)',
    ],
  },
  {
    number: 3,
    name: 'named objects',
    statements: [
      `CREATE TABLE named_objects (
        kind text NOT NULL,
        name text NOT NULL,
        body text NOT NULL,
        body_bytes bigint NOT NULL,
        version bigint NOT NULL,
        updated_ms bigint NOT NULL,
        updated_by text NOT NULL,
        PRIMARY KEY (kind, name)
      )`,
    ],
  },
  {
    number: 4,
    name: 'dashboards, their versions and stars',
    statements: [
      `CREATE TABLE dashboards (
        id text PRIMARY KEY,
        document text NOT NULL,
        version bigint NOT NULL,
        created_ms bigint NOT NULL,
        updated_ms bigint NOT NULL,
        updated_by text NOT NULL
      )`,
      `CREATE TABLE dashboard_versions (
        dashboard_id text NOT NULL REFERENCES dashboards (id) ON DELETE CASCADE,
        version bigint NOT NULL,
        document text NOT NULL,
        author text NOT NULL,
        note text NOT NULL,
        created_ms bigint NOT NULL,
        PRIMARY KEY (dashboard_id, version)
      )`,
      `CREATE TABLE dashboard_stars (
        user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        dashboard_id text NOT NULL,
        PRIMARY KEY (user_id, dashboard_id)
      )`,
    ],
  },
  {
    number: 5,
    name: 'read tokens',
    statements: [
      `CREATE TABLE read_tokens (
        id text PRIMARY KEY,
        name text NOT NULL,
        scope text NOT NULL,
        secret_hash text NOT NULL,
        created_ms bigint NOT NULL,
        last_used_ms bigint,
        revoked_ms bigint
      )`,
    ],
  },
]

type Journal = { schema_migrations: { number: number; name: string; applied_ms: number } }

/** Applies the missing steps, all in one transaction: a crash leaves the schema as it was. */
export async function migrate(
  db: Kysely<unknown>,
  options: { applied_ms: number; lock?: string; steps?: readonly Migration[] },
): Promise<number[]> {
  return (db as Kysely<Journal>).transaction().execute(async (transaction) => {
    // Servers that start together on one PostgreSQL take turns.
    if (options.lock !== undefined) await sql.raw(options.lock).execute(transaction)
    await sql`CREATE TABLE IF NOT EXISTS schema_migrations (
      number bigint PRIMARY KEY, name text NOT NULL, applied_ms bigint NOT NULL
    )`.execute(transaction)
    const applied = await transaction.selectFrom('schema_migrations').select('number').execute()
    const done = new Set(applied.map((row) => row.number))
    const missing = (options.steps ?? migrations).filter(({ number }) => !done.has(number))
    for (const { number, name, statements } of missing) {
      for (const statement of statements) await sql.raw(statement).execute(transaction)
      const row = { number, name, applied_ms: options.applied_ms }
      await transaction.insertInto('schema_migrations').values(row).execute()
    }
    return missing.map(({ number }) => number)
  })
}
