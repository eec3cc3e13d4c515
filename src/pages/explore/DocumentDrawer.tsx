/** One row in full: every field, what is known of where it comes from, and the row as JSON. */
import { useState } from 'react'
import { useAsk } from '../../ui/ask/ask.ts'
import { Drawer } from '../../ui/drawer/Drawer.tsx'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { KeyValues } from '../../ui/entity/KeyValues.tsx'
import { type EntityKind, entityOfField } from '../../ui/entity/paths.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { CopyButton } from '../../ui/parts/CopyId.tsx'
import { EmptyState, Skeleton } from '../../ui/parts/EmptyState.tsx'
import { Instant } from '../../ui/parts/Figures.tsx'
import { Tabs } from '../../ui/parts/Tabs.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { type ExploreTable, exploreResource } from './contract.ts'
import styles from './Explore.module.css'
import { documentOf, type ExploreRow, entriesOf } from './rows.ts'
import type { OnFilter } from './SearchView.tsx'

type DocumentProps = {
  id: string
  table: ExploreTable
  rows: readonly ExploreRow[]
  is_loading: boolean
  onClose: () => void
  onFilter: OnFilter
}

export function DocumentDrawer({ id, table, rows, is_loading, onClose, onFilter }: DocumentProps) {
  const row = rows.find((one) => one.id === id)
  const { time_ms } = row ?? {}
  const name = t(`explore.table.${table}`)
  return (
    <Drawer
      open={id !== ''}
      label={`${name} ${t('explore.document')}`}
      title={
        <>
          {name} {time_ms === undefined ? null : <Instant time_ms={time_ms} ms />}
        </>
      }
      onClose={onClose}
    >
      {row !== undefined ? (
        <Document key={id} row={row} onFilter={onFilter} />
      ) : is_loading ? (
        <Skeleton rows={10} />
      ) : (
        <EmptyState title={t('explore.document.gone')}>{t('explore.document.gone.do')}</EmptyState>
      )}
    </Drawer>
  )
}

const linked = [
  'cluster',
  'namespace',
  'workload',
  'pod',
  'container',
  'node',
  'service',
  'trace_id',
]

function Document({ row, onFilter }: { row: ExploreRow; onFilter: OnFilter }) {
  const [view, setView] = useState('fields')
  const entries = entriesOf(row)
  const entities = linked.flatMap((name): [EntityKind, string][] => {
    const kind = entityOfField(name)
    const value = row.values.get(name)
    return kind === undefined || typeof value !== 'string' || value === '' ? [] : [[kind, value]]
  })
  const json = JSON.stringify(documentOf(row), null, 2)
  const resource_id = String(row.values.get('resource_id') ?? '')
  return (
    <>
      {entities.length === 0 ? null : (
        <p className={styles.entities}>
          {entities.map(([kind, value]) => (
            <EntityLink key={kind} kind={kind} name={value} />
          ))}
        </p>
      )}
      <Tabs
        label={t('explore.document')}
        value={view}
        onChange={setView}
        tabs={[
          {
            value: 'fields',
            label: t('explore.document.fields'),
            count: entries.length,
            content: <KeyValues entries={entries} onFilter={onFilter} time_ms={row.time_ms} />,
          },
          ...(resource_id === ''
            ? []
            : [
                {
                  value: 'resource',
                  label: t('explore.document.resource'),
                  content: <Resource id={resource_id} onFilter={onFilter} />,
                },
              ]),
          {
            value: 'json',
            label: t('explore.document.json'),
            content: (
              <div className={styles.raw}>
                <CopyButton value={json} label={t('explore.json')} />
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls. */}
                <pre tabIndex={0}>{json}</pre>
              </div>
            ),
          },
        ]}
      />
    </>
  )
}

function Resource({ id, onFilter }: { id: string; onFilter: OnFilter }) {
  const asked = useAsk(exploreResource, { ...useRangeAsk(), resource_id: id }, { keep: false })
  return (
    <Panel
      asked={asked}
      bare
      is_empty={({ name }) => name.length === 0}
      empty={{ title: t('explore.document.no_resource') }}
    >
      {({ name, value }) => (
        <KeyValues
          entries={name.map((one, at) => [one, value[at] ?? ''] as const)}
          onFilter={onFilter}
        />
      )}
    </Panel>
  )
}
