/** The search bar of the Kubernetes pages, completed from what is really there. */
import { askOnce, type FaultShown } from '../../ui/ask/ask.ts'
import { t } from '../../ui/i18n/translate.ts'
import { useRangeAsk } from '../../ui/range/range.ts'
import { fieldCompletion } from '../../ui/search/complete-fields.ts'
import { FilterChips } from '../../ui/search/FilterChips.tsx'
import { SearchBar } from '../../ui/search/SearchBar.tsx'
import { type CompletionTable, type ListName, objectCompletion } from './contract.ts'

type KubernetesSearchProps = {
  table: CompletionTable
  list?: ListName | undefined
  search: string
  onRun: (search: string) => void
  fault: FaultShown | undefined
}

export function KubernetesSearch({ table, list, search, onRun, fault }: KubernetesSearchProps) {
  const range = useRangeAsk()
  const complete = fieldCompletion(table, (field, prefix, signal) => {
    const of = {
      ...(field === undefined ? {} : { field }),
      ...(list === undefined ? {} : { list }),
    }
    return askOnce(objectCompletion, { ...range, table, prefix, ...of }, signal)
  })
  return (
    <>
      <SearchBar
        value={search}
        onRun={onRun}
        complete={complete}
        fault={fault}
        placeholder={t(`kubernetes.placeholder.${table}`)}
        recent_key={`kubernetes.${list ?? table}`}
      />
      <FilterChips search={search} onChange={onRun} />
    </>
  )
}
