/** Conditions, failures, pipelines within pipelines, and bounds. */
import { expect, it } from 'vitest'
import { onePipeline, ranOn } from '../../../test/ingest/pipeline-fixture.ts'
import { compilePipeline } from './compile.ts'
import type { Pipeline } from './run.ts'

const fail = (message: string, more: object = {}) => ({ fail: { message, ...more } })
const mark = (field: string, value: unknown = true, more: object = {}) => ({
  set: { field, value, ...more },
})
const told = mark(
  'told',
  ['processor_type', 'processor_tag', 'pipeline', 'message']
    .map((word) => `{{{_ingest.on_failure_${word}}}}`)
    .join('|'),
)

function pipelines(definitions: Record<string, object>) {
  const made = new Map<string, Pipeline>()
  for (const [id, one] of Object.entries(definitions)) made.set(id, compilePipeline(id, one))
  return (id: string) => made.get(id)
}

it('goes on after a failure that is ignored or handled by the processor', () => {
  expect(ranOn([fail('x', { ignore_failure: true }), mark('a')], {}).source).toEqual({ a: true })
  const handled = fail('no "{{b}}"', { tag: 't', on_failure: [told] })
  expect(ranOn([handled, mark('a')], { b: 1 }).source).toEqual({
    ...{ a: true, b: 1, told: 'fail|t|test|no "1"' },
  })
})

it('stops after the on_failure of the pipeline, and keeps the document', () => {
  const pipeline = compilePipeline('p', {
    processors: [mark('a'), fail('x'), mark('b')],
    on_failure: [told, mark('_index', 'failed-{{{_index}}}')],
  })
  const ran = onePipeline(pipeline, {})
  expect(ran).toMatchObject({ outcome: 'kept', source: { a: true, told: 'fail||p|x' } })
  expect(ran.source.b).toBeUndefined()
  expect(ran.metadata._index).toBe('failed-logs-app-default')
})

it('rejects a document that nothing takes care of, in on_failure too', () => {
  expect(ranOn([fail('x', { tag: 't' })], {}).failed).toEqual({
    ...{ type: 'fail_processor_exception', reason: 'x', processor_type: 'fail', tag: 't' },
    pipeline: 'test',
  })
  const inner = { on_failure: [fail('second'), mark('a')] }
  expect(ranOn([fail('first', inner)], {}).failed?.reason).toBe('second')
  const nested = { on_failure: [fail('second', { on_failure: [told] }), mark('a')] }
  expect(ranOn([fail('first', nested)], {}).source).toEqual({ a: true, told: 'fail||test|second' })
})

it('runs a processor on its condition', () => {
  const when = (source: string) => ({ if: source })
  expect(ranOn([mark('a', 1, when("ctx.b?.c == 'x'"))], {}).source).toEqual({})
  expect(ranOn([mark('a', 1, when("ctx.b.c == 'x'"))], { b: { c: 'x' } }).source.a).toBe(1)
  const { failed } = ranOn([mark('a', 1, { tag: 't', ...when("ctx.b.c == 'x'") })], {})
  expect(failed).toMatchObject({
    ...{ type: 'script_exception', reason: 'runtime error', processor_type: 'conditional' },
    ...{ tag: 't', caused_by: { type: 'null_pointer_exception' } },
  })
  expect(ranOn([mark('a', 1, when("ctx._index == 'logs-app-default'"))], {}).source.a).toBe(1)
  const each = { script: { source: 'ctx._ingest._value += 1' } }
  expect(ranOn([{ foreach: { field: 'v', processor: each } }], { v: [1, 2] }).source).toEqual({
    v: [2, 3],
  })
})

