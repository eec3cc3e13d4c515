/** The API over a store with documents in it, asked without a server. */
import { expect } from 'vitest'
import { elasticApi } from '../../src/api/elastic/elastic-api.ts'
import { everything, type Scope } from '../../src/model/question.ts'
import { type QueryContext, queryLimits } from '../../src/query/context.ts'
import { type FixtureStore, openFixtureStore } from '../store/fixture-store.ts'
import { apiCall } from './api-call.ts'
import { addDocs, madeDocs, now_ms } from './elastic-rows.ts'

export const docs = madeDocs(400)
export const index = 'logs-shop.log-default'

export class ElasticRig {
  readonly fixture: FixtureStore

  constructor(fixture: FixtureStore) {
    this.fixture = fixture
  }

  context(scope: Scope = everything): QueryContext {
    return { store: this.fixture.store, scope, now_ms, limits: queryLimits }
  }

  ask = async (path: string, body?: object | string, scope = everything, method = 'POST') => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
    const headers = { 'content-type': 'application/json' }
    const context = this.context(scope)
    const called = await apiCall(elasticApi, { method, path, body: text, headers, context })
    expect(called.headers['x-elastic-product']).toBe('Elasticsearch')
    return called
  }

  /** Several searches in one request, each of the index. */
  many = async (bodies: readonly object[], head: object = {}, scope = everything) => {
    const lines = bodies.flatMap((body) => [JSON.stringify(head), JSON.stringify(body)])
    const path = '/_msearch?max_concurrent_shard_requests=5'
    return (await this.ask(path, `${lines.join('\n')}\n`, scope)).json().responses
  }
}

export async function openElasticRig(): Promise<ElasticRig> {
  const fixture = await openFixtureStore()
  await addDocs(fixture, docs)
  return new ElasticRig(fixture)
}
