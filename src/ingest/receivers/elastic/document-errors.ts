/** Why a document was not stored, in the words and statuses that clients act on. */
import type { RejectReason } from '../../../model/outcome.ts'

type Said = { status: number; type: string }

const others: Said = { status: 400, type: 'illegal_argument_exception' }
/** Below 500 and not 429: shippers drop the document or put it aside, and never send it again. */
const saidOf: Partial<Record<RejectReason, Said>> = {
  document_malformed: { status: 400, type: 'document_parsing_exception' },
  nesting_too_deep: { status: 400, type: 'document_parsing_exception' },
  record_too_large: { status: 413, type: 'content_too_large_exception' },
  pipeline_failed: { status: 400, type: 'ingest_processor_exception' },
}

const words: Partial<Record<RejectReason, string>> = {
  time_too_old: '@timestamp is older than what is kept',
  time_in_future: '@timestamp is too far in the future',
  record_too_large: 'the request expands beyond what one request may hold',
  nesting_too_deep: 'the document is nested too deeply',
}

export function documentError(reason: RejectReason, detail: string) {
  const { status, type } = saidOf[reason] ?? others
  return { status, error: { type, reason: detail || words[reason] || reason } }
}
