/** What the contract refuses must never reach the store: it would be a bug there, not an answer. */
import { expect, test } from 'vitest'
import { logHistogram, logRecord, logRecords, logSurrounding } from './contract.ts'

const range = { from_ms: 1, to_ms: 2 }

test('times and ids are those that the store can hold', () => {
  const f = (
    schema: { safeParse: (ask: unknown) => { success: boolean } },
    ask: object,
    ok: boolean,
  ) => expect(schema.safeParse(ask).success, JSON.stringify(ask)).toBe(ok)
  f(logHistogram.ask, range, true)
  f(logHistogram.ask, { ...range, to_ms: 9_223_000_000_000 }, true)
  f(logHistogram.ask, { ...range, to_ms: 9_223_372_036_855 }, false)
  f(logHistogram.ask, { ...range, to_ms: Number.MAX_SAFE_INTEGER }, false)
  f(logHistogram.ask, { ...range, from_ms: -1 }, false)
  f(logHistogram.ask, { ...range, from_ms: 0.5 }, false)
  f(logRecord.ask, { id: '9223372036854775807-18446744073709551615' }, true)
  f(logRecord.ask, { id: '9223372036854775808-1' }, false)
  f(logRecord.ask, { id: '1-18446744073709551616' }, false)
  f(logRecord.ask, { id: '1-1-1' }, false)
  f(logRecords.ask, { ...range, after: '1-1' }, true)
  f(logRecords.ask, { ...range, after: "1-1' OR 1" }, false)
  f(logRecords.ask, { ...range, after: '' }, false)
  f(logSurrounding.ask, { id: '1-1', resource_id: '18446744073709551615' }, true)
  f(logSurrounding.ask, { id: '1-1', resource_id: '18446744073709551616' }, false)
})
