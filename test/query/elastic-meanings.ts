/** Queries of the query DSL, each with what it means of a document: the oracle of searches. */
import { type Doc, now_ms } from './elastic-rows.ts'

/** The query and what it means of a document. */
export const meanings: readonly (readonly [object, (doc: Doc) => boolean])[] = [
  [{ match_all: {} }, () => true],
  [{ match_none: {} }, () => false],
  [{ term: { 'user.name': 'user1' } }, (doc) => doc.user === 'user1'],
  [{ term: { 'user.name.keyword': { value: 'user1' } } }, (doc) => doc.user === 'user1'],
  [{ term: { tags: 'b' } }, (doc) => doc.tags.includes('b')],
  [{ term: { 'log.level': 'error' } }, (doc) => doc.level === 'error'],
  [{ term: { 'http.response.status_code': 404 } }, (doc) => doc.status === 404],
  [{ term: { 'host.name': 'node-2' } }, (doc) => doc.host === 'node-2'],
  [{ terms: { 'kubernetes.pod.name': ['redis-0', 'none'] } }, (doc) => doc.pod === 'redis-0'],
  [{ range: { bytes: { gte: 500, lt: 1000 } } }, (doc) => doc.bytes >= 500 && doc.bytes < 1000],
  [
    { range: { '@timestamp': { gt: 'now-1m', lte: 'now' } } },
    (doc) => doc.time_ms >= now_ms - 59_999,
  ],
  [{ exists: { field: 'user.name' } }, () => true],
  [{ exists: { field: 'nothing.here' } }, () => false],
  [{ prefix: { 'kubernetes.pod.name': 'redis' } }, (doc) => doc.pod.startsWith('redis')],
  [{ wildcard: { 'user.name': { value: '*R?', case_insensitive: true } } }, () => true],
  [{ regexp: { 'user.name': 'user[0-2]' } }, (doc) => /^user[0-2]$/.test(doc.user)],
  [{ match: { message: 'timed served' } }, (doc) => /timed|served/.test(doc.message)],
  [
    { match: { message: { query: 'was served', operator: 'and' } } },
    (doc) => /was served/.test(doc.message),
  ],
  [{ match_phrase: { message: 'failed badly' } }, (doc) => doc.message.includes('failed badly')],
  [{ match_phrase_prefix: { message: 'failed ba' } }, (doc) => doc.message.includes('failed ba')],
  [
    { bool: { must: [{ term: { 'log.level': 'warn' } }], must_not: { term: { tags: 'a' } } } },
    (doc) => doc.level === 'warn' && !doc.tags.includes('a'),
  ],
  [
    {
      bool: {
        should: [
          { term: { tags: 'a' } },
          { term: { 'log.level': 'info' } },
          { range: { bytes: { lt: 100 } } },
        ],
        minimum_should_match: 2,
      },
    },
    (doc) =>
      Number(doc.tags.includes('a')) + Number(doc.level === 'info') + Number(doc.bytes < 100) >= 2,
  ],
  ...(
    [
      [
        'user.name:user1 AND log.level:error',
        (doc) => doc.user === 'user1' && doc.level === 'error',
      ],
      ['"timed out"', (doc) => doc.message.includes('timed out')],
      ['kubernetes.pod.name:redis*', (doc) => doc.pod.startsWith('redis')],
      ['bytes:[100 TO 200}', (doc) => doc.bytes >= 100 && doc.bytes < 200],
      [
        'http.response.status_code:>=404 -tags:c',
        (doc) => doc.status >= 404 && !doc.tags.includes('c'),
      ],
      ['user.name:(user1 OR user2)', (doc) => /^user[12]$/.test(doc.user)],
      ['NOT user.name:/user[1-5]/', (doc) => doc.user === 'user0'],
      ['_exists_:bytes AND *', () => true],
      ['+failed -user.name:user3', (doc) => /failed/.test(doc.message) && doc.user !== 'user3'],
    ] as const satisfies readonly (readonly [string, (doc: Doc) => boolean])[]
  ).map(([query, means]) => [{ query_string: { query, analyze_wildcard: true } }, means] as const),
]
