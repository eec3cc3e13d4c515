/** What a list shows of a line: facts of every form that shops and clusters write. */
import { expect, test } from 'vitest'
import { readable } from './readable.ts'

test('the saying comes first, then the other fields', () => {
  const f = (body: string, says: string, fields = '') =>
    expect(readable(body)).toEqual({ says, fields })
  f('order 17 paid', 'order 17 paid')
  f('', '')
  f(
    '{"level":"info","time":"10:00","msg":"GET /cart 200","took_ms":3}',
    'GET /cart 200',
    'took_ms=3',
  )
  f('{"message":"a","tags":["x"],"user":{"id":1}}', 'a', 'tags=["x"] user={"id":1}')
  f('{"level":"info","took_ms":3}', '{"level":"info","took_ms":3}')
  f('{"msg":"cut o', '{"msg":"cut o')
  f('[1,2]', '[1,2]')
  f('level=warn ts=10:00 msg="slow \\"query\\"" took=3s', 'slow "query"', 'took=3s')
  f('retry a=b later', 'retry a=b later')
  f('a=1 b=2', 'a=1 b=2')
  f('2026-11-21T10:08:23.796Z INFO [storefront] GET /', '[storefront] GET /')
  f('[2026-11-21 10:08:23,796] ERROR: no', 'no')
  f('2026-11-21T10:08:23Z ', '2026-11-21T10:08:23Z ')
  f('information is power', 'information is power')
})

test('a line too long to take apart is shown as it is', () => {
  const body = `{"msg":"${'x'.repeat(20_000)}"}`
  expect(readable(body)).toEqual({ says: body, fields: '' })
})
