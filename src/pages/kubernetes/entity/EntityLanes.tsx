/**
 * One timeline of a thing: its status, what changed and happened, what it used against what it may
 * use, its logs and its requests, under one time range and one cursor.
 */
import { useAsk } from '../../../ui/ask/ask.ts'
import type { Mark } from '../../../ui/chart/series.ts'
import { count } from '../../../ui/format/figures.ts'
import { t } from '../../../ui/i18n/translate.ts'
import type { Entity } from '../contract-entity.ts'
import { containerEnds, entityStatuses } from '../contract-entity-history.ts'
import { changeList, eventList } from '../contract-history.ts'
import { CursorLine } from './CursorLine.tsx'
import { HappeningsStrip, StatusStrip } from './EntityStrip.tsx'
import styles from './entity.module.css'
import type { EntityScope } from './entity-scope.ts'
import { Lane } from './Lane.tsx'
import type { ContainerRow } from './prepare-containers.ts'
import { changeMarks, eventMarks, type Happening } from './prepare-happenings.ts'
import { statusPeriods } from './prepare-periods.ts'
import { happeningsSearch, hasEnds, hasTelemetry } from './prepare-searches.ts'
import { StorageLane, TelemetryLanes, TimesLane } from './TelemetryLanes.tsx'

type LanesProps = {
  entity: Entity
  asks: EntityScope
  container: ContainerRow | undefined
  onOpen: (tab: Happening['opens']) => void
  onSeverity: (severity: string) => void
}

const marks_max = 1_000

export function EntityLanes({ entity, asks, container, onOpen, onSeverity }: LanesProps) {
  const { from_ms, to_ms, cluster } = asks
  const range = { from_ms, to_ms }
  const search = happeningsSearch(entity)
  const events = useAsk(eventList, { ...range, cluster, search, rows_max: marks_max })
  const changes = useAsk(changeList, { ...range, cluster, search, rows_max: marks_max })
  const ends = useAsk(containerEnds, asks, { enabled: hasEnds(entity.kind) })
  const open = ({ opens }: Happening) => onOpen(opens)
  const marks = (ends.answer?.time_ms ?? []).map((time_ms): Mark => {
    return { time_ms, label: t('entity.lane.ends'), tone: 'bad' }
  })
  const hasStatus = entity.state !== 'untold' && entity.kind !== 'Cluster'
  return (
    <section className={styles.lanes} aria-label={t('entity.timeline')}>
      <CursorLine range={range} />
      {hasStatus ? <StatusLane entity={entity} asks={asks} /> : null}
      <Lane title={t('entity.lane.changes')} asked={changes} note={cappedNote(changes.answer)}>
        {(answer) => (
          <HappeningsStrip
            label={t('entity.lane.changes')}
            none={t('entity.no_changes')}
            happenings={changeMarks(answer, range)}
            range={range}
            onOpen={open}
          />
        )}
      </Lane>
      <Lane title={t('entity.lane.events')} asked={events} note={cappedNote(events.answer)}>
        {(answer) => (
          <HappeningsStrip
            label={t('entity.lane.events')}
            none={t('entity.no_events')}
            happenings={eventMarks(answer, ends.answer, range)}
            range={range}
            onOpen={open}
          />
        )}
      </Lane>
      {hasTelemetry(entity.kind) ? (
        <TelemetryLanes
          entity={entity}
          asks={asks}
          container={container}
          marks={marks}
          onSeverity={onSeverity}
        />
      ) : (
        <>
          {entity.kind === 'PersistentVolumeClaim' ? <StorageLane asks={asks} /> : null}
          <TimesLane range={range} />
        </>
      )}
    </section>
  )
}

function cappedNote(answer: { total: number; time_ms: number[] } | undefined) {
  if (answer === undefined || answer.total <= answer.time_ms.length) return undefined
  return t('entity.newest', { shown: count(answer.time_ms.length), all: count(answer.total) })
}

function StatusLane({ entity, asks }: Pick<LanesProps, 'entity' | 'asks'>) {
  const asked = useAsk(entityStatuses, asks)
  return (
    <Lane title={t('entity.lane.status')} asked={asked}>
      {(answer) => <StatusStrip periods={statusPeriods(answer, entity, asks)} range={asks} />}
    </Lane>
  )
}
