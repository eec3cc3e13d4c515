/**
 * Export…ServiceResponse: partial_success only when records were rejected or there is a warning.
 */
import type { DecodeOutcome } from '../../../model/outcome.ts'
import { bytesField, varintField } from '../../../wire/grpc/status.ts'
import type { OtlpSignal } from '../../receiver.ts'

const nothing = new Uint8Array(0)
const rejectedWord: Record<OtlpSignal, string> = {
  logs: 'rejectedLogRecords',
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
}

/** The three messages differ in the name of field 1 only, so their bytes are the same. */
export function exportResponse(outcome: DecodeOutcome): Uint8Array {
  if (outcome.rejected === 0 && outcome.message === '') return nothing
  const partial = [
    ...(outcome.rejected > 0 ? [varintField(1, outcome.rejected)] : []),
    ...(outcome.message === '' ? [] : [bytesField(2, Buffer.from(outcome.message))]),
  ]
  return bytesField(1, Buffer.concat(partial))
}

export function exportResponseJson(outcome: DecodeOutcome, signal: OtlpSignal): string {
  if (outcome.rejected === 0 && outcome.message === '') return '{}'
  // 64-bit integers are strings in OTLP/JSON.
  const rejected = outcome.rejected > 0 ? { [rejectedWord[signal]]: `${outcome.rejected}` } : {}
  const message = outcome.message === '' ? {} : { errorMessage: outcome.message }
  return JSON.stringify({ partialSuccess: { ...rejected, ...message } })
}
