/** Dates by every kind of format, and what is no date. */
import { expect, it } from 'vitest'
import { pipelineNow_ms, ranOn } from '../../../test/ingest/pipeline-fixture.ts'

const nanos = "yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX"

function f(text: unknown, formats: string[], expected: string, more: object = {}) {
  it(`reads ${String(text)} by ${formats.join(', ')} ${JSON.stringify(more)}`, () => {
    const ran = ranOn([{ date: { field: 'd', formats, ...more } }], { d: text, zone: 'Asia/Seoul' })
    expect(ran.failed).toBeUndefined()
    expect(ran.source['@timestamp']).toBe(expected)
  })
}

f('2026-03-04T05:06:07.123456789Z', ['ISO8601'], '2026-03-04T05:06:07.123Z')
f('2026-03-04T05:06:07.123456789Z', ['ISO8601'], '2026-03-04T05:06:07.123456789Z', {
  output_format: nanos,
})
f('2026-03-04T05:06:07+0900', ['ISO8601'], '2026-03-03T20:06:07.000Z')
f('2026-03-04', ['ISO8601'], '2026-03-04T00:00:00.000+09:00', { timezone: 'Asia/Seoul' })
f('2026-03-04T05', ['ISO8601'], '2026-03-04T05:00:00.000Z')
f('1700000000', ['UNIX'], '2023-11-14T22:13:20.000Z')
f(1700000000.5, ['UNIX'], '2023-11-14T22:13:20.500Z')
f('1700000000123', ['UNIX_MS'], '2023-11-14T22:13:20.123Z', { timezone: 'UTC' })
f('1700000000', ['UNIX'], '2023-11-15T07:13:20.000+09:00', { timezone: '{{zone}}' })
f('@4000000050d506482dbdf024', ['TAI64N'], '2012-12-22T01:00:46.767Z')
f('10/Oct/2000:13:55:36 -0700', ['dd/MMM/yyyy:HH:mm:ss Z'], '2000-10-10T20:55:36.000Z')
f('Tue, 3 Jun 2008 11:05:30 GMT', ['EEE, d MMM yyyy HH:mm:ss z'], '2008-06-03T11:05:30.000Z')
f('Nov  1 04:23:03', ['MMM  d HH:mm:ss', 'MMM dd HH:mm:ss'], '2026-11-01T04:23:03.000Z')
f('Dec 31 23:00:00', ['MMM d HH:mm:ss'], '2026-12-31T23:00:00.000Z')
f('20260304050607', ['yyyyMMddHHmmss'], '2026-03-04T05:06:07.000Z')
f('26-3-4 1:02 PM', ['yy-M-d h:mm a'], '2026-03-04T13:02:00.000Z')
f('2026-03-04 12:00 am', ['yyyy-MM-dd hh:mm a'], '2026-03-04T00:00:00.000Z')
f('2026-03-04 05:06:07,5', ['yyyy-MM-dd HH:mm:ss[,S][.SSS]'], '2026-03-04T05:06:07.500Z')
f('2026-03-04 05:06:07', ['yyyy-MM-dd HH:mm:ss[,S][.SSS]'], '2026-03-04T05:06:07.000Z')
f("2026 o'clock 05", ["yyyy 'o''clock' HH"], '2026-01-01T05:00:00.000Z')
f('2026-060', ['uuuu-DDD'], '2026-03-01T00:00:00.000Z')
f('4 mars 2026', ['d MMMM yyyy'], '2026-03-04T00:00:00.000Z', { locale: 'fr' })
f('2026-03-29 02:30:00', ['yyyy-MM-dd HH:mm:ss'], '2026-03-29T03:30:00.000+02:00', {
  timezone: 'Europe/Paris',
})
f('2026-10-25 02:30:00', ['yyyy-MM-dd HH:mm:ss'], '2026-10-25T02:30:00.000+02:00', {
  timezone: 'Europe/Paris',
})
f('2026-07-01 00:00:00 America/New_York', ['yyyy-MM-dd HH:mm:ss VV'], '2026-07-01T04:00:00.000Z')
f('x', ['UNIX', "'x'"], '2026-01-01T00:00:00.000Z')
f('1700000000', ['UNIX'], 'Tuesday, 14 Nov 23', { output_format: 'EEEE, d MMM yy' })

for (const [text, format] of [
  ['2026-13-04', 'yyyy-MM-dd'],
  ['2026-02-29', 'yyyy-MM-dd'],
  ['2026-02-28x', 'yyyy-MM-dd'],
  ['26-02-28', 'yyyy-MM-dd'],
  ['2026-02-28 05:06', 'ISO8601'],
  ['x', 'UNIX'],
  ['1.5', 'UNIX_MS'],
  ['11:05', 'hh:mm'],
  ['@40', 'TAI64N'],
] as const) {
  it(`does not read ${text} by ${format}`, () => {
    const { failed } = ranOn([{ date: { field: 'd', formats: [format] } }], { d: text })
    expect(failed).toMatchObject({
      ...{ type: 'illegal_argument_exception', reason: `unable to parse date [${text}]` },
      processor_type: 'date',
    })
  })
}

it('writes in every zone what it read in it', () => {
  const zones = ['UTC', 'Asia/Kolkata', 'America/St_Johns', 'Australia/Lord_Howe', '-03:30']
  let seed = 7
  for (let i = 0; i < 400; i++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    const ms = pipelineNow_ms + (seed - 2 ** 30) * 100
    const text = new Date(ms).toISOString()
    const timezone = zones[i % zones.length]!
    const ran = ranOn([{ date: { field: 'd', formats: ['ISO8601'], timezone } }], { d: text })
    expect(Date.parse(ran.source['@timestamp'])).toBe(ms)
  }
})
