/** What lines say of their severity, trace and span, as tables. */
import { describe, expect, test } from 'vitest'
import { severityOfLine } from './severity-text.ts'
import { foundTrace, readTraceText } from './trace-text.ts'

describe('severity', () => {
  const is = (text: string, expected: number) =>
    test(JSON.stringify(text), () => {
      const bytes = new TextEncoder().encode(`..${text}..`)
      expect(severityOfLine(bytes, 2, bytes.length - 2)).toBe(expected)
    })
  is('E0102 15:04:05.678901       1 reflector.go:147] failed to list', 17)
  is('I0102 15:04:05.678901       1 main.go:1] started', 9)
  is('W1231 23:59:59.000000   12345 x.go:9] slow', 13)
  is('E, [2026-11-21T04:23:03.256874 #1] ERROR -- : boom', 17)
  is('[ERROR] cannot connect', 17)
  is('2024/01/01 00:00:00 [error] 12#12: *1 open() failed', 17)
  is('2024/01/01 00:00:00 [warn] 12#12: low', 13)
  is('time="2024" level=warn msg="x"', 13)
  is('time="2024" level="error" msg="x"', 17)
  is('ts=1 lvl=info msg=x', 9)
  is('severity: critical something', 18)
  is('2026-01-01 12:00:00,123 ERROR [main] c.e.App - failed', 17)
  is('12:00:00.123 [main] DEBUG c.e.App - x', 5)
  is('2026-01-01 12:00:00.123  INFO 1 --- [main] c.e.App : Started', 9)
  is('ERROR:root:msg', 17)
  is('WARNING: deprecated', 13)
  is('error: pathspec did not match', 17)
  is('npm ERR! code ELIFECYCLE', 17)
  is('2024-01-01 00:00:00.000 UTC [1] FATAL:  role does not exist', 21)
  is('2024-01-01 00:00:00.000 UTC [1] LOG:  ready', 9)
  is('2024-01-01T00:00:00Z  WARN target: \u001b[0mx', 13)
  is('\u001b[31mERROR\u001b[0m red', 17)
  is('\u001b[32minfo\u001b[39m: winston', 9)
  is('<3>kernel trouble', 17)
  is('<134>app says', 9)
  is('nothing to see', 0)
  is('GET /error HTTP/1.1', 0)
  is('the error was found in INFORMATION_SCHEMA', 0)
  is('no errors, no warnings', 0)
  is('ERRORS in plural', 0)
  is('information is power', 0)
  is('', 0)
  is('E', 0)
  is('E0', 0)
})

describe('trace and span', () => {
  const trace = '5b8aa5a2d2c872e8321cf37308d69df2'
  const span = '051581bf3cb55c13'
  const is = (text: string, expected: [string, string]) =>
    test(text, () => {
      readTraceText(text)
      expect([foundTrace.trace_id, foundTrace.span_id]).toEqual(expected)
    })
  is(`trace_id=${trace} span_id=${span} msg`, [trace, span])
  is(`"traceId":"${trace}","spanId":"${span}"`, [trace, span])
  is(`[app,traceID: ${trace}]`, [trace, ''])
  is(`trace.id=${trace} span.id=${span}`, [trace, span])
  is(`TraceId: ${trace}`, [trace, ''])
  is(`traceparent=00-${trace}-${span}-01`, [trace, span])
  is(`trace_id=${'0'.repeat(32)}`, ['', ''])
  is(`trace_id=${trace}ff`, ['', ''])
  is('race conditions', ['', ''])
})
