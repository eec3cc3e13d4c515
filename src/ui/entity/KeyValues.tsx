/** Attributes as a list of names and values, filtered by typing; every value has its menu. */
import { useState } from 'react'
import { t } from '../i18n/translate.ts'
import { TextInput } from '../parts/TextInput.tsx'
import type { FilterWay } from '../search/edit.ts'
import styles from './KeyValues.module.css'
import { ValueMenu } from './ValueMenu.tsx'

type KeyValuesProps = {
  entries: readonly (readonly [string, string | number])[]
  onFilter?: ((field: string, value: string | number, way: FilterWay) => void) | undefined
  time_ms?: number | undefined
  label?: string | undefined
}

const searchable_min = 12

export function KeyValues({ entries, onFilter, time_ms, label }: KeyValuesProps) {
  const [typed, setTyped] = useState('')
  const wanted = typed.toLowerCase()
  const shown = entries.filter(([key, value]) => `${key} ${value}`.toLowerCase().includes(wanted))
  return (
    <div className={styles.whole}>
      {entries.length < searchable_min ? null : (
        <TextInput label={t('ui.type_to_find')} quiet_label value={typed} onChange={setTyped} />
      )}
      <dl className={styles.list} aria-label={label}>
        {shown.map(([key, value]) => (
          <div key={key} className={styles.row}>
            <dt className={styles.key} title={key}>
              {key}
            </dt>
            <dd className={styles.value}>
              <ValueMenu field={key} value={value} onFilter={onFilter} time_ms={time_ms} />
            </dd>
          </div>
        ))}
      </dl>
      {shown.length === 0 ? <p className={styles.none}>{t('ui.nothing_found')}</p> : null}
    </div>
  )
}
