/** Log lines with their labels; a line opens into all that it carries. */
import { useMemo, useState } from 'react'
import { Drawer } from '../../ui/drawer/Drawer.tsx'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { KeyValues } from '../../ui/entity/KeyValues.tsx'
import { LogLine } from '../../ui/entity/LogLine.tsx'
import { t } from '../../ui/i18n/translate.ts'
import { Clock, useClockWidth } from '../../ui/parts/Clock.tsx'
import { Instant } from '../../ui/parts/Figures.tsx'
import { SeverityTag } from '../../ui/parts/Marks.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import type { LogsRun } from './contract.ts'
import styles from './Explore.module.css'

type LineRow = {
  id: string
  time_ms: number
  severity: string
  body: string
  labels: Record<string, string>
}

export function LinesView({ run }: { run: LogsRun }) {
  const [open, setOpen] = useState('')
  const time_px = useClockWidth()
  const isPhone = useIsPhone()
  const rows = useMemo(() => lineRows(run), [run])
  const columns: Column<LineRow>[] = [
    {
      id: 'time',
      title: t('explore.time'),
      width: time_px,
      cell: (row) => <Clock time_ms={row.time_ms} />,
    },
    {
      id: 'severity',
      title: '',
      width: 74,
      cell: (row) => <SeverityTag severity={row.severity} />,
    },
    {
      id: 'service',
      title: t('explore.service'),
      width: 150,
      cell: ({ labels }) => (
        <EntityLink kind="service" name={labels.service_name ?? labels.service ?? ''} />
      ),
    },
    {
      id: 'body',
      title: '',
      width: '1fr',
      cell: (row) => <LogLine body={row.body} draw={(text) => text.replace(/\s+/g, ' ')} />,
    },
  ]
  const shown = isPhone ? columns.filter(({ id }) => id === 'time' || id === 'body') : columns
  const row = rows.find(({ id }) => id === open)
  return (
    <>
      <DataTable
        label={t('explore.result')}
        rows={rows}
        columns={shown}
        row_id={({ id }) => id}
        selected={open}
        onOpen={({ id }) => setOpen(id === open ? '' : id)}
        row_tone={toneOf}
      />
      <Drawer
        open={row !== undefined}
        label={t('explore.document')}
        title={row === undefined ? '' : <Instant time_ms={row.time_ms} ms />}
        onClose={() => setOpen('')}
      >
        {row === undefined ? null : (
          <>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls. */}
            <pre className={styles.body} tabIndex={0}>
              {row.body}
            </pre>
            <KeyValues entries={Object.entries(row.labels)} time_ms={row.time_ms} />
          </>
        )}
      </Drawer>
    </>
  )
}

function toneOf({ severity }: LineRow): 'bad' | 'warn' | undefined {
  if (severity === 'error' || severity === 'fatal') return 'bad'
  return severity === 'warn' ? 'warn' : undefined
}

function lineRows({ time_ns, severity, body, labels }: LogsRun): LineRow[] {
  return body.map((text, at) => ({
    id: String(at),
    time_ms: Number(BigInt(time_ns[at] ?? '0') / 1_000_000n),
    severity: severity[at] ?? '',
    body: text,
    labels: labels[at] ?? {},
  }))
}
