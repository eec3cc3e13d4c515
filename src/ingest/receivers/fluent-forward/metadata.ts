/**
 * The metadata beside an entry's time. What Fluent Bit took over OTLP has there what a record of
 * OTLP says beside its body; all else is an attribute under `fluent.metadata`.
 */
import { severityOfWord } from '../../../pipeline/severity-text.ts'
import type { FlatRecord } from '../../records/flat-record.ts'
import { ownPath } from '../../records/paths.ts'
import { isKeyHere, isMapHere, reader, readMap, readMember } from './read-record.ts'

const metadataPath = ownPath('fluent.metadata')
const otlpPath = ownPath('fluent.metadata.otlp')
const severityPath = ownPath('severity_text')
const idPaths = { trace_id: ownPath('trace_id'), span_id: ownPath('span_id') } as const
/** A word for every four of OTLP's severity numbers. */
const severities = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

/** Past the metadata, which may be anything. */
export function readMetadata(record: FlatRecord): void {
  const members = reader.map()
  if (members < 0) reader.skip()
  for (let i = 0; i < members; i++) {
    const { at } = reader
    if (isKeyHere('otlp') && isMapHere()) readOtlp(record)
    else {
      reader.at = at
      readMember(record, metadataPath, 1)
    }
  }
}

function readOtlp(record: FlatRecord): void {
  const members = reader.map()
  let word = ''
  let number = 0
  for (let i = 0; i < members; i++) {
    const { at } = reader
    if (isKeyHere('attributes') && isMapHere()) {
      readMap(record, undefined, 2)
      continue
    }
    reader.at = at
    if (isKeyHere('severity_text') && reader.text()) word = textHere()
    else {
      reader.at = at
      if (isKeyHere('severity_number')) number = numberHere()
      else if (isKeyHere('observed_timestamp')) reader.skip()
      else if (!readId(record, 'trace_id', 16) && !readId(record, 'span_id', 8)) {
        readMember(record, otlpPath, 2)
      }
    }
  }
  const byNumber = severities[Math.floor((number - 1) / 4)]
  // A word of the sender's own says nothing here, its number does.
  const said = word !== '' && severityOfWord(word) > 0 ? word : byNumber
  if (said !== undefined) record.string(severityPath, said)
}

function textHere(): string {
  return Buffer.from(reader.bytes.subarray(reader.start, reader.end)).toString()
}

function numberHere(): number {
  const number = reader.number()
  if (number === undefined) reader.skip()
  return Number(number ?? 0)
}

/** An id as its bytes or as hexadecimal text. False: the reader stands where it stood. */
function readId(record: FlatRecord, name: keyof typeof idPaths, id_bytes: number): boolean {
  const { at } = reader
  if (!isKeyHere(name) || !reader.text()) {
    reader.at = at
    return false
  }
  const { bytes, start, end } = reader
  const isBinary = end - start === id_bytes
  const text = Buffer.from(bytes.subarray(start, end)).toString(isBinary ? 'hex' : 'latin1')
  if (text !== '') record.string(idPaths[name], text)
  return true
}
