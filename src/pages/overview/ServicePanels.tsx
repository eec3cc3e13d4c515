/** The Overview's two lists of services: the failing and the slowest, each a link to its page. */
import { useAsk } from '../../ui/ask/ask.ts'
import { seriesColor } from '../../ui/chart/colors.ts'
import { Sparkline } from '../../ui/chart/Sparkline.tsx'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { duration, figure, percent } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { StatusDot } from '../../ui/parts/Marks.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import { serviceList } from '../services/contract.ts'
import styles from './OverviewPage.module.css'
import { failing, slowest } from './prepare.ts'

export function TroublePanel() {
  const range = useRangeAsk()
  const asked = useAsk(serviceList, range)
  const seconds = (range.to_ms - range.from_ms) / 1000
  return (
    <Panel
      title={t('overview.trouble')}
      asked={asked}
      is_empty={(answer) => failing(answer).length === 0}
      empty={{ title: t('overview.trouble.none'), do: t('overview.trouble.none.do') }}
      actions={<TextLink to="/services">{t('overview.all_services')}</TextLink>}
    >
      {(answer) => (
        <ul className={styles.list}>
          {failing(answer).map((row) => (
            <li key={row.service} className={styles.row}>
              <span className={styles.service}>
                <StatusDot status={row.health} label={t(`services.health.${row.health}`)} quiet />
                <EntityLink kind="service" name={row.service} plain />
              </span>
              <Sparkline
                values={row.error_series}
                label={t('services.errors')}
                unit="ratio"
                color="var(--status-bad)"
              />
              <span className={styles[row.health]}>{percent(row.error_share)}</span>
              <span className={styles.muted}>{figure(row.calls / seconds, '/s')}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

export function SlowestPanel() {
  const range = useRangeAsk()
  const asked = useAsk(serviceList, range)
  const seconds = (range.to_ms - range.from_ms) / 1000
  return (
    <Panel
      title={t('overview.slowest')}
      asked={asked}
      is_empty={(answer) => slowest(answer).length === 0}
      empty={{ title: t('overview.slowest.none'), do: t('overview.slowest.none.do') }}
      actions={
        <TextLink to="/traces" query={{ order: 'slowest' }}>
          {t('overview.slowest_traces')}
        </TextLink>
      }
    >
      {(answer) => (
        <ul className={styles.list}>
          {slowest(answer).map((row) => (
            <li key={row.service} className={styles.row}>
              <span className={styles.service}>
                <EntityLink kind="service" name={row.service} />
              </span>
              <Sparkline
                values={row.p95_series}
                label={t('services.p95')}
                unit="ns"
                color={seriesColor(row.service)}
              />
              <span className={styles.end} title={beforeText(row.p95_ns_before)}>
                {duration(row.p95_ns)}
              </span>
              <span className={styles.muted}>{figure(row.calls / seconds, '/s')}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function beforeText(p95_ns: number | null): string | undefined {
  return p95_ns === null ? undefined : t('services.before', { value: duration(p95_ns) })
}
