/** The conditions of a search as chips: each can be turned around or removed. */
import { IconX } from '@tabler/icons-react'
import {
  type Filter,
  filtersOf,
  withFilter,
  withoutListedFilter,
} from '../../model/search/filters.ts'
import { t } from '../i18n/translate.ts'
import { Menu } from '../parts/Menu.tsx'
import styles from './FilterChips.module.css'

type FilterChipsProps = { search: string; onChange: (search: string) => void }

export function FilterChips({ search, onChange }: FilterChipsProps) {
  const filters = filtersIn(search)
  if (filters.length === 0) return null
  return (
    <ul className={styles.chips} aria-label={t('ui.search.filters')}>
      {filters.map((filter) => {
        const shown = `${filter.field}${filter.operator} ${filter.value ?? '*'}`
        const remove = () => onChange(withoutListedFilter(search, filter))
        return (
          <li key={`${filter.negate}${shown}`} className={styles.chip} data-negate={filter.negate}>
            <Menu
              items={[
                { label: t('ui.search.negate'), act: () => onChange(turned(search, filter)) },
                { label: t('ui.search.remove'), act: remove },
                { label: t('ui.search.only'), act: () => onChange(alone(filter)) },
              ]}
            >
              <button type="button" className={styles.text} title={shown}>
                {filter.negate ? <span className={styles.not}>not</span> : null}
                <span className={styles.field}>
                  {filter.field}
                  {filter.operator}
                </span>
                <span className={styles.value}>{filter.value ?? '*'}</span>
              </button>
            </Menu>
            <button
              type="button"
              className={styles.remove}
              aria-label={t('ui.search.remove_named', { filter: shown })}
              onClick={remove}
            >
              <IconX size={12} aria-hidden="true" />
            </button>
          </li>
        )
      })}
      {filters.length > 1 ? (
        <li>
          <button type="button" className={styles.clear} onClick={() => onChange('')}>
            {t('ui.search.clear')}
          </button>
        </li>
      ) : null}
    </ul>
  )
}

/** A search that does not parse has no chips; the bar says what is wrong with it. */
function filtersIn(search: string): Filter[] {
  try {
    return filtersOf(search)
  } catch {
    return []
  }
}

function turned(search: string, filter: Filter): string {
  const { field, value, negate } = filter
  return withFilter(withoutListedFilter(search, filter), { field, value, negate: !negate })
}

function alone({ field, value, negate }: Filter): string {
  return withFilter('', { field, value, negate })
}
