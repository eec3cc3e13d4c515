/** Facts of the processors that change single values. */
import { becomes as f, fails } from '../../../test/ingest/processor-facts.ts'

f('set', { field: 'a.b', value: 1 }, {}, { a: { b: 1 } })
f('set', { field: 'a.1', value: 'x' }, { a: [1, 2] }, { a: [1, 'x'] })
f('set', { field: '_source.a', value: { b: '{{c}}' } }, { c: 5 }, { a: { b: '5' }, c: 5 })
f('set', { field: 'a', value: 'n', override: false }, { a: 'o' }, { a: 'o' })
f('set', { field: 'a', value: 'n', override: false }, { a: null }, { a: 'n' })
f('set', { field: 'a', value: '{{b}}', ignore_empty_value: true }, { a: 1 }, { a: 1 })
f('set', { field: 'a', value: '{{b}}' }, {}, { a: '' })
f('set', { field: 'a', copy_from: 'b' }, { b: [{ c: 1 }] }, { a: [{ c: 1 }], b: [{ c: 1 }] })
f('set', { field: 'a', copy_from: 'b', ignore_empty_value: true }, {}, {})
f(
  'set',
  { field: 'a', value: '{{{b.1}}}|{{b}}' },
  { b: ['x', 'y'] },
  { a: 'y|{0=x, 1=y}', b: ['x', 'y'] },
)
f('set', { field: 'a', value: '{{b}}|{{{b}}}' }, { b: '"' }, { a: '\\"|"', b: '"' })
f('set', { field: 'a', value: '{{b}}', media_type: 'text/plain' }, { b: '"' }, { a: '"', b: '"' })
f('set', { field: '{{b}}.x', value: 1 }, { b: 'k' }, { b: 'k', k: { x: 1 } })
f('set', { field: 'a', value: '{{#b}}<{{.}}>{{/b}}' }, { b: [1, 2] }, { a: '<1><2>', b: [1, 2] })
f('set', { field: 'a', value: '{{_ingest.timestamp}}' }, {}, { a: '2026-11-21T10:00:00.000Z' })
f('set', { field: 'a', value: '{{_index}}' }, {}, { a: 'logs-app-default' })
f('set', { field: '__proto__.x', value: 1 }, {}, JSON.parse('{"__proto__":{"x":1}}'))
fails('set', { field: 'a', copy_from: 'b' }, {}, 'field [b] not present as part of path [b]')
fails(
  'set',
  { field: 'a.b', value: 1 },
  { a: 'x' },
  'cannot set [b] with parent object of type [java.lang.String] as part of path [a.b]',
)
fails(
  'set',
  { field: 'a.b', value: 1 },
  { a: null },
  'cannot set [b] with null parent as part of path [a.b]',
)
fails(
  'set',
  { field: 'a.2', value: 1 },
  { a: [1] },
  '[2] is out of bounds for array with length [1] as part of path [a.2]',
)
fails(
  'set',
  { field: 'a.b.c', value: 1 },
  { a: [1] },
  '[b] is not an integer, cannot be used as an index as part of path [a.b.c]',
)

f('append', { field: 'a', value: ['x', 'y'] }, { a: 'w' }, { a: ['w', 'x', 'y'] })
f('append', { field: 'a.b', value: 'x' }, {}, { a: { b: ['x'] } })
f(
  'append',
  { field: 'a', value: ['x', 'z'], allow_duplicates: false },
  { a: ['x'] },
  { a: ['x', 'z'] },
)
f('append', { field: 'a', value: 'x', allow_duplicates: false }, { a: 'x' }, { a: 'x' })
f('append', { field: 'a', value: ['{{b}}'] }, { b: 'q' }, { a: ['q'], b: 'q' })

f('remove', { field: ['a.b', 'c'] }, { a: { b: 1, d: 2 }, c: 3 }, { a: { d: 2 } })
f('remove', { field: 'a.0' }, { a: [1, 2] }, { a: [2] })
f('remove', { field: 'a.b', ignore_missing: true }, { a: 'x' }, { a: 'x' })
f('remove', { keep: ['a.b', 'c'] }, { a: { b: 1, x: 2 }, c: 3, d: 4 }, { a: { b: 1 }, c: 3 })
fails('remove', { field: 'a' }, {}, 'field [a] not present as part of path [a]')

f('rename', { field: 'a', target_field: 'b.c' }, { a: 1 }, { b: { c: 1 } })
f('rename', { field: 'a', target_field: 'b', override: true }, { a: 1, b: 2 }, { b: 1 })
f('rename', { field: 'a', target_field: 'b', ignore_missing: true }, {}, {})
fails('rename', { field: 'a', target_field: 'b' }, {}, "field [a] doesn't exist")
fails('rename', { field: 'a', target_field: 'b' }, { a: 1, b: 2 }, 'field [b] already exists')

