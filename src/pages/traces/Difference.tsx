/**
 * "Why are these slow or failing": field values that the selection has more often than the rest.
 */
import { useAsk } from '../../ui/ask/ask.ts'
import { ValueMenu } from '../../ui/entity/ValueMenu.tsx'
import { count, percent } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { addFilter } from '../../ui/search/edit.ts'
import { type TraceDifference, type TracesAsk, traceDifference } from './contract.ts'
import styles from './Difference.module.css'

export type Selection = {
  from_ms?: number
  to_ms?: number
  duration_ns_min?: number
  duration_ns_max?: number
  errors?: boolean
}

type DifferenceProps = {
  ask: TracesAsk
  selection: Selection
  onClear: () => void
  onSearch: (search: string) => void
}

const shown_max = 12

export function Difference({ ask, selection, onClear, onSearch }: DifferenceProps) {
  const asked = useAsk(traceDifference, { ...ask, selection })
  const { answer } = asked
  const sizes =
    answer === undefined
      ? undefined
      : t('traces.why.question', { selected: count(answer.selected), rest: count(answer.rest) })
  return (
    <Panel
      title={t('traces.why')}
      question={answer?.sampled === true ? `${sizes}, ${t('traces.why.sampled')}` : sizes}
      asked={asked}
      is_empty={(found) => tellingPlaces(found, selection).length === 0}
      empty={{ title: t('traces.why.none'), do: t('traces.why.none.do') }}
      actions={<Button onClick={onClear}>{t('traces.clear')}</Button>}
      flush
    >
      {(found) => (
        <div className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t('traces.why.field')}</th>
                <th scope="col">{t('traces.why.value')}</th>
                <th scope="col">{t('traces.why.selected')}</th>
                <th scope="col">{t('traces.why.rest')}</th>
              </tr>
            </thead>
            <tbody>
              {tellingPlaces(found, selection).map((at) => (
                <DifferenceRow
                  key={`${found.field[at]}=${found.value[at]}`}
                  found={found}
                  at={at}
                  onFilter={(value, way) =>
                    onSearch(addFilter(ask.search, found.field[at] ?? '', value, way))
                  }
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  )
}

/** That the failed have failed is what was asked, and no answer. */
function tellingPlaces(found: TraceDifference, selection: Selection): number[] {
  const places = found.field.map((_, at) => at)
  const isAsked = (at: number) => selection.errors === true && found.field[at] === 'status'
  return places.filter((at) => !isAsked(at)).slice(0, shown_max)
}

type RowProps = {
  found: TraceDifference
  at: number
  onFilter: (value: string | number, way: 'for' | 'out') => void
}

function DifferenceRow({ found, at, onFilter }: RowProps) {
  const field = found.field[at] ?? ''
  const value = found.value[at] ?? ''
  return (
    <tr>
      <th scope="row">{field}</th>
      <td>
        <ValueMenu
          field={field}
          value={value}
          onFilter={(_, chosen, way) => onFilter(chosen, way)}
        />
      </td>
      <td>
        <Share share={found.selected_share[at] ?? 0} className={styles.selected} />
      </td>
      <td>
        <Share share={found.rest_share[at] ?? 0} className={styles.rest} />
      </td>
    </tr>
  )
}

function Share({ share, className }: { share: number; className: string | undefined }) {
  return (
    <span className={styles.share}>
      <span className={styles.bar}>
        <span className={className} style={{ width: `${share * 100}%` }} />
      </span>
      <span className={styles.percent}>{percent(share)}</span>
    </span>
  )
}
