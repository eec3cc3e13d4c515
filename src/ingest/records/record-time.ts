/** When a record happened: what its protocol says, else its best field, else its arrival. */
import { foundTime, readTime, readTimeValue } from '../../pipeline/time-text.ts'
import { halve, halves } from '../../wire/otlp/time.ts'
import type { RowBuffer } from '../../wire/row-buffer.ts'
import { type FlatRecord, valueKinds } from './flat-record.ts'
import { meanings } from './meanings.ts'

/** The time of the last record, and the index of the field it was taken from: that one is spent. */
export const chosenTime = { seconds: 0, nanoseconds: 0, spent: -1 }

export function chooseTime(record: FlatRecord, field: number, arrived_ms: number): void {
  chosenTime.spent = -1
  if (record.seconds >= 0) {
    chosenTime.seconds = record.seconds
    chosenTime.nanoseconds = record.nanoseconds
    // The same time again says nothing; another one is about something else and stays.
    const isSame = field >= 0 && readField(record, field) && foundTime.seconds === record.seconds
    if (isSame) chosenTime.spent = field
    refine(record, -1)
    return
  }
  if (field >= 0 && readField(record, field)) {
    chosenTime.seconds = foundTime.seconds
    chosenTime.nanoseconds = foundTime.nanoseconds
    chosenTime.spent = field
    refine(record, field)
    return
  }
  chosenTime.seconds = Math.floor(arrived_ms / 1000)
  chosenTime.nanoseconds = Math.floor((arrived_ms - chosenTime.seconds * 1000) * 1e6)
}

/**
 * Shippers cut the time to milliseconds (`@timestamp`) or seconds and leave the runtime's own
 * beside it (`time`): one that agrees and is finer says when it really was.
 */
function refine(record: FlatRecord, field: number): void {
  const { seconds, nanoseconds } = chosenTime
  if (nanoseconds % 1_000_000 !== 0) return
  for (let i = 0; i < record.count && i < record.innerFrom; i++) {
    if (i === field || record.paths[i]!.means.meaning !== meanings.time) continue
    if (record.kind[i] !== valueKinds.text || !readField(record, i)) continue
    if (foundTime.seconds !== seconds || foundTime.nanoseconds % 1_000_000 === 0) continue
    const cut_ns = foundTime.nanoseconds - (foundTime.nanoseconds % 1_000_000)
    if (nanoseconds !== 0 && cut_ns !== nanoseconds) continue
    chosenTime.nanoseconds = foundTime.nanoseconds
    return
  }
}

function readField(record: FlatRecord, index: number): boolean {
  if (record.kind[index] === valueKinds.number) return readTimeValue(record.value[index])
  const { bytes } = record.arena
  const start = record.start[index]!
  const end = record.end[index]!
  if (readTime(bytes, start, end) === end) return true
  return end - start <= 48 && readTimeValue(record.textAt(index))
}

/** As a column of DateTime64(9) holds it. */
export function nanoseconds(out: RowBuffer, seconds: number, rest: number): void {
  halve(seconds, rest)
  out.int64(halves.lo, halves.hi)
}
