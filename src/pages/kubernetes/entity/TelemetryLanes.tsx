/** The lanes of what a thing used, wrote and served; of a claim, how full its volume is. */
import { type Asked, useAsk } from '../../../ui/ask/ask.ts'
import type { Mark } from '../../../ui/chart/series.ts'
import { EntityLink } from '../../../ui/entity/EntityLink.tsx'
import { count } from '../../../ui/format/figures.ts'
import { t } from '../../../ui/i18n/translate.ts'
import {
  type Entity,
  type EntityActivity,
  type EntityResources,
  entityActivity,
  entityResources,
  entityStorage,
} from '../contract-entity.ts'
import styles from './entity.module.css'
import type { EntityScope } from './entity-scope.ts'
import { Lane } from './Lane.tsx'
import {
  LaneChart,
  LogsChart,
  latencySeries,
  networkSeries,
  type Range,
  requestSeries,
  resourceSeries,
  storageSeries,
  TimesOnly,
} from './LaneCharts.tsx'
import { amountsOf } from './prepare-amounts.ts'
import type { ContainerRow } from './prepare-containers.ts'

type TelemetryProps = {
  entity: Entity
  asks: EntityScope
  container: ContainerRow | undefined
  marks: readonly Mark[]
  onSeverity: (severity: string) => void
}

export function TelemetryLanes({ entity, asks, container, marks, onSeverity }: TelemetryProps) {
  const range = { from_ms: asks.from_ms, to_ms: asks.to_ms }
  const only = container === undefined ? asks : { ...asks, container: container.name }
  const resources = useAsk(entityResources, only)
  const activity = useAsk(entityActivity, only)
  const used = { entity, container, asked: resources, range, marks }
  return (
    <>
      <ResourceLane resource="cpu" {...used} />
      <ResourceLane resource="memory" {...used} />
      <Lane
        title={t('entity.lane.network')}
        note={container === undefined ? undefined : t('entity.of_pod')}
        legend={resources.answer && networkSeries(resources.answer)}
        asked={resources}
        is_empty={(answer) =>
          isNothing(answer.receive_bytes_per_s) && isNothing(answer.transmit_bytes_per_s)
        }
        empty={t('entity.no_network')}
      >
        {(answer) => (
          <LaneChart
            label={t('entity.lane.network')}
            time_ms={answer.time_ms}
            series={networkSeries(answer)}
            unit="By/s"
            range={range}
          />
        )}
      </Lane>
      <Lane
        title={t('entity.lane.logs')}
        note={activity.answer && linesNote(activity.answer)}
        asked={activity}
        is_empty={(answer) => answer.records.length === 0}
        empty={t('entity.no_logs')}
      >
        {(answer) => <LogsChart answer={answer} range={range} onPick={onSeverity} />}
      </Lane>
      <RequestLanes asked={activity} range={range} />
    </>
  )
}

type ResourceProps = Pick<TelemetryProps, 'entity' | 'container' | 'marks'> & {
  resource: 'cpu' | 'memory'
  asked: Asked<EntityResources>
  range: Range
}

function ResourceLane({ resource, entity, container, asked, range, marks }: ResourceProps) {
  const title = t(`entity.lane.${resource}`)
  const valuesOf = (answer: EntityResources) =>
    resource === 'cpu' ? answer.cpu_usage_cores : answer.memory_usage_bytes
  const seriesOf = (answer: EntityResources) =>
    resourceSeries(valuesOf(answer), amountsOf(entity, resource, container))
  return (
    <Lane
      title={title}
      legend={asked.answer && seriesOf(asked.answer)}
      asked={asked}
      is_empty={(answer) => isNothing(valuesOf(answer))}
      empty={t('entity.no_metrics')}
    >
      {(answer) => (
        <LaneChart
          label={title}
          time_ms={answer.time_ms}
          series={seriesOf(answer)}
          unit={resource === 'cpu' ? 'cores' : 'By'}
          range={range}
          marks={marks}
        />
      )}
    </Lane>
  )
}

function RequestLanes({ asked, range }: { asked: Asked<EntityActivity>; range: Range }) {
  const isEmpty = (answer: EntityActivity) => answer.calls.every((calls) => calls === 0)
  const { answer } = asked
  return (
    <>
      <Lane
        title={t('entity.lane.requests')}
        note={answer && <Services services={answer.services} />}
        legend={answer && requestSeries(answer, range)}
        asked={asked}
        is_empty={isEmpty}
        empty={t('entity.no_requests')}
      >
        {(answer) => (
          <LaneChart
            label={t('entity.lane.requests')}
            time_ms={answer.time_ms}
            series={requestSeries(answer, range)}
            unit="/s"
            range={range}
          />
        )}
      </Lane>
      {answer !== undefined && isEmpty(answer) ? (
        <TimesLane range={range} />
      ) : (
        <Lane
          title={t('entity.lane.latency')}
          legend={answer && latencySeries(answer)}
          asked={asked}
        >
          {(answer) => (
            <LaneChart
              label={t('entity.lane.latency')}
              time_ms={answer.time_ms}
              series={latencySeries(answer)}
              unit="ns"
              range={range}
              is_last
            />
          )}
        </Lane>
      )}
    </>
  )
}

const services_max = 3

function Services({ services }: { services: readonly string[] }) {
  const shown = services.slice(0, services_max)
  const more = services.length - shown.length
  return (
    <>
      {shown.map((service) => (
        <div key={service}>
          <EntityLink kind="service" name={service} />
        </div>
      ))}
      {more > 0 ? t('entity.and_more', { more }) : null}
    </>
  )
}

function linesNote({ severity, records }: EntityActivity): string | undefined {
  const sum = (of: (level: string) => boolean) =>
    records.reduce(
      (total, counts, at) =>
        of(severity[at] ?? '') ? total + counts.reduce((all, one) => all + one, 0) : total,
      0,
    )
  const lines = sum(() => true)
  const errors = sum((level) => level === 'error' || level === 'fatal')
  if (lines === 0) return undefined
  const said = t('entity.lines', { lines: count(lines) })
  return errors === 0 ? said : `${said} · ${t('entity.error_lines', { errors: count(errors) })}`
}

export function StorageLane({ asks }: { asks: EntityScope }) {
  const asked = useAsk(entityStorage, asks)
  const title = t('entity.lane.storage')
  return (
    <Lane
      title={title}
      legend={asked.answer && storageSeries(asked.answer)}
      asked={asked}
      is_empty={(answer) => isNothing(answer.used_bytes)}
      empty={t('entity.no_storage')}
    >
      {(answer) => (
        <LaneChart
          label={title}
          time_ms={answer.time_ms}
          series={storageSeries(answer)}
          unit="By"
          range={asks}
        />
      )}
    </Lane>
  )
}

function isNothing(values: readonly (number | null)[]): boolean {
  return values.every((value) => value === null)
}

export function TimesLane({ range }: { range: Range }) {
  return (
    <div className={styles.lane}>
      <span />
      <div className={styles.laneContent}>
        <TimesOnly range={range} />
      </div>
    </div>
  )
}
