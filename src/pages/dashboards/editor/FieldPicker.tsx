/** Fields and metrics to draw: dragged onto the preview, or chosen. */
import { useState } from 'react'
import { useAsk } from '../../../ui/ask/ask.ts'
import { t } from '../../../ui/i18n/translate.ts'
import { Skeleton } from '../../../ui/parts/EmptyState.tsx'
import { TextInput } from '../../../ui/parts/TextInput.tsx'
import { useRangeAsk } from '../../../ui/range/range.ts'
import { queryWords } from '../../explore/contract.ts'
import type { PanelQuery } from '../contract.ts'
import styles from './Editor.module.css'
import type { Field } from './suggest.ts'

export const fieldType = 'application/x-crowsnest-field'
const shown_max = 60

type PickerProps = { query: PanelQuery | undefined; onChoose: (field: Field) => void }

export function FieldPicker({ query, onChoose }: PickerProps) {
  const [typed, setTyped] = useState('')
  const isMetrics = query?.language === 'promql'
  const asked = useAsk(queryWords, {
    ...useRangeAsk(),
    language: isMetrics ? 'promql' : 'search',
    of: isMetrics ? 'metrics' : 'labels',
    selector: isMetrics ? '' : (query?.shape?.table ?? 'logs'),
    prefix: typed,
  })
  const table = isMetrics ? 'metrics' : (query?.shape?.table ?? 'logs')
  const fields = (asked.answer?.word ?? []).map((name, at): Field => {
    return { name, detail: asked.answer?.detail[at] ?? '', table }
  })
  const title = isMetrics ? t('dashboards.metrics') : t('dashboards.fields')
  return (
    <section className={styles.fields} aria-label={title}>
      <h3>{title}</h3>
      <TextInput label={t('ui.type_to_find')} quiet_label value={typed} onChange={setTyped} />
      {asked.status === 'loading' ? <Skeleton rows={4} /> : null}
      {asked.fault === undefined ? null : <p className={styles.quiet}>{asked.fault.says}</p>}
      <ul>
        {fields.slice(0, shown_max).map((field) => (
          <li key={field.name}>
            <button
              type="button"
              draggable
              title={field.name}
              onClick={() => onChoose(field)}
              onDragStart={(event) => {
                event.dataTransfer.setData(fieldType, JSON.stringify(field))
              }}
            >
              <span>{field.name}</span>
              <span className={styles.quiet}>{field.detail}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className={styles.quiet}>{t('dashboards.fields.do')}</p>
    </section>
  )
}