it('drops, and ends a pipeline', () => {
  expect(ranOn([{ drop: { if: 'ctx.a == 1' } }, fail('x')], { a: 1 }).outcome).toBe('dropped')
  const find = pipelines({
    inner: { processors: [mark('a'), { terminate: {} }, fail('x')] },
    outer: { processors: [{ drop: {} }] },
  })
  const call = (name: string, more: object = {}) => ({ pipeline: { name, ...more } })
  expect(ranOn([call('inner'), mark('b')], {}, { find }).source).toEqual({ a: true, b: true })
  expect(ranOn([call('{{n}}'), mark('b')], { n: 'outer' }, { find }).outcome).toBe('dropped')
  expect(ranOn([call('none')], {}, { find }).failed?.reason).toBe(
    'Pipeline processor configured for non-existent pipeline [none]',
  )
  expect(ranOn([call('none', { ignore_missing_pipeline: true })], {}, { find }).outcome).toBe(
    'kept',
  )
})

it('finds circles of pipelines, and bounds how deep they go', () => {
  const find = pipelines({
    a: { processors: [{ pipeline: { name: 'b' } }] },
    b: { processors: [{ pipeline: { name: 'a' } }] },
  })
  const ran = ranOn([{ pipeline: { name: 'a' } }], {}, { find })
  expect(ran.failed).toMatchObject({
    ...{ type: 'graph_structure_exception', reason: 'Cycle detected for pipeline: a' },
  })
  const chain = (id: string) =>
    compilePipeline(id, { processors: [{ pipeline: { name: `${id}x` } }] })
  expect(ranOn([{ pipeline: { name: 'p' } }], {}, { find: chain }).failed?.reason).toMatch(
    /at most 16 pipelines may be within each other/,
  )
})

it('tells of each pipeline how it ended, and counts its processors', () => {
  const seen: [string, string][] = []
  const inner = compilePipeline('inner', { processors: [fail('x')], on_failure: [mark('a')] })
  const outer = compilePipeline('outer', {
    processors: [{ pipeline: { name: 'inner' } }, { drop: {} }],
  })
  const environment = {
    find: () => inner,
    on_pipeline: (id: string, outcome: string) => void seen.push([id, outcome]),
  }
  onePipeline(outer, {}, environment)
  onePipeline(compilePipeline('bad', { processors: [fail('x')] }), {}, environment)
  expect(seen).toEqual([
    ['inner', 'kept'],
    ['outer', 'dropped'],
    ['bad', 'failed'],
  ])
  expect(inner.processors[0]?.counts).toEqual({ count: 1, failed: 1 })
})

it('bounds the work on one document', () => {
  const each = {
    foreach: {
      field: 'v',
      processor: { foreach: { field: 'w', processor: { set: { field: 'x', value: 1 } } } },
    },
  }
  const many = Array.from({ length: 400 }, () => 1)
  expect(ranOn([each, mark('a')], { v: many, w: many }).failed).toMatchObject({
    type: 'elasticsearch_timeout_exception',
  })
  const slow = {
    gsub: { field: 'v', pattern: '(x?x?x?x?x?x?x?x?x?x?x?x?x?x?x?x?)*y', replacement: '' },
  }
  const start = performance.now()
  ranOn([slow, slow, slow, slow], { v: 'x'.repeat(1_000_000) })
  expect(performance.now() - start).toBeLessThan(8_000)
})

it('bounds what copies of copies grow to', () => {
  const twice = Array.from({ length: 60 }, () => ({ append: { field: 'a', copy_from: 'a' } }))
  expect(ranOn(twice, { a: [1, 2] }).failed?.reason).toMatch(/more than 1000000 copied values/)
  const nested = Array.from({ length: 60 }, () => ({ set: { field: 'a.x', copy_from: 'a' } }))
  expect(ranOn(nested, { a: { b: [1] } }).outcome).toBe('kept')
})

it('keeps metadata apart from the fields afterwards', () => {
  const ran = ranOn([{ script: { source: "ctx._routing = 'r'; ctx.n = ctx._index" } }], {})
  expect(ran.source).toEqual({ n: 'logs-app-default' })
  expect(ran.metadata).toEqual({ _index: 'logs-app-default', _routing: 'r' })
  expect(ranOn([{ script: { source: 'ctx._index = 5' } }], {}).failed?.reason).toBe(
    '_index must be null or a String but was [5]',
  )
})
