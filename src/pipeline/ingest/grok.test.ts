/** Lines and the fields that grok finds in them. */
import { expect, it } from 'vitest'
import { ranOn } from '../../../test/ingest/pipeline-fixture.ts'
import { GrokExpression } from './grok-expression.ts'
import { grokPatterns } from './grok-patterns.ts'

function f(pattern: string | string[], message: string, expected: object, more: object = {}) {
  it(`${String(pattern)} on ${message.slice(0, 60)}`, () => {
    const patterns = [pattern].flat()
    const ran = ranOn([{ grok: { field: 'm', patterns, ...more } }], { m: message })
    expect(ran.failed).toBeUndefined()
    expect(ran.source).toEqual({ m: message, ...expected })
  })
}

f(
  '%{IP:client} %{WORD:method} %{URIPATHPARAM:request} %{NUMBER:bytes:int} %{NUMBER:s:double}',
  '55.3.244.1 GET /index.html 15824 0.043',
  { client: '55.3.244.1', method: 'GET', request: '/index.html', bytes: 15824, s: 0.043 },
)
f('(?<a>\\d+)-(?<b.c>\\w+)', '12-x', { a: '12', b: { c: 'x' } })
f('%{NUMBER:[a][b]:long}(?: %{WORD:c})?', '5', { a: { b: 5 } })
f(['%{INT:a} x', '%{INT:b} y'], '1 y', { b: '1' })
f('%{CAT:pet}', 'a tabby', { pet: 'tabby' }, { pattern_definitions: { CAT: 'tabby|sphynx' } })
f('%{WORD:a:boolean}', 'TRUE', { a: true })
f('^%{WORD:a}$', 'x\ny', { a: 'x' })
f('(?m)%{WORD:a}.*end', 'x\nend', { a: 'x' })
f('%{IPV6:ip}', 'at ::ffff:10.0.0.1 z', { ip: '::ffff:10.0.0.1' })
f('%{IPORHOST:ip}', 'fe80::1%eth0', { ip: 'fe80::1%eth0' })
f('%{TIMESTAMP_ISO8601:t} %{LOGLEVEL:l}', '2026-11-21T10:00:00,123+09:00 WARN', {
  t: '2026-11-21T10:00:00,123+09:00',
  l: 'WARN',
})
f('%{QUOTEDSTRING:q}', 'x "a \\" b" y', { q: '"a \\" b"' })
f('%{SYSLOGLINE}', 'Nov  1 04:23:03 web-1 sshd[42]: bad', {
  timestamp: 'Nov  1 04:23:03',
  logsource: 'web-1',
  program: 'sshd',
  pid: '42',
  message: 'bad',
})
f(
  '%{SYSLOGLINE}',
  'Nov  1 04:23:03 web-1 sshd[42]: bad',
  {
    timestamp: 'Nov  1 04:23:03',
    host: { hostname: 'web-1' },
    process: { name: 'sshd', pid: 42 },
    message: 'bad',
  },
  { ecs_compatibility: 'v1' },
)
f('%{COMMONAPACHELOG}', '1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 200 -', {
  clientip: '1.2.3.4',
  ident: '-',
  auth: '-',
  timestamp: '10/Oct/2000:13:55:36 -0700',
  verb: 'GET',
  request: '/a',
  httpversion: '1.1',
  response: '200',
})
f(
  '%{HTTPD_ERRORLOG}',
  '[Wed Oct 11 14:32:52.123 2026] [core:error] [pid 35] [client 1.2.3.4:72] AH1: no',
  {
    timestamp: 'Wed Oct 11 14:32:52.123 2026',
    module: 'core',
    loglevel: 'error',
    pid: '35',
    clientip: '1.2.3.4',
    clientport: '72',
    errorcode: 'AH1',
    errormsg: 'no',
  },
)

it('says which pattern matched, and what is no number', () => {
  const processors = [
    { grok: { field: 'm', patterns: ['a', 'b'], trace_match: true } },
    { set: { field: 'i', value: '{{_ingest._grok_match_index}}' } },
  ]
  expect(ranOn(processors, { m: 'b' }).source.i).toBe('1')
  const wrong = [{ grok: { field: 'm', patterns: ['%{WORD:n:int}'] } }]
  expect(ranOn(wrong, { m: 'x' }).failed?.reason).toBe('For input string: "x"')
})

it('compiles every standard pattern', () => {
  for (const ecs of ['disabled', 'v1'] as const) {
    const bank = grokPatterns(ecs)
    for (const name of Object.keys(bank)) {
      expect(() => new GrokExpression(`%{${name}}`, (one) => bank[one])).not.toThrow()
    }
  }
})
