/** Records as they arrive, the newest on top; says when nothing does, and when too much does. */
import { exact } from '../../ui/format/figures.ts'
import { language, t } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { StatusDot } from '../../ui/parts/Marks.tsx'
import type { FilterWay } from '../../ui/search/edit.ts'
import styles from './LogTable.module.css'
import { LogTable } from './LogTable.tsx'
import { useTail } from './use-tail.ts'

type TailProps = {
  search: string
  open: string
  onOpen: (id: string) => void
  onFilter: (field: string, value: string | number, way: FilterWay) => void
}

export function TailPanel({ search, open, onOpen, onFilter }: TailProps) {
  const tail = useTail(search, true)
  const since = new Date(tail.since_ms).toLocaleTimeString(language())
  const said = {
    following: tail.rows.length === 0 ? t('logs.tail.waiting', { time: since }) : t('logs.tail.on'),
    lost: t('logs.tail.lost'),
    failed: '',
  }[tail.state]
  return (
    <Panel title={t('logs.tail')} flush grow>
      {tail.fault === undefined ? (
        <p className={styles.status} role="status">
          <StatusDot status={tail.state === 'following' ? 'ok' : 'warn'} label={said} quiet />
          {said}
          {tail.skipped === 0 ? null : (
            <span className={styles.warn}>
              {t('logs.tail.skipped', { count: exact(tail.skipped, language()) })}
            </span>
          )}
        </p>
      ) : (
        <FaultNote fault={tail.fault} />
      )}
      <LogTable
        label={t('logs.tail')}
        rows={tail.rows}
        search={search}
        open={open}
        onOpen={onOpen}
        onFilter={onFilter}
      />
    </Panel>
  )
}
