/** What became of a request to store records: one type for all receivers, rendered per protocol. */

/** Why a record was not stored. The list is closed: every refused record counts under one of it. */
export const rejectReasons = [
  'time_too_old',
  'time_in_future',
  'record_too_large',
  'id_invalid',
  'name_missing',
  'value_missing',
  'histogram_invalid',
  'nesting_too_deep',
  'line_malformed',
  'value_invalid',
  'label_invalid',
  'document_malformed',
  'pipeline_failed',
  'operation_unsupported',
] as const
export type RejectReason = (typeof rejectReasons)[number]

/** accepted + rejected is the number of records that were sent. */
export type DecodeOutcome = {
  accepted: number
  rejected: number
  reasons: Partial<Record<RejectReason, number>>
  /** A sentence for the sender about what was rejected or cut; empty when all is well. */
  message: string
}
