/**
 * Under an empty answer: a field that looks like a slip of a known one, and the search put right.
 */
import type { SearchTable } from '../../model/fields.ts'
import { parse } from '../../model/search/parse.ts'
import { type Suggestion, suggestions } from '../../model/search/suggest.ts'
import { t } from '../i18n/translate.ts'
import { Button } from '../parts/Button.tsx'

type DidYouMeanProps = { search: string; table: SearchTable; onRun: (search: string) => void }

export function DidYouMean({ search, table, onRun }: DidYouMeanProps) {
  const [first] = slips(search, table)
  if (first === undefined) return null
  const { field, position, suggestion } = first
  const fixed = search.slice(0, position) + search.slice(position).replace(field, suggestion)
  return (
    <Button kind="primary" onClick={() => onRun(fixed)}>
      {t('ui.search.did_you_mean', { suggestion })}
    </Button>
  )
}

function slips(search: string, table: SearchTable): Suggestion[] {
  try {
    return suggestions(parse(search), [], table)
  } catch {
    // A search that does not parse says so in the search bar.
    return []
  }
}
