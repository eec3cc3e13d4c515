/** What _simulate answers, literally. */
import { expect, it } from 'vitest'
import { pipelineNow_ms } from '../../../test/ingest/pipeline-fixture.ts'
import { compilePipeline } from './compile.ts'
import { PipelineRefused } from './pipeline-refused.ts'
import { simulate } from './run.ts'

const timestamp = '2026-11-21T10:00:00.000Z'
const inner = compilePipeline('inner', { processors: [{ trim: { field: 'a', tag: 'in' } }] })
const environment = { now_ms: () => pipelineNow_ms, find: () => inner }

function simulated(processors: unknown[], docs: unknown, isVerbose = false): unknown[] {
  const pipeline = compilePipeline('_simulate_pipeline', { processors })
  return simulate(pipeline, docs, environment, isVerbose).docs
}

const head = { _index: '_index', _id: '_id', _version: '-3' }
const reason = 'field [a] not present as part of path [a]'
const error = {
  root_cause: [{ type: 'illegal_argument_exception', reason }],
  type: 'illegal_argument_exception',
  reason,
}

it('answers as _simulate does', () => {
  const docs = [
    { _source: { a: ' x ' } },
    { _index: 'i', _id: '1', _routing: 'r', _source: { a: 'y', d: 1 } },
    { _source: {} },
    { _source: { a: 'drop' } },
  ]
  const processors = [{ trim: { field: 'a' } }, { drop: { if: "ctx.a == 'drop'" } }]
  const ingest = { timestamp }
  expect(simulated(processors, docs)).toEqual([
    { doc: { ...head, _source: { a: 'x' }, _ingest: ingest } },
    {
      doc: {
        ...{ _index: 'i', _id: '1', _routing: 'r', _version: '-3' },
        ...{ _source: { a: 'y', d: 1 }, _ingest: ingest },
      },
    },
    { error },
    null,
  ])
})

it('answers step by step when it is verbose', () => {
  const processors = [
    { set: { field: 'b', value: 1, tag: 't', description: 'first' } },
    { set: { field: 'c', value: 1, if: 'ctx.b == 2' } },
    { trim: { field: 'a', ignore_failure: true } },
    { pipeline: { name: 'inner', ignore_failure: true } },
    { trim: { field: 'a', on_failure: [{ set: { field: 'e', value: 1 } }] } },
    { drop: {} },
  ]
  const _ingest = { pipeline: '_simulate_pipeline', timestamp }
  const doc = { ...head, _source: { b: 1 }, _ingest }
  const [told] = simulated(processors, [{ _source: {} }], true)
  const failure = {
    on_failure_message: reason,
    on_failure_processor_type: 'trim',
    on_failure_processor_tag: null,
    on_failure_pipeline: '_simulate_pipeline',
  }
  expect(told).toEqual({
    processor_results: [
      { processor_type: 'set', status: 'success', tag: 't', description: 'first', doc },
      {
        ...{ processor_type: 'set', status: 'skipped' },
        if: { condition: 'ctx.b == 2', result: false },
      },
      { processor_type: 'trim', status: 'error_ignored', ignored_error: { error }, doc },
      { processor_type: 'pipeline', status: 'success' },
      { processor_type: 'trim', status: 'error', tag: 'in', error },
      { processor_type: 'trim', status: 'error', error },
      {
        ...{ processor_type: 'set', status: 'success' },
        doc: { ...head, _source: { b: 1, e: 1 }, _ingest: { ..._ingest, ...failure } },
      },
      { processor_type: 'drop', status: 'dropped' },
    ],
  })
})

it('refuses documents that are none', () => {
  for (const [docs, message] of [
    [undefined, '[docs] required property is missing'],
    [[], 'must specify at least one document in [docs]'],
    [{}, "[docs] property isn't a list"],
    [[{}], '[_source] required property is missing'],
    [[{ _source: 1 }], "[_source] property isn't a map"],
    [[1], '[docs] a document is an object with [_source]'],
  ] as const) {
    expect(() => simulated([], docs)).toThrow(PipelineRefused)
    expect(() => simulated([], docs)).toThrow(message)
  }
})
