/** The tables of the transactional state, as kysely sees them. Their DDL is in migrations.ts. */
import type { Kysely } from 'kysely'

export type Role = 'admin' | 'viewer'

export type Tables = {
  users: {
    id: string
    name: string
    role: Role
    password_hash: string
    created_ms: number
  }
  sessions: {
    /** SHA-256 of the id that the cookie holds: a copy of this table opens no session. */
    id_hash: string
    user_id: string
    created_ms: number
    seen_ms: number
  }
  ingest_tokens: {
    id: string
    name: string
    cluster: string
    secret_hash: string
    created_ms: number
    last_used_ms: number | null
    revoked_ms: number | null
  }
  setup_links: { token_hash: string; expires_ms: number }
}

export type Database = Kysely<Tables>
