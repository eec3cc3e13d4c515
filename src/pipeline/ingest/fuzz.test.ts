/** Seeded definitions and documents of every shape: an answer, and soon. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { onePipeline } from '../../../test/ingest/pipeline-fixture.ts'
import { compilePipeline } from './compile.ts'
import { PipelineRefused } from './pipeline-refused.ts'
import { processorKinds } from './processors.ts'
import type { Pipeline } from './run.ts'

const texts = fc.constantFrom(
  ...[
    '',
    'a',
    'a.b',
    'a.0',
    'tags',
    '_index',
    '_ingest._value',
    '{{a}}',
    '{{{a.b}}}',
    '{{#a}}x{{/a}}',
  ],
  ...[
    '=',
    ' ',
    ',',
    '[',
    '(a',
    '\\',
    '%{IP:a.b}',
    '%{a} %{b}',
    '%{GREEDYDATA:a:int}',
    'ISO8601',
    'UNIX',
  ],
  ...['yyyy', 'integer', 'ctx.a = 1', 'ctx.a.b.c == null', '1.2.3.4', '::1', 'http://x/y.z?q#f'],
  ...[
    '2026-11-21T10:00:00Z',
    '{"a":1}',
    '<b>x',
    '%41%',
    '1kb',
    '__proto__',
    'constructor',
    '\ud800',
  ],
)
const values: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    texts,
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(texts, tie('value'), { maxKeys: 4 }),
  ),
})).value
const optionNames = fc.constantFrom(
  ...['field', 'target_field', 'value', 'copy_from', 'pattern', 'patterns', 'separator', 'type'],
  ...[
    'formats',
    'field_split',
    'value_split',
    'replacement',
    'name',
    'fields',
    'source',
    'message',
  ],
  ...['ignore_missing', 'if', 'keep', 'properties', 'target_fields', 'timezone', 'dataset'],
)
const options = fc.dictionary(
  optionNames,
  fc.oneof(texts, texts, fc.array(texts, { maxLength: 2 }), values),
  { maxKeys: 6 },
)
const required = { field: 'a', value: '{{a}}', type: 'auto', separator: ',' }

const leaf = fc
  .tuple(fc.constantFrom(...processorKinds.keys()), options)
  .map(([name, one]) => ({ [name]: one }))
const fitting = fc.constantFrom<object>(
  ...[
    'lowercase',
    'trim',
    'html_strip',
    'urldecode',
    'bytes',
    'json',
    'uri_parts',
    'user_agent',
    'sort',
    'geoip',
  ].map((name) => ({ [name]: { field: 'a' } })),
  { set: { field: '{{a}}', value: { '{{a}}': ['{{{a}}}'] } } },
  { append: { field: 'a', value: ['{{b}}'], allow_duplicates: false } },
  { remove: { field: ['{{a}}', 'b'] } },
  { remove: { keep: ['a.b'] } },
  { rename: { field: 'a', target_field: '{{b}}' } },
  { convert: { field: 'a', type: 'auto' } },
  { gsub: { field: 'a', pattern: '(a|b)+?', replacement: '$1$1' } },
  { split: { field: 'a', separator: 'b*' } },
  { join: { field: 'a', separator: 'x' } },
  {
    grok: { field: 'a', patterns: ['%{COMBINEDAPACHELOG}', '%{IPORHOST:b}', '%{DATA:a.b:float}'] },
  },
  { dissect: { field: 'a', pattern: '%{*k}=%{&k} %{+a.b/1} %{+a.b}' } },
  {
    date: {
      field: 'a',
      formats: ['ISO8601', 'UNIX', "yyyy[-MM['x'dd]]"],
      timezone: '{{b}}',
      target_field: 'b',
    },
  },
  { kv: { field: 'a', field_split: '[ ,]', value_split: '=', trim_key: 'a-z' } },
  { csv: { field: 'a', target_fields: ['b', 'a.c'] } },
  {
    foreach: {
      field: 'a',
      processor: { set: { field: '_ingest._value.x', value: '{{_ingest._key}}' } },
    },
  },
  {
    foreach: {
      field: 'a',
      processor: { foreach: { field: '_ingest._value', processor: { remove: { field: 'a' } } } },
    },
  },
  { script: { source: 'ctx.a = ctx.b; ctx.remove("b"); for (k in ctx.keySet()) { ctx.n = k }' } },
  { set: { field: 'a.b.c', value: 1, if: 'ctx.a instanceof Map && ctx.a.b == null' } },
  { dot_expander: { field: '*' } },
  { fingerprint: { fields: ['a', 'b'], method: 'MurmurHash3', ignore_missing: true } },
  { community_id: { source_ip: 'a', destination_ip: 'b', transport: 'a' } },
  {
    network_direction: {
      source_ip: 'a',
      destination_ip: 'b',
      internal_networks: ['private', '{{a}}'],
    },
  },
  { redact: { field: 'a', patterns: ['%{IP:x}', '%{WORD:y}'] } },
  { reroute: { dataset: ['{{a}}'] } },
  { pipeline: { name: '{{a}}' } },
  { pipeline: { name: 'self' } },
  { date_index_name: { field: 'a', date_rounding: '{{b}}' } },
)
const processors = fc.array(fc.oneof(leaf, fitting, fitting), { maxLength: 5 })
const definitions = fc.record(
  { processors, on_failure: processors },
  { requiredKeys: ['processors'] },
)
const documents = fc.dictionary(fc.constantFrom('a', 'b', 'a.b', 'tags', '__proto__'), values, {
  maxKeys: 4,
})

it('answers every definition and document with a pipeline or a refusal, and soon', () => {
  let compiled = 0
  let slowest_ms = 0
  fc.assert(
    fc.property(definitions, documents, (definition, source) => {
      let pipeline: Pipeline
      const start = performance.now()
      try {
        pipeline = compilePipeline('self', definition)
      } catch (error) {
        if (!(error instanceof PipelineRefused)) throw error
        expect(error.message).not.toBe('')
        return
      }
      compiled++
      const ran = onePipeline(pipeline, source, {
        find: (id) => (id === 'self' ? pipeline : undefined),
      })
      expect(['kept', 'dropped', 'failed']).toContain(ran.outcome)
      if (ran.failed !== undefined)
        expect(ran.failed.reason).not.toMatch(/is not a function|undefined \(/)
      slowest_ms = Math.max(slowest_ms, performance.now() - start)
    }),
    { numRuns: 1500, seed: 21 },
  )
  expect(compiled).toBeGreaterThan(300)
  expect(slowest_ms).toBeLessThan(5_000)
  expect(({} as Record<string, unknown>).x).toBeUndefined()
})

it('takes options of every kind for each processor', () => {
  for (const name of processorKinds.keys()) {
    fc.assert(
      fc.property(options, values, (one, value) => {
        try {
          const processor = { [name]: { ...required, ...one } }
          onePipeline(compilePipeline('p', { processors: [processor] }), { a: value })
        } catch (error) {
          if (!(error instanceof PipelineRefused)) throw error
        }
      }),
      { numRuns: 40, seed: 22 },
    )
  }
})
