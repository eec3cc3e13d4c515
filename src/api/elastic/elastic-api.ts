/**
 * What Elasticsearch's clients read: searches, counts, fields and ES|QL over what is stored here.
 * What they write and manage is the receiver's, at the same addresses.
 */
import type { Api, ApiCall } from '../api.ts'
import { type ElasticAnswer, render, toldError } from './answers.ts'
import { catRoutes } from './cat-routes.ts'
import { catalogRoutes } from './catalog-routes.ts'
import { cursorRoutes } from './cursor-routes.ts'
import { esqlRoutes } from './esql-routes.ts'
import { type ElasticCall, parsedJson, textOf } from './request.ts'
import { RouteTable } from './route-table.ts'
import { searchRoutes } from './search-routes.ts'

const routes = new RouteTable([
  ...searchRoutes,
  ...cursorRoutes,
  ...catalogRoutes,
  ...catRoutes,
  ...esqlRoutes,
])

/** Two of a kind that begin with an underscore: everything else is not read here. */
const own = new RegExp(
  '/_(?:search|msearch|count|validate|mget|async_search|pit|field_caps|mappings?|settings|' +
    'stats|resolve|query|cat|doc|source)(?:/|$)',
)

export const elasticApi: Api = {
  name: 'elastic',
  mounts: [
    { listener: 'elastic', under: '' },
    { listener: 'ui', under: '/elastic' },
    { listener: 'ui', under: '/es' },
  ],
  serves: (method, path) => own.test(path) && routes.find(method, path) !== undefined,
  async answer(call) {
    return render(await answerOf(call), call)
  },
  refused: (error, head) => render(toldError(error), head),
}

async function answerOf(call: ApiCall): Promise<ElasticAnswer> {
  const found = routes.find(call.method, call.path)
  if (found === undefined) {
    const error =
      `no handler found for uri [${call.path.slice(0, 200)}] and method ` + `[${call.method}]`
    return { status: 400, json: { error } }
  }
  const { context, query } = call
  let read: Promise<unknown> | undefined
  const json = () => {
    read ??= textOf(call).then(parsedJson)
    return read
  }
  const asked: ElasticCall = {
    ...{ call, context, query, json },
    part: (name) => found.parts.get(name) ?? '',
  }
  try {
    return await found.handler(asked)
  } catch (error) {
    if (context.signal?.aborted) throw error
    const told = toldError(error)
    if (told.status === 500) throw error
    return told
  }
}
