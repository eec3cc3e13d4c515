/** Data table: what the console completes after a method. Braces stand for a name to be typed. */

export const methods = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD'] as const

type Known = { methods: string; path: string; query?: string }

const pipelines: readonly Known[] = [
  { methods: 'GET', path: '_ingest/pipeline', query: 'summary' },
  { methods: 'GET PUT DELETE', path: '_ingest/pipeline/{pipeline}' },
  { methods: 'POST', path: '_ingest/pipeline/_simulate', query: 'verbose' },
  { methods: 'POST', path: '_ingest/pipeline/{pipeline}/_simulate', query: 'verbose' },
  { methods: 'GET', path: '_ingest/processor/grok', query: 'ecs_compatibility=v1 s' },
  { methods: 'GET', path: '_nodes/stats/ingest' },
]

const documents: readonly Known[] = [
  { methods: 'POST', path: '_bulk', query: 'pipeline=' },
  { methods: 'POST', path: '{index}/_bulk', query: 'pipeline=' },
  { methods: 'POST', path: '{index}/_doc', query: 'pipeline=' },
  { methods: 'PUT', path: '{index}/_create/{id}', query: 'pipeline=' },
]

const tables = [
  'health',
  'indices',
  'nodes',
  'templates',
  'component_templates',
  'aliases',
  'count',
]

const kept: readonly Known[] = [
  { methods: 'GET', path: '_ilm/policy' },
  { methods: 'GET PUT DELETE', path: '_ilm/policy/{name}' },
  { methods: 'GET', path: '_index_template' },
  { methods: 'GET PUT DELETE', path: '_index_template/{name}' },
  { methods: 'GET', path: '_component_template' },
  { methods: 'GET PUT DELETE', path: '_component_template/{name}' },
  { methods: 'GET PUT DELETE', path: '_data_stream/{name}' },
  { methods: 'GET PUT DELETE', path: '_scripts/{name}' },
  { methods: 'GET PUT', path: '_cluster/settings' },
]

export const knownPaths: readonly Known[] = [
  ...pipelines,
  ...documents,
  { methods: 'GET', path: '_cat' },
  ...tables.map((name) => ({ methods: 'GET', path: `_cat/${name}`, query: 'v format=json' })),
  ...kept,
  { methods: 'GET', path: '_cluster/health' },
  { methods: 'GET', path: '_license' },
  { methods: 'GET', path: '_xpack' },
]
