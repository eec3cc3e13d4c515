/** Facts of the processors that take texts and documents apart. */
import { expect, it } from 'vitest'
import { ranOn } from '../../../test/ingest/pipeline-fixture.ts'
import { becomes as f, fails } from '../../../test/ingest/processor-facts.ts'

f(
  'dissect',
  { field: 'm', pattern: '%{a} - %{b->} %{+t} %{+t} %{?x} %{rest}' },
  { m: '1.2.3.4 - bob    10 Oct q tail of it' },
  {
    m: '1.2.3.4 - bob    10 Oct q tail of it',
    a: '1.2.3.4',
    b: 'bob',
    t: '10Oct',
    rest: 'tail of it',
  },
)
f(
  'dissect',
  { field: 'm', pattern: '%{+n/2} %{+n/1}', append_separator: ', ' },
  { m: 'a b' },
  { m: 'a b', n: 'b, a' },
)
f(
  'dissect',
  { field: 'm', pattern: '[%{*k}]=%{&k}' },
  { m: '[x.y]=7' },
  { m: '[x.y]=7', x: { y: '7' } },
)
fails(
  'dissect',
  { field: 'm', pattern: '%{a},%{b}' },
  { m: 'x' },
  'Unable to find match for dissect pattern: %{a},%{b} against source: x',
  'dissect_exception',
)

f(
  'json',
  { field: 'a', target_field: 'b' },
  { a: '{"x":[1,2.5,null,true,"\\u00e9"]}' },
  { a: '{"x":[1,2.5,null,true,"\\u00e9"]}', b: { x: [1, 2.5, null, true, 'é'] } },
)
f(
  'json',
  { field: 'a', add_to_root: true, add_to_root_conflict_strategy: 'merge' },
  { a: '{"k":{"y":2}}', k: { x: 1 } },
  { a: '{"k":{"y":2}}', k: { x: 1, y: 2 } },
)
f(
  'json',
  { field: 'a', add_to_root: true },
  { a: '{"k":{"y":2}}', k: { x: 1 } },
  { a: '{"k":{"y":2}}', k: { y: 2 } },
)
f('json', { field: 'a', strict_json_parsing: false }, { a: '123 foo' }, { a: 123 })
f('json', { field: 'a', allow_duplicate_keys: true }, { a: '{"x":1,"x":2}' }, { a: { x: 2 } })
fails('json', { field: 'a' }, { a: '{"x":1,"x":2}' }, "Duplicate field 'x' at offset 10")
fails(
  'json',
  { field: 'a' },
  { a: '123 foo' },
  'unexpected characters after the JSON value at offset 4',
)
fails(
  'json',
  { field: 'a', add_to_root: true },
  { a: '[1]' },
  'cannot add non-map fields to root of document',
)

f(
  'kv',
  { field: 'm', field_split: ' ', value_split: '=' },
  { m: 'a=1 b.c=2 a=3' },
  { m: 'a=1 b.c=2 a=3', a: ['1', '3'], b: { c: '2' } },
)
f(
  'kv',
  {
    field: 'm',
    field_split: '&',
    value_split: '=',
    target_field: 'q',
    prefix: 'p_',
    include_keys: ['x', 'y'],
    exclude_keys: ['y'],
  },
  { m: 'x=1&y=2&z=3' },
  { m: 'x=1&y=2&z=3', q: { p_x: '1' } },
)
f(
  'kv',
  {
    field: 'm',
    field_split: ',\\s*',
    value_split: ':',
    trim_key: ' ',
    trim_value: '" ',
    strip_brackets: true,
  },
  { m: ' a : (1), b:" x "' },
  { m: ' a : (1), b:" x "', a: '(1', b: 'x' },
)
f('kv', { field: 'm', field_split: ' ', value_split: '=', ignore_missing: true }, {}, {})
fails(
  'kv',
  { field: 'm', field_split: ' ', value_split: '=' },
  { m: 'a=1 b' },
  'field [m] does not contain value_split [=]',
)
fails('kv', { field: 'm', field_split: ' ', value_split: '=' }, {}, "field [m] doesn't exist")

