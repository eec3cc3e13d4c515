/**
 * What clients ask about themselves. A token may send and nothing else, so every right that a
 * shipper asks for is one it has; making tokens is left to Settings.
 */
import { type ElasticAnswer, ElasticError } from './answers.ts'
import type { ElasticCall, ElasticRoute } from './route-table.ts'

const realm = { name: 'ingest_token', type: 'token' }

function authenticate({ call }: ElasticCall): ElasticAnswer {
  const { token_id, agent_id } = call.principal
  return {
    status: 200,
    json: {
      username: token_id ?? agent_id ?? 'anonymous',
      roles: ['ingest'],
      full_name: null,
      email: null,
      metadata: {},
      enabled: true,
      authentication_realm: realm,
      lookup_realm: realm,
      authentication_type: token_id === undefined ? 'anonymous' : 'token',
    },
  }
}

async function hasPrivileges({ call, json }: ElasticCall): Promise<ElasticAnswer> {
  const asked = asObject(await json())
  const cluster = allOf(asked.cluster)
  const index: [string, object][] = []
  for (const one of asList(asked.index)) {
    const { names, privileges } = asObject(one)
    for (const name of typeof names === 'string' ? [names] : asList(names)) {
      index.push([String(name), allOf(privileges)])
    }
  }
  return {
    status: 200,
    json: {
      username: call.principal.token_id ?? 'anonymous',
      has_all_requested: true,
      cluster,
      index: Object.fromEntries(index),
      application: {},
    },
  }
}

function allOf(privileges: unknown): object {
  return Object.fromEntries(asList(privileges).map((one) => [String(one), true]))
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, 1000) : []
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function refuseKeys(): never {
  const reason = 'ingest tokens are made under Settings, and sent as ApiKey, Bearer or Basic'
  throw new ElasticError(400, 'illegal_argument_exception', reason)
}

export const securityRoutes: readonly ElasticRoute[] = [
  ['GET', '/_security/_authenticate', authenticate],
  ['GET POST', '/_security/user/_has_privileges', hasPrivileges],
  ['GET POST', '/_security/user/{user}/_has_privileges', hasPrivileges],
  ['GET POST', '/_security/_has_privileges', hasPrivileges],
  ['POST PUT GET DELETE', '/_security/api_key', refuseKeys],
]
