/** What each stage makes of a line: tables of facts, as Loki's documentation has them. */
import { describe, expect, it } from 'vitest'
import { parseLogOnly } from '../parse.ts'
import { LineLabels } from './line-labels.ts'
import { compileStages } from './stages.ts'

type Result = { line: string; labels: Record<string, string> } | undefined

function run(stages: string, text: string, stream: Record<string, string> = {}): Result {
  const log = parseLogOnly(`{a="b"} ${stages}`)
  const labels = new LineLabels()
  labels.begin(new Map(Object.entries(stream)), new Map())
  const line = { text, time_ns: 1_700_000_000_123_456_789n, now_ms: 0, isTakenApart: false, labels }
  if (!compileStages(log.stages)(line)) return undefined
  return { line: line.text, labels: Object.fromEntries(labels.all()) }
}

describe('lines that are left out', () => {
  const f = (stages: string, line: string, isKept: boolean) =>
    it(`${stages} ${line}`, () => expect(run(stages, line) !== undefined).toBe(isKept))
  f('|= "a"', 'xax', true)
  f('|= "A"', 'xax', false)
  f('!= "a" or "b"', 'b', false)
  f('|~ "(?i)A$"', 'xa', true)
  f('!~ "[0-9]"', 'x1', false)
  f('|> "<_>a<_>"', 'xay', true)
  f('|> "<_>a<_>"', 'xa', false)
  f('|> "x <_>"', 'y x z', false)
  f('!> "x <_>"', 'x y', false)
  f('|= ip("10.0.0.0/8")', 'from 10.1.2.3:80 to', true)
  f('|= ip("10.0.0.0/8")', 'from 11.1.2.3', false)
  f('|= ip("10.0.0.1-10.0.0.9")', '10.0.0.10', false)
  f('!= ip("2001:db8::/32")', 'x 2001:db8::1 y', false)
  f('| logfmt | d > 1s', 'd=1.5s', true)
  f('| logfmt | d > 1s', 'd=900ms', false)
  f('| logfmt | d > 1s', 'e=1', false)
  f('| logfmt | s >= 1KiB', 's=1024', true)
  f('| logfmt | s >= 1KiB', 's=1kB', false)
  f('| logfmt | n = 2', 'n=2.0', true)
  f('| logfmt | n = 2 or m = 3', 'm=3', true)
  f('| logfmt | addr = ip("10.0.0.0/8")', 'addr=10.9.9.9', true)
  f('| logfmt | m="" ', 'n=1', true)
  f('| json | __error__=""', 'no json', false)
  f('| logfmt | n > 1', 'n=many', true)
})

describe('labels', () => {
  const f = (stages: string, line: string, labels: Record<string, string>, stream = {}) =>
    it(`${stages} ${line}`, () => {
      const result = run(stages, line, stream)
      const { __error_details__: _details, ...got } = result!.labels
      expect(got).toEqual(labels)
    })
  f('| json', '{"a":1.50,"b":{"c":"x","d e":true},"f":[1],"g":null}', {
    a: '1.50',
    b_c: 'x',
    b_d_e: 'true',
  })
  f('| json', '{"a":"1","a":"2"}', { a: '1' })
  f('| json', '{"1x":"\\u00e9\\n"}', { _1x: 'é\n' })
  f('| json', '{"app":"x"}', { app: 'y', app_extracted: 'x' }, { app: 'y' })
  f('| json', 'x', { __error__: 'JSONParserErr' })
  f('| json', '{"a":1', { a: '1', __error__: 'JSONParserErr' })
  f('| json q="a.b[1]", r="a", s="x[\\"y z\\"]"', '{"a":{"b":[1,"two"]},"x":{"y z":3}}', {
    ...{ q: 'two', r: '{"b":[1,"two"]}', s: '3' },
  })
  f('| logfmt', 'a=1 b="x \\"y\\"" c= d e=é', { a: '1', b: 'x "y"', e: 'é' })
  f('| logfmt --keep-empty', 'a= b', {})
  f('| logfmt', 'a=1 "b" c=2', { a: '1', c: '2' })
  f('| logfmt --strict', 'a=1 "b" c=2', { a: '1', __error__: 'LogfmtParserErr' })
  f('| logfmt x="a", b', 'a=1 b=2 c=3', { x: '1', b: '2' })
  f('| pattern "<ip> - <_> <verb>"', '1.2.3.4 - x GET', { ip: '1.2.3.4', verb: 'GET' })
  f('| pattern "a <b> c <d>"', 'a 1 2', { b: '1 2' })
  f('| regexp "(?P<y>\\\\d+)(?P<z>x)?"', 'ab12', { y: '12' })
  f('| unpack', '{"app":"x","n":1,"_entry":"line"}', { app: 'x' })
  f('| logfmt | n > 1', 'n=many', { n: 'many', __error__: 'LabelFilterErr' })
  f('| logfmt | drop a, b="2", c="x"', 'a=1 b=2 c=3', { c: '3' })
  f('| logfmt | keep a, b="x"', 'a=1 b=2', { a: '1' }, { s: 't' })
  f('| logfmt | label_format x=a, y="{{.b}}!"', 'a=1 b=2', { x: '1', b: '2', y: '2!' })
  f('| json | drop __error__', 'x', {})
})