f(
  'csv',
  { field: 'm', target_fields: ['a', 'b', 'c'] },
  { m: 'x,"y ""q"", z",' },
  { m: 'x,"y ""q"", z",', a: 'x', b: 'y "q", z' },
)
f(
  'csv',
  { field: 'm', target_fields: ['a', 'b'], trim: true, separator: ';', empty_value: 0 },
  { m: ' x ; ' },
  { m: ' x ; ', a: 'x', b: 0 },
)
fails('csv', { field: 'm', target_fields: ['a'] }, { m: '"x' }, 'Unmatched quote')
fails(
  'csv',
  { field: 'm', target_fields: ['a'] },
  { m: 'x"y' },
  'Illegal character inside unquoted field at 1',
)
fails(
  'csv',
  { field: 'm', target_fields: ['a', 'b'] },
  { m: '"x"y,z' },
  "character 'y' after quoted field at 3",
)

f('dot_expander', { field: 'a.b' }, { 'a.b': 1, a: { c: 2 } }, { a: { b: 1, c: 2 } })
f(
  'dot_expander',
  { field: '*' },
  { 'a.b': 1, 'c.d.e': 2, f: 3 },
  { a: { b: 1 }, c: { d: { e: 2 } }, f: 3 },
)
f('dot_expander', { field: 'b.c', path: 'a' }, { a: { 'b.c': 1 } }, { a: { b: { c: 1 } } })
f('dot_expander', { field: 'a.b' }, { 'a.b': 1, a: { b: 2 } }, { a: { b: [2, 1] } })
f('dot_expander', { field: 'a.b', override: true }, { 'a.b': 1, a: { b: 2 } }, { a: { b: 1 } })
fails(
  'dot_expander',
  { field: 'a.b' },
  { 'a.b': 1, a: 2 },
  'cannot expand [a.b], because [a] is not an object field, but a value field',
)

f(
  'uri_parts',
  { field: 'u' },
  { u: 'http://me:pw@www.x.com:80/a/b.gif?k=v%20w#frag' },
  {
    u: 'http://me:pw@www.x.com:80/a/b.gif?k=v%20w#frag',
    url: {
      ...{ domain: 'www.x.com', fragment: 'frag', path: '/a/b.gif', extension: 'gif', port: 80 },
      ...{ query: 'k=v w', scheme: 'http', user_info: 'me:pw', username: 'me', password: 'pw' },
      original: 'http://me:pw@www.x.com:80/a/b.gif?k=v%20w#frag',
    },
  },
)
fails('uri_parts', { field: 'u' }, { u: 'not a uri' }, 'unable to parse URI [not a uri]')

const flow = {
  source: { ip: '123.124.125.126', port: 12345 },
  destination: { ip: '55.56.57.58', port: 80 },
  network: { transport: 'TCP' },
}
f('community_id', {}, flow, {
  ...flow,
  network: { transport: 'TCP', community_id: '1:9qr9Z1LViXcNwtLVOHZ3CL8MlyM=' },
})
f('community_id', {}, { source: { ip: '1.2.3.4' } }, { source: { ip: '1.2.3.4' } })
fails(
  'community_id',
  { ignore_missing: false },
  {},
  'field [source] not present as part of path [source.ip]',
)

f(
  'fingerprint',
  { fields: ['a'], method: 'MD5' },
  { a: 'x' },
  { a: 'x', fingerprint: 'QJq+kPYTbin89q9BaVDNag==' },
)
f(
  'fingerprint',
  { fields: ['b', 'a'], method: 'SHA-256', salt: 'salt', target_field: 'h' },
  { a: ['x', 5], b: { k: true } },
  { a: ['x', 5], b: { k: true }, h: 'ZQd7WiP6QM4Wp/Im8SHcZEPRrOrEwUKNuC0O/AacJ3s=' },
)
f('fingerprint', { fields: ['a'], ignore_missing: true }, {}, {})
fails('fingerprint', { fields: ['a'] }, {}, 'missing field [a] when calculating fingerprint')

