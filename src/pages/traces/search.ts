/**
 * What the Traces search bar completes: fields and values seen on spans in the page's time range.
 */
import { askOnce } from '../../ui/ask/ask.ts'
import { useRangeAsk } from '../../ui/range/range.ts'
import { fieldCompletion } from '../../ui/search/complete-fields.ts'
import { logCompletion } from '../logs/contract.ts'

export function useSpanCompletion() {
  const range = useRangeAsk()
  return fieldCompletion('spans', (field, prefix, signal) =>
    askOnce(
      logCompletion,
      { ...range, signal: 'spans', prefix, ...(field === undefined ? {} : { field }) },
      signal,
    ),
  )
}
