/** The list of services: rate, failures and durations, each with its shape over the range. */
import { seriesColor } from '../../ui/chart/colors.ts'
import { Sparkline } from '../../ui/chart/Sparkline.tsx'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { duration, figure, percent } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { StatusDot } from '../../ui/parts/Marks.tsx'
import { Tooltip } from '../../ui/parts/Tooltip.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { go, href } from '../../ui/url/location.ts'
import type { ServiceRow } from './prepare.ts'
import styles from './ServicesPage.module.css'

export function ServicesTable({ rows }: { rows: ServiceRow[] }) {
  const isPhone = useIsPhone()
  return (
    <DataTable
      label={t('services.list')}
      rows={rows}
      columns={columns().filter(({ id }) => !isPhone || id === 'service' || id === 'errors')}
      row_id={(row) => row.service}
      onOpen={(row) => go(href(`/services/${encodeURIComponent(row.service)}`))}
    />
  )
}

function columns(): Column<ServiceRow>[] {
  return [
    {
      id: 'service',
      title: t('services.name'),
      width: '1fr',
      sort: (row) => row.service,
      cell: (row) => (
        <span className={styles.name}>
          <StatusDot status={row.health} label={t(`services.health.${row.health}`)} quiet />
          <EntityLink kind="service" name={row.service} plain />
        </span>
      ),
    },
    {
      id: 'namespace',
      title: t('services.namespace'),
      width: 130,
      sort: (row) => row.namespace,
      cell: (row) => <EntityLink kind="namespace" name={row.namespace} />,
    },
    rate(),
    errors(),
    percentile('p50', 90),
    slow(),
    percentile('p99', 90),
  ]
}

function rate(): Column<ServiceRow> {
  return {
    id: 'rate',
    title: t('services.rate'),
    width: 200,
    align: 'end',
    sort: (row) => row.per_second,
    cell: (row) => (
      <Pair
        values={row.rate_series}
        label={t('services.rate')}
        unit="/s"
        color={seriesColor(row.service)}
        shown={figure(row.per_second, '/s')}
        before={figure(row.per_second_before, '/s')}
      />
    ),
  }
}

function errors(): Column<ServiceRow> {
  return {
    id: 'errors',
    title: t('services.errors'),
    width: 200,
    align: 'end',
    sort: (row) => row.error_share,
    cell: (row) => (
      <Pair
        values={row.error_series}
        label={t('services.errors')}
        unit="ratio"
        color="var(--status-bad)"
        tone={
          row.health === 'bad' ? styles.worse : row.health === 'warn' ? styles.uneasy : undefined
        }
        shown={percent(row.error_share)}
        before={percent(row.error_share_before)}
      />
    ),
  }
}

function slow(): Column<ServiceRow> {
  return {
    id: 'p95',
    title: t('services.p95'),
    width: 200,
    align: 'end',
    sort: (row) => row.p95_ns ?? -1,
    cell: (row) => (
      <Pair
        values={row.p95_series}
        label={t('services.p95')}
        unit="ns"
        color={seriesColor(row.service)}
        tone={isSlower(row) ? styles.uneasy : undefined}
        shown={row.p95_ns === null ? '–' : duration(row.p95_ns)}
        before={row.p95_ns_before === null ? '–' : duration(row.p95_ns_before)}
      />
    ),
  }
}

/** Twice as slow as just before is worth a colour; the histogram alone is off by less than 5 %. */
function isSlower(row: ServiceRow): boolean {
  return row.p95_ns !== null && row.p95_ns_before !== null && row.p95_ns > 2 * row.p95_ns_before
}

function percentile(which: 'p50' | 'p99', width: number): Column<ServiceRow> {
  const of = (row: ServiceRow) => (which === 'p50' ? row.p50_ns : row.p99_ns)
  return {
    id: which,
    title: t(`services.${which}`),
    width,
    align: 'end',
    sort: (row) => of(row) ?? -1,
    cell: (row) => {
      const value = of(row)
      return value === null ? '–' : duration(value)
    },
  }
}

type PairProps = {
  values: (number | null)[]
  label: string
  unit: string
  color: string
  shown: string
  before: string
  tone?: string | undefined
}

function Pair({ values, label, unit, color, shown, before, tone }: PairProps) {
  return (
    <Tooltip text={t('services.before', { value: before })}>
      <span className={styles.pair}>
        <Sparkline values={values} label={label} unit={unit} color={color} />
        <span className={`${styles.number} ${tone ?? ''}`}>{shown}</span>
      </span>
    </Tooltip>
  )
}