const net = (source: string, destination: string) => ({
  source: { ip: source },
  destination: { ip: destination },
})
const directions: [string, string, string][] = [
  ['10.0.0.1', '10.0.0.2', 'internal'],
  ['10.0.0.1', '8.8.8.8', 'outbound'],
  ['8.8.8.8', '192.168.1.1', 'inbound'],
  ['8.8.8.8', '2001:db8::1', 'external'],
]
for (const [source, destination, direction] of directions) {
  f('network_direction', { internal_networks: ['private'] }, net(source, destination), {
    ...net(source, destination),
    network: { direction },
  })
}
f(
  'network_direction',
  { internal_networks: ['2001:db8::/33'] },
  net('2001:db8:7fff::1', '2001:db8:8000::1'),
  {
    ...net('2001:db8:7fff::1', '2001:db8:8000::1'),
    network: { direction: 'outbound' },
  },
)

f(
  'kv',
  { field: 'm', field_split: ' (?=\\w+=)', value_split: '=' },
  { m: 'src=10.0.0.1 msg=a b c act=' },
  { m: 'src=10.0.0.1 msg=a b c act=', src: '10.0.0.1', msg: 'a b c', act: '' },
)
f(
  'redact',
  { field: 'm', patterns: ['%{IP:client}', '%{EMAILADDRESS:mail}'] },
  { m: 'from 10.0.0.1 by a.b@c.org!' },
  { m: 'from <client> by <mail>!' },
)
f(
  'foreach',
  { field: 'v', processor: { uppercase: { field: '_ingest._value' } } },
  { v: ['a', 'b'] },
  { v: ['A', 'B'] },
)
f(
  'foreach',
  { field: 'v', processor: { remove: { field: '_ingest._value.x' } } },
  { v: [{ x: 1, y: 2 }] },
  { v: [{ y: 2 }] },
)
f(
  'foreach',
  { field: 'v', processor: { set: { field: '_ingest._key', value: 'k_{{_ingest._key}}' } } },
  { v: { a: 1 } },
  { v: { k_a: 1 } },
)
f(
  'foreach',
  {
    field: 'v',
    processor: {
      foreach: {
        field: '_ingest._value',
        processor: { append: { field: 'all', value: '{{_ingest._value}}' } },
      },
    },
  },
  { v: [['a'], ['b', 'c']] },
  { v: [['a'], ['b', 'c']], all: ['a', 'b', 'c'] },
)
f('foreach', { field: 'v', ignore_missing: true, processor: { drop: {} } }, {}, {})
it('foreach fails: the field stays as it was', () => {
  const ran = ranOn(
    [{ foreach: { field: 'v', processor: { uppercase: { field: '_ingest._value' } } } }],
    { v: ['a', 1] },
  )
  expect(ran.source).toEqual({ v: ['a', 1] })
  expect(ran.failed).toMatchObject({ processor_type: 'uppercase' })
})
fails(
  'foreach',
  { field: 'v', processor: { drop: {} } },
  { v: null },
  'field [v] is null, cannot loop over its elements.',
)

f('script', { source: 'ctx.a = params.p + ctx.b', params: { p: 2 } }, { b: 3 }, { a: 5, b: 3 })
f('script', 'ctx.remove("a")' as unknown as Record<string, unknown>, { a: 1 }, {})
fails('fail', { message: 'no {{a}}' }, { a: 'x' }, 'no x', 'fail_processor_exception')
f(
  'date_index_name',
  { field: 'd', index_name_prefix: 'x-', date_rounding: 'M', index_name_format: 'yyyy-MM' },
  { d: '2026-04-25T12:02:01.789Z' },
  { d: '2026-04-25T12:02:01.789Z' },
)
