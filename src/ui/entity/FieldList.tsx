/** Fields with their top values and how often each occurs; a click filters for a value or out. */
import { IconChevronRight, IconFilterMinus, IconFilterPlus } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { count, exact, percent } from '../format/figures.ts'
import { language, t } from '../i18n/translate.ts'
import { IconButton } from '../parts/Button.tsx'
import { Skeleton } from '../parts/EmptyState.tsx'
import { TextInput } from '../parts/TextInput.tsx'
import type { FilterWay } from '../search/edit.ts'
import styles from './FieldList.module.css'
import { ValueMenu } from './ValueMenu.tsx'

export type FieldFacet = {
  name: string
  /** Top values, most frequent first; absent until the field is opened and asked for. */
  values?: readonly { value: string; rows: number }[] | undefined
  /** Records that have the field. */
  rows?: number | undefined
}

type FieldListProps = {
  fields: readonly FieldFacet[]
  onFilter: (field: string, value: string | number, way: FilterWay) => void
  /** A field was opened: the moment to ask for its values. */
  onOpen?: ((field: string) => void) | undefined
  initially_open?: readonly string[] | undefined
  is_loading?: boolean | undefined
  /** Of how many records the counts are shares. */
  rows_all?: number | undefined
  /** What else can be done with a field: buttons in the place of its count. */
  actions?: ((field: string) => ReactNode) | undefined
}

export function FieldList(props: FieldListProps) {
  const { fields, onOpen } = props
  const [typed, setTyped] = useState('')
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set(props.initially_open))
  if (props.is_loading === true && fields.length === 0) return <Skeleton rows={10} />
  const toggle = (name: string) => {
    const next = new Set(open)
    if (!next.delete(name)) {
      next.add(name)
      onOpen?.(name)
    }
    setOpen(next)
  }
  const shown = fields.filter(({ name }) => name.toLowerCase().includes(typed.toLowerCase()))
  return (
    <div className={styles.fields}>
      <TextInput label={t('ui.fields.find')} quiet_label value={typed} onChange={setTyped} />
      <ul className={styles.list}>
        {shown.map((field) => (
          <li key={field.name} className={styles.field}>
            <button
              type="button"
              className={styles.name}
              aria-expanded={open.has(field.name)}
              onClick={() => toggle(field.name)}
            >
              <IconChevronRight className={styles.chevron} aria-hidden="true" />
              <span className={styles.cut}>{field.name}</span>
              {field.rows === undefined ? null : (
                <span className={styles.rows}>{count(field.rows)}</span>
              )}
            </button>
            {props.actions === undefined ? null : (
              <span className={styles.actions}>{props.actions(field.name)}</span>
            )}
            {open.has(field.name) ? <TopValues field={field} {...props} /> : null}
          </li>
        ))}
      </ul>
      {shown.length === 0 ? <p className={styles.none}>{t('ui.nothing_found')}</p> : null}
    </div>
  )
}

function TopValues({ field, onFilter, rows_all }: FieldListProps & { field: FieldFacet }) {
  const { name, values } = field
  if (values === undefined) return <Skeleton rows={3} />
  const all = rows_all ?? field.rows ?? values.reduce((sum, { rows }) => sum + rows, 0)
  const most = values[0]?.rows ?? 1
  if (values.length === 0) return <p className={styles.none}>{t('ui.fields.none')}</p>
  return (
    <ul className={styles.values}>
      {values.map(({ value, rows }) => (
        <li
          key={value}
          className={styles.value}
          title={`${value} · ${exact(rows, language())} · ${percent(rows / Math.max(1, all))}`}
        >
          <span className={styles.bar} style={{ width: `${(rows / most) * 100}%` }} />
          <span className={styles.text}>
            <ValueMenu field={name} value={value} onFilter={onFilter}>
              {value === '' ? t('ui.empty_value') : value}
            </ValueMenu>
          </span>
          <span className={styles.rows}>{percent(rows / Math.max(1, all))}</span>
          <span className={styles.buttons}>
            <IconButton
              label={t('ui.value.for')}
              onClick={() => onFilter(name, value, 'for')}
              className={styles.small}
            >
              <IconFilterPlus />
            </IconButton>
            <IconButton
              label={t('ui.value.out')}
              onClick={() => onFilter(name, value, 'out')}
              className={styles.small}
            >
              <IconFilterMinus />
            </IconButton>
          </span>
        </li>
      ))}
    </ul>
  )
}
