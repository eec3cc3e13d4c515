/** A thing's containers: how they are, how they last ended, what they use of what they may. */
import { useAsk } from '../../../ui/ask/ask.ts'
import { t } from '../../../ui/i18n/translate.ts'
import { Panel } from '../../../ui/panel/Panel.tsx'
import { RelativeTime } from '../../../ui/parts/Figures.tsx'
import { Badge } from '../../../ui/parts/Marks.tsx'
import { useIsPhone } from '../../../ui/phone.ts'
import { type Column, DataTable } from '../../../ui/table/DataTable.tsx'
import { TextLink } from '../../../ui/url/TextLink.tsx'
import { containerUse, type Entity } from '../contract-entity.ts'
import { UsageBar } from '../UsageBar.tsx'
import styles from './entity.module.css'
import type { EntityScope } from './entity-scope.ts'
import { type ContainerRow, containersOf, readObject } from './prepare-containers.ts'
import { lastLines } from './prepare-last-lines.ts'

type ContainersProps = {
  entity: Entity
  asks: EntityScope
  selected: string
  onSelect: (container: string) => void
}

export function Containers({ entity, asks, selected, onSelect }: ContainersProps) {
  const object = readObject(entity.object)
  const use = useAsk(containerUse, asks, { enabled: containersOf(object).length > 0 })
  const isPhone = useIsPhone()
  const rows = containersOf(object, use.answer)
  if (rows.length === 0) return null
  const isPod = entity.kind === 'Pod'
  return (
    <Panel
      title={t('entity.containers')}
      question={isPod ? t('entity.containers.hint') : t('entity.containers.hint_all')}
      flush
    >
      <DataTable
        label={t('entity.containers')}
        rows={rows}
        columns={isPhone ? phoneColumns(entity, isPod) : columns(entity, isPod)}
        row_id={(row) => row.name}
        row_tone={(row) => toneOf(row, isPod)}
        selected={selected}
        onOpen={(row) => onSelect(row.name === selected ? '' : row.name)}
        height={34 + rows.length * 28}
      />
    </Panel>
  )
}

const phoneWidths: Readonly<Record<string, number | '1fr'>> = {
  name: '1fr',
  state: 110,
  restarts: 76,
}

function phoneColumns(entity: Entity, isPod: boolean): Column<ContainerRow>[] {
  return columns(entity, isPod).flatMap((column) => {
    const width = phoneWidths[column.id]
    return width === undefined ? [] : [{ ...column, width }]
  })
}

function toneOf(row: ContainerRow, isPod: boolean): 'bad' | 'warn' | undefined {
  if (!isPod || row.is_init) return undefined
  if (row.state === 'waiting' || row.last_end?.reason === 'OOMKilled') return 'bad'
  return row.ready ? undefined : 'warn'
}

function columns(entity: Entity, isPod: boolean): Column<ContainerRow>[] {
  return [
    {
      id: 'name',
      title: t('kubernetes.name'),
      width: 170,
      sort: (row) => row.name,
      cell: (row) => (
        <span className={styles.containerName}>
          {row.name} {row.is_init ? <Badge>{t('entity.init')}</Badge> : null}
        </span>
      ),
    },
    {
      id: 'image',
      title: t('entity.image'),
      width: '1fr',
      sort: (row) => row.image,
      cell: (row) => (
        <span className={styles.mono} title={row.image}>
          {row.image}
        </span>
      ),
    },
    ...(isPod ? stateColumns(entity) : []),
    ...(['cpu', 'memory'] as const).map((resource) => ({
      id: resource,
      title: t(`kubernetes.${resource}`),
      width: 170,
      align: 'end' as const,
      hint: t('kubernetes.use.hint'),
      sort: (row: ContainerRow) => row[resource].used ?? -1,
      cell: (row: ContainerRow) => <UsageBar use={row[resource]} resource={resource} />,
    })),
  ]
}

function stateColumns(entity: Entity): Column<ContainerRow>[] {
  return [
    {
      id: 'state',
      title: t('entity.state'),
      width: 160,
      sort: (row) => row.state,
      cell: (row) => (
        <span className={row.state === 'waiting' ? styles.bad : ''}>
          {row.reason || (row.state === '' ? '–' : t(`entity.state.${row.state}`))}
        </span>
      ),
    },
    {
      id: 'restarts',
      title: t('kubernetes.restarts'),
      width: 84,
      align: 'end',
      sort: (row) => row.restarts,
      cell: (row) => row.restarts,
    },
    {
      id: 'last_end',
      title: t('entity.last_end'),
      width: 270,
      sort: (row) => row.last_end?.time_ms ?? 0,
      cell: (row) => <LastEnd entity={entity} row={row} />,
    },
  ]
}

function LastEnd({ entity, row: { name, last_end } }: { entity: Entity; row: ContainerRow }) {
  if (last_end === undefined) return <span className={styles.muted}>–</span>
  const { reason, exit_code, time_ms } = last_end
  return (
    <span className={styles.lastEnd}>
      <span className={exit_code === 0 ? '' : styles.bad}>
        {reason || t('entity.ended')} {exit_code}
      </span>
      {time_ms === undefined ? null : (
        <>
          <RelativeTime time_ms={time_ms} />
          <TextLink to="/logs" query={lastLines(entity, name, time_ms)}>
            {t('entity.last_lines')}
          </TextLink>
        </>
      )}
    </span>
  )
}
