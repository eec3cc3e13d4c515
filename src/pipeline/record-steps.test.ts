/** What processors of hints make of a record, as tables; dissect against a slow, obvious oracle. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dissectorOf } from './dissect.ts'
import { draftJson, type RecordDraft } from './record-draft.ts'
import { recordSteps } from './record-steps.ts'

function draftOf(body: string, attributes: Record<string, string | number> = {}): RecordDraft {
  return {
    ...{ seconds: 1, nanoseconds: 0, stream: 0, severity: 9, severity_text: 'INFO', body },
    ...{ trace_id: '', span_id: '', attributes: new Map(Object.entries(attributes)) },
  }
}

type Told = { body: string } & Record<string, unknown>
const source = { 'kubernetes.namespace': 'shop', 'kubernetes.labels.app': 'cart' }

function run(
  wishes: [name: string, options: Record<string, string>][],
  body: string,
  attributes: Record<string, string | number> = {},
): Told | 'dropped' | string {
  const problems: string[] = []
  const named = wishes.map(([name, options]) => ({ name, options }))
  const step = recordSteps(named, source, (problem) => problems.push(problem))
  if (problems.length > 0) return problems.join()
  const draft = draftOf(body, attributes)
  if (step?.(draft) === false) return 'dropped'
  return { body: draft.body, ...Object.fromEntries(draft.attributes) }
}

const f = (name: string, options: Record<string, string>, body: string, expected: unknown) =>
  test(`${name} ${JSON.stringify(options)}`, () =>
    expect(run([[name, options]], body, { user: 'ann', code: 503, 'a.b': 'c' })).toEqual(
      typeof expected === 'object'
        ? { body, user: 'ann', code: 503, 'a.b': 'c', ...expected }
        : expected,
    ))

describe('conditions', () => {
  f('drop_event', {}, 'x', 'dropped')
  f('drop_event', { 'when.contains.message': 'DEBUG' }, 'a DEBUG b', 'dropped')
  f('drop_event', { 'when.contains.message': 'DEBUG' }, 'a debug b', {})
  f('drop_event', { 'when.equals.user': 'ann' }, 'x', 'dropped')
  f('drop_event', { 'when.equals.code': '503', 'when.equals.user': 'bob' }, 'x', {})
  f('drop_event', { 'when.regexp.message': '^GET /health' }, 'GET /healthz', 'dropped')
  f('drop_event', { 'when.range.code.gte': '500', 'when.range.code.lt': '504' }, 'x', 'dropped')
  f('drop_event', { 'when.range.user.gte': '500' }, 'x', {})
  f('drop_event', { 'when.has_fields': '["user","gone"]' }, 'x', {})
  f('drop_event', { 'when.has_fields': 'user, code' }, 'x', 'dropped')
  f('drop_event', { 'when.not.equals.user': 'ann' }, 'x', {})
  f('drop_event', { 'when.equals.kubernetes.namespace': 'shop' }, 'x', 'dropped')
  f('drop_event', { 'when.equals.stream': 'stderr' }, 'x', {})
  f('drop_event', { 'when.or.0.equals.user': 'bob', 'when.or.1.equals.a.b': 'c' }, 'x', 'dropped')
  f('drop_event', { 'when.and': '[{"equals":{"user":"ann"}},{"equals":{"a.b":"d"}}]' }, 'x', {})
})

describe('fields', () => {
  f('drop_fields', { fields: '["user","a","message"]' }, 'x', { user: undefined, 'a.b': undefined })
  f('include_fields', { fields: 'user' }, 'x', { code: undefined, 'a.b': undefined })
  f('add_fields', { 'fields.team': 'money' }, 'x', { 'fields.team': 'money' })
  f('add_fields', { target: '', 'fields.team': 'money' }, 'x', { team: 'money' })
  f('add_labels', { 'labels.team': 'money' }, 'x', { 'labels.team': 'money' })
  f('add_tags', { tags: '["a","b"]' }, 'x', { tags: 'a,b' })
  f('rename', { 'fields.0.from': 'user', 'fields.0.to': 'user.name' }, 'x', {
    ...{ user: undefined, 'user.name': 'ann' },
  })
  f('rename', { fields: '[{"from":"user","to":"code"}]' }, 'x', {})
  f('copy_fields', { 'fields.0.from': 'message', 'fields.0.to': 'raw' }, 'x', { raw: 'x' })
  f('truncate_fields', { fields: '["user"]', max_characters: '2' }, 'x', { user: 'an' })
  f(
    'replace',
    {
      'fields.0.field': 'user',
      'fields.0.pattern': 'n+',
      'fields.0.replacement': '*',
    },
    'x',
    { user: 'a*' },
  )
  f('decode_json_fields', { fields: 'message', target: '' }, '{"id":7}', { id: 7 })
  f('decode_json_fields', { fields: 'message', target: 'j' }, '{"id":7}', { 'j.id': 7 })
  f('decode_json_fields', { fields: 'message' }, 'no json', {})
  f('dissect', { tokenizer: '%{a1} - %{b1}' }, 'x - y', { 'dissect.a1': 'x', 'dissect.b1': 'y' })
  f('dissect', { tokenizer: '%{a1} - %{b1}', target_prefix: '' }, 'x - y', { a1: 'x', b1: 'y' })
  f('dissect', { tokenizer: '%{a1}!' }, 'x', { 'log.flags': 'dissect_parsing_error' })
})

test('one after another; a broken one is told and the others run', () => {
  const all: [string, Record<string, string>][] = [
    ['dissect', { tokenizer: '%{level} %{rest}', target_prefix: '' }],
    ['drop_event', { 'when.equals.level': 'DEBUG' }],
  ]
  expect(run(all, 'DEBUG x')).toBe('dropped')
  expect(run(all, 'INFO x')).toMatchObject({ level: 'INFO', rest: 'x' })
  expect(run([['script', {}]], '')).toBe('processors.script: it is not known here')
  expect(run([['drop_event', { 'when.equal.a': 'b' }]], '')).toContain('equal is not known')
  expect(run([['drop_event', { 'when.regexp.a': '(' }]], '')).toContain('processors.drop_event')
})

test('a message named by its key, members below a target, an error when it is none', () => {
  const read = (text: string, json: object) => {
    const draft = draftOf(text)
    draftJson(draft, text, { message_key: '', target: '', add_error_key: false, ...json })
    return { body: draft.body, ...Object.fromEntries(draft.attributes) }
  }
  expect(read('{"event":"paid","n":1}', { message_key: 'event' })).toEqual({ body: 'paid', n: 1 })
  expect(read('{"msg":"paid","n":1}', { target: 'app' })).toEqual({ body: 'paid', 'app.n': 1 })
  expect(read('{"msg":"a","x":{"m":"b"}}', { message_key: 'x.m' })).toEqual({
    body: 'b',
    message: 'a',
  })
  expect(read('none', { add_error_key: true })).toMatchObject({ 'error.type': 'json' })
})

describe('dissect', () => {
  const d = (pattern: string, text: string, expected: object | undefined) =>
    test(`${pattern} | ${text}`, () => {
      const found = dissectorOf(pattern)(text)
      expect(found && Object.fromEntries(found)).toEqual(expected)
    })
  d('%{a} %{b}', '1 2 3', { a: '1', b: '2 3' })
  d('[%{a}] %{b}!', '[1] 2!', { a: '1', b: '2' })
  d('[%{a}] %{b}!', '1] 2!', undefined)
  d('%{a->} %{b}', '1    2', { a: '1', b: '2' })
  d('%{} %{b}', '1 2', { b: '2' })
  d('%{?skip} %{b}', '1 2', { b: '2' })
  d('%{+a/2} %{+a/1}', '1 2', { a: '2 1' })
  d('%{?k}=%{&k}', 'name=ann', { name: 'ann' })
  d('%{a|integer} %{b}', '1 2', { a: '1', b: '2' })
  test('a pattern that is none is refused', () => {
    for (const pattern of ['', 'no key', '%{a', '%{a}%{b}']) {
      expect(() => dissectorOf(pattern)).toThrow()
    }
  })
  test('any texts between any delimiters are what was put there', () => {
    const word = fc.stringMatching(/^[a-z0-9]{0,6}$/)
    const delimiter = fc.stringMatching(/^[ :;,|-]{1,3}$/)
    const pairs = fc.array(fc.tuple(word, delimiter), { minLength: 1, maxLength: 6 })
    const property = fc.property(pairs, word, (pieces, last) => {
      const keys = pieces.map(([, sign], at) => `%{k${at}}${sign}`)
      const pattern = `${keys.join('')}%{end}`
      const text = [...pieces.flat(), last].join('')
      const found = dissectorOf(pattern)(text)
      expect(found?.get('end')).toBe(last)
      expect(pieces.map((_, at) => found?.get(`k${at}`))).toEqual(pieces.map(([one]) => one))
    })
    fc.assert(property, { seed: 5, numRuns: 500 })
  })
})
