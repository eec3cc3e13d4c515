/**
 * What can be done with any value: filter for it, filter it out, copy, open, look around its time.
 */
import {
  IconArrowUpRight,
  IconClockSearch,
  IconCopy,
  IconFilterMinus,
  IconFilterPlus,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { t } from '../i18n/translate.ts'
import { copyText } from '../parts/copy.ts'
import { Menu, type MenuItem } from '../parts/Menu.tsx'
import { useRange } from '../range/range.ts'
import type { FilterWay } from '../search/edit.ts'
import { href } from '../url/location.ts'
import { type EntityKind, entityAddress, entityOfField } from './paths.ts'
import styles from './ValueMenu.module.css'

const around_ms = 5 * 60e3

export type ValueAsk = {
  field: string
  value: string | number
  onFilter?: ((field: string, value: string | number, way: FilterWay) => void) | undefined
  /** The kind of thing the value names; known for the usual fields. */
  entity?: EntityKind | undefined
  time_ms?: number | undefined
}

/** The items for a value; tables give them to their right-button menu. */
export function useValueItems(): (ask: ValueAsk) => MenuItem[] {
  const { setRange } = useRange()
  return ({ field, value, onFilter, entity, time_ms }) => {
    const items: MenuItem[] = [{ heading: field }]
    if (onFilter !== undefined) {
      items.push(
        {
          label: t('ui.value.for'),
          icon: <IconFilterPlus />,
          act: () => onFilter(field, value, 'for'),
        },
        {
          label: t('ui.value.out'),
          icon: <IconFilterMinus />,
          act: () => onFilter(field, value, 'out'),
        },
      )
    }
    items.push({ label: t('ui.copy'), icon: <IconCopy />, act: () => copyText(String(value)) })
    const kind = entity ?? entityOfField(field)
    if (kind !== undefined && value !== '') {
      const { path, query } = entityAddress(kind, String(value))
      items.push({
        label: t('ui.value.open', { kind: t(`ui.entity.${kind}`) }),
        icon: <IconArrowUpRight />,
        to: href(path, query),
      })
    }
    if (time_ms !== undefined) {
      items.push({
        label: t('ui.value.around'),
        icon: <IconClockSearch />,
        act: () => setRange(time_ms - around_ms, time_ms + around_ms),
      })
    }
    return items
  }
}

export function ValueMenu({ children, ...ask }: ValueAsk & { children?: ReactNode }) {
  const itemsFor = useValueItems()
  return (
    <Menu items={itemsFor(ask)} label={ask.field}>
      <button type="button" className={styles.value}>
        {children ?? String(ask.value)}
      </button>
    </Menu>
  )
}