f('convert', { field: 'a', type: 'integer' }, { a: ['1', '-0x10', 7] }, { a: [1, -16, 7] })
f('convert', { field: 'a', type: 'long', target_field: 'b' }, { a: '12' }, { a: '12', b: 12 })
f('convert', { field: 'a', type: 'float' }, { a: '1.5e2' }, { a: 150 })
f('convert', { field: 'a', type: 'double' }, { a: '.5' }, { a: 0.5 })
f('convert', { field: 'a', type: 'boolean' }, { a: ['TRUE', 'false'] }, { a: [true, false] })
f('convert', { field: 'a', type: 'string' }, { a: [1, true] }, { a: ['1', 'true'] })
f('convert', { field: 'a', type: 'ip' }, { a: 'fe80::1' }, { a: 'fe80::1' })
f(
  'convert',
  { field: 'a', type: 'auto' },
  { a: ['1', 'true', '1.5', 'x'] },
  { a: [1, true, 1.5, 'x'] },
)
f('convert', { field: 'a', type: 'integer', ignore_missing: true }, { a: null }, { a: null })
fails(
  'convert',
  { field: 'a', type: 'integer' },
  { a: '1.5' },
  'unable to convert [1.5] to integer',
)
fails(
  'convert',
  { field: 'a', type: 'integer' },
  { a: '2147483648' },
  'unable to convert [2147483648] to integer',
)
fails(
  'convert',
  { field: 'a', type: 'long' },
  { a: '9223372036854775808' },
  'unable to convert [9223372036854775808] to long',
)
fails('convert', { field: 'a', type: 'double' }, { a: 'x' }, 'unable to convert [x] to double')
fails(
  'convert',
  { field: 'a', type: 'boolean' },
  { a: 'x' },
  '[x] is not a boolean value, cannot convert to boolean',
)
fails('convert', { field: 'a', type: 'ip' }, { a: '1.2.3' }, "'1.2.3' is not an IP string literal.")
fails(
  'convert',
  { field: 'a', type: 'long' },
  { a: null },
  'Field [a] is null, cannot be converted to type [long]',
)

f('lowercase', { field: 'a' }, { a: ['A', 'Ä'] }, { a: ['a', 'ä'] })
f('uppercase', { field: 'a', target_field: 'b' }, { a: 'x' }, { a: 'x', b: 'X' })
f('trim', { field: 'a' }, { a: ' \t x y\n' }, { a: 'x y' })
f('lowercase', { field: 'a', ignore_missing: true }, {}, {})
fails('lowercase', { field: 'a' }, { a: null }, 'field [a] is null, cannot process it.')
fails(
  'trim',
  { field: 'a' },
  { a: 1 },
  'field [a] of type [java.lang.Integer] cannot be cast to [java.lang.String]',
)
fails(
  'uppercase',
  { field: 'a' },
  { a: ['x', 1.5] },
  'value [1.5] of type [java.lang.Double] in list field [a] cannot be cast to [java.lang.String]',
)
f(
  'html_strip',
  { field: 'a' },
  { a: '<p>I&apos;m <b>bold</b> &amp; 1 < 2</p>' },
  { a: "\nI'm bold & 1 < 2\n" },
)
f(
  'html_strip',
  { field: 'a' },
  { a: 'a<!-- x > y -->b<script>if (a<b) c()</script>c' },
  { a: 'ab\nc' },
)
f('urldecode', { field: 'a' }, { a: 'a+b%20c%ED%95%9C' }, { a: 'a b c한' })
fails(
  'urldecode',
  { field: 'a' },
  { a: '%zz' },
  'URLDecoder: Illegal hex characters in escape (%) pattern [%zz]',
)
f(
  'bytes',
  { field: 'a' },
  { a: ['1kb', '2 MB', '1.5gb', '10b', '0'] },
  { a: [1024, 2097152, 1610612736, 10, 0] },
)
fails(
  'bytes',
  { field: 'a' },
  { a: '12' },
  'failed to parse setting [Ingest Field] with value [12] as a size in bytes'.concat(
    ': unit is missing or unrecognized',
  ),
)

f(
  'gsub',
  { field: 'a', pattern: '(\\d)(\\d)?', replacement: '<$1>' },
  { a: 'x12y3' },
  { a: 'x<1>y<3>' },
)
f(
  'gsub',
  { field: 'a', pattern: '(?<n>b+)', replacement: '\\$${n}$1' },
  { a: 'abbc' },
  { a: 'a$bbbbc' },
)
f('gsub', { field: 'a', pattern: 'x*', replacement: '-' }, { a: 'abxc' }, { a: '-a-b--c-' })
f(
  'gsub',
  { field: 'a', pattern: '\\.', replacement: '-' },
  { a: ['a.b', 'c'] },
  { a: ['a-b', 'c'] },
)

f('split', { field: 'a', separator: ',' }, { a: ',a,,b,,' }, { a: ['', 'a', '', 'b'] })
f(
  'split',
  { field: 'a', separator: ',', preserve_trailing: true },
  { a: 'a,,' },
  { a: ['a', '', ''] },
)
f('split', { field: 'a', separator: '\\s+' }, { a: 'a  b\tc' }, { a: ['a', 'b', 'c'] })
f('split', { field: 'a', separator: '' }, { a: 'abc' }, { a: ['a', 'b', 'c'] })
f('split', { field: 'a', separator: 'x', target_field: 'b' }, { a: '' }, { a: '', b: [''] })
fails('split', { field: 'a', separator: ',' }, { a: null }, 'field [a] is null, cannot split.')
f('join', { field: 'a', separator: '-' }, { a: [1, 'x', null] }, { a: '1-x-null' })
fails(
  'join',
  { field: 'a', separator: '-' },
  { a: 'x' },
  'field [a] of type [java.lang.String] cannot be cast to [java.util.List]',
)
fails('join', { field: 'a', separator: '-' }, { a: null }, 'field [a] is null, cannot join.')
f('sort', { field: 'a', order: 'desc' }, { a: [3, 1, 2] }, { a: [3, 2, 1] })
f('sort', { field: 'a', target_field: 'b' }, { a: ['b', 'a'] }, { a: ['b', 'a'], b: ['a', 'b'] })
fails('sort', { field: 'a' }, { a: null }, 'field [a] is null, cannot sort.')

f('rename', { field: '{{x}}', target_field: 'b', ignore_missing: true }, {}, {})
f('remove', { field: '{{x}}', ignore_missing: true }, {}, {})
fails('set', { field: '{{x}}', value: 1 }, {}, 'path cannot be null nor empty')
fails('rename', { field: '{{x}}', target_field: 'b' }, {}, "field [] doesn't exist")
