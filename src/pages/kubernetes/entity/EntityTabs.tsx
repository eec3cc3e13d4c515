/** What lies under a thing's timeline: logs, events, changes, pods, restarts, and its YAML. */
import { useAsk } from '../../../ui/ask/ask.ts'
import { t } from '../../../ui/i18n/translate.ts'
import { Panel } from '../../../ui/panel/Panel.tsx'
import { Tabs } from '../../../ui/parts/Tabs.tsx'
import { ChangeDrawer } from '../ChangeDrawer.tsx'
import { ChangesTable } from '../ChangesPage.tsx'
import { objectList } from '../contract.ts'
import type { Entity } from '../contract-entity.ts'
import { changeList, eventList } from '../contract-history.ts'
import { EventDrawer, EventsTable } from '../EventsPage.tsx'
import { ObjectDrawer } from '../ObjectDrawer.tsx'
import { ObjectsTable } from '../ObjectsPage.tsx'
import { objectRows } from '../prepare.ts'
import { changeRows, eventRows } from '../prepare-history.ts'
import { Ends } from './Ends.tsx'
import { EntityLogs } from './EntityLogs.tsx'
import { EntityYaml } from './EntityYaml.tsx'
import type { EntityScope } from './entity-scope.ts'
import { happeningsSearch, hasEnds, hasPods, hasTelemetry, podsSearch } from './prepare-searches.ts'

export const tabs = ['logs', 'events', 'changes', 'pods', 'ends', 'yaml'] as const
export type Tab = (typeof tabs)[number]

type TabProps = {
  entity: Entity
  asks: EntityScope
  open: string
  onOpen: (id: string) => void
}

type TabsProps = TabProps & { tab: Tab; container: string; onTab: (tab: Tab) => void }

/** The tabs that mean something for a kind. */
export function tabsOf({ kind, state }: Entity): Tab[] {
  return tabs.filter((tab) => {
    if (tab === 'logs') return hasTelemetry(kind)
    if (tab === 'pods') return hasPods(kind)
    if (tab === 'ends') return hasEnds(kind)
    return tab !== 'yaml' || (kind !== 'Cluster' && state !== 'untold')
  })
}

export function EntityTabs({ entity, asks, container, tab, onTab, open, onOpen }: TabsProps) {
  const shown = tabsOf(entity)
  const current = shown.find((one) => one === tab) ?? shown[0] ?? 'events'
  const props = { entity, asks, open, onOpen }
  const contents = {
    logs: () => <EntityLogs entity={entity} asks={asks} container={container} />,
    events: () => <EventsTab {...props} />,
    changes: () => <ChangesTab {...props} />,
    pods: () => <PodsTab {...props} />,
    ends: () => <Ends asks={asks} />,
    yaml: () => <EntityYaml entity={entity} asks={asks} />,
  }
  return (
    <Tabs
      label={entity.name}
      value={current}
      onChange={(value) => onTab(tabs.find((one) => one === value) ?? 'logs')}
      tabs={shown.map((value) => ({
        value,
        label: t(`entity.tab.${value}`),
        content: value === current ? contents[value]() : null,
      }))}
    />
  )
}

const rows_max = 1_000
/** As many rows as fit, at most a screen of them: the rest scrolls within. */
export const heightOf = (rows: number) => Math.min(520, 34 + rows * 28)

function EventsTab({ entity, asks, open, onOpen }: TabProps) {
  const { from_ms, to_ms, cluster } = asks
  const search = happeningsSearch(entity)
  const asked = useAsk(eventList, { from_ms, to_ms, cluster, search, rows_max })
  return (
    <Panel
      asked={asked}
      is_empty={(answer) => answer.total === 0}
      empty={{ title: t('kubernetes.events.none'), do: t('kubernetes.events.none.do') }}
      capped={(answer) => ({ shown: answer.name.length, all: answer.total })}
      flush
    >
      {(answer) => {
        const rows = eventRows(answer)
        const row = rows.find(({ id }) => id === open)
        return (
          <>
            <EventsTable
              rows={rows}
              open={open}
              onOpen={({ id }) => onOpen(id)}
              height={heightOf(rows.length)}
            />
            <EventDrawer row={row} onClose={() => onOpen('')} />
          </>
        )
      }}
    </Panel>
  )
}

function ChangesTab({ entity, asks, open, onOpen }: TabProps) {
  const { from_ms, to_ms, cluster } = asks
  const search = happeningsSearch(entity)
  const asked = useAsk(changeList, { from_ms, to_ms, cluster, search, rows_max })
  return (
    <Panel
      asked={asked}
      is_empty={(answer) => answer.total === 0}
      empty={{ title: t('kubernetes.changes.none'), do: t('entity.changes.none.do') }}
      capped={(answer) => ({ shown: answer.name.length, all: answer.total })}
      flush
    >
      {(answer) => (
        <>
          <ChangesTable
            rows={changeRows(answer)}
            open={open}
            onOpen={({ id }) => onOpen(id)}
            height={heightOf(answer.name.length)}
          />
          <ChangeDrawer id={open} onClose={() => onOpen('')} />
        </>
      )}
    </Panel>
  )
}

function PodsTab({ entity, asks, open, onOpen }: TabProps) {
  const { from_ms, to_ms, cluster } = asks
  const search = podsSearch(entity)
  const asked = useAsk(objectList, { from_ms, to_ms, cluster, search, list: 'pods' })
  return (
    <Panel
      asked={asked}
      is_empty={(answer) => answer.total === 0}
      empty={{ title: t('entity.no_pods'), do: t('entity.no_pods.do') }}
      capped={(answer) => ({ shown: answer.name.length, all: answer.total })}
      flush
    >
      {(answer) => {
        const rows = objectRows(answer)
        return (
          <>
            <ObjectsTable
              list="pods"
              rows={rows}
              open={open}
              onOpen={({ id }) => onOpen(id)}
              height={heightOf(rows.length)}
            />
            <ObjectDrawer row={rows.find(({ id }) => id === open)} onClose={() => onOpen('')} />
          </>
        )
      }}
    </Panel>
  )
}