describe('lines that are changed', () => {
  const f = (stages: string, line: string, expected: string) =>
    it(stages, () => expect(run(stages, line)?.line).toBe(expected))
  const t = (template: string, expected: string) =>
    f(`| logfmt | line_format \`${template}\``, 'a=Foo n=12 d=1.5s s=2KiB e="x,y"', expected)
  f('| decolorize', '\u001b[31mred\u001b[0m', 'red')
  f('| unpack', '{"a":"b","_entry":"the line"}', 'the line')
  t('{{.a}} {{ .missing }}|', 'Foo |')
  t('{{ToUpper .a}} {{.a | lower | replace "o" "0"}}', 'FOO f00')
  t(
    '{{__line__ | trunc 5}} {{ __timestamp__ | date "2006-01-02T15:04:05.000Z07:00" }}',
    'a=Foo 2023-11-14T22:13:20.123Z',
  )
  t('{{if eq .a "Foo"}}yes{{else}}no{{end}}', 'yes')
  t('{{if lt (int .n) 5}}a{{else if gt (int .n) 10}}b{{else}}c{{end}}', 'b')
  t('{{range $i, $x := fromJson "[1,2]"}}{{$i}}={{$x}};{{end}}', '0=1;1=2;')
  t('{{with .a}}<{{.}}>{{end}}', '<Foo>')
  t('{{ $v := .n }}{{ add $v 1 }} {{ mulf 1.5 2 }} {{ div 7 2 }} {{ mod 7 2 }}', '13 3 3 1')
  t('{{ duration .d }} {{ bytes .s }} {{ .n | float64 | printf "%.2f" }}', '1.5 2048 12.00')
  t('{{ printf "%-5s|%5s|%03d" .a .a (int .n) }}', 'Foo  |  Foo|012')
  t('{{ regexReplaceAll "(o+)" .a "<$1>" }} {{ count "o" .a }}', 'F<oo> 2')
  t(
    '{{ trimPrefix "F" .a }} {{ substr 0 2 .a }} {{ .a | repeat 2 }} {{ contains "oo" .a }}',
    'oo Fo FooFoo true',
  )
  t('{{ .missing | default "-" }} {{ b64enc .a }} {{ urlencode "a b&" }}', '- Rm9v a+b%26')
  t('a {{- " b " -}} c{{/* nothing */}}', 'a b c')
  t(
    '{{ toDate "2006-01-02" "2023-05-06" | unixEpoch }} {{ round 1.256 2 }} {{ max 1 3 2 }}',
    '1683331200 1.26 3',
  )
  t('{{ alignLeft 5 .a }}|{{ alignRight 5 .a }}|{{ len .a }}', 'Foo  |  Foo|3')
})

it('a template that runs away is stopped', () => {
  const rows = JSON.stringify(Array.from({ length: 400 }, () => 1))
  const template = `{{range fromJson .x}}{{range fromJson $.x}}{{.}}{{end}}{{end}}`
  const result = run(`| logfmt | line_format \`${template}\``, `x="${rows}"`)
  expect(result?.labels.__error__).toBe('TemplateFormatErr')
})
