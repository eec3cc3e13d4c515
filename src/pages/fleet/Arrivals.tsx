/** Watches agents arrive: enrolled, then data received; and after a while says why they may not. */
import { IconCircleCheckFilled, IconLoader2 } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { StatusDot } from '../../ui/parts/Marks.tsx'
import { TextLink } from '../../ui/url/TextLink.tsx'
import type { Reach } from './contract.ts'
import styles from './Fleet.module.css'
import { Loopback } from './Loopback.tsx'
import { toneOf } from './prepare.ts'
import { useAgents } from './requests.ts'

type ArrivalsProps = {
  /** By the server's clock. */
  since_ms: number
  policy_id: string
  /** Empty: any. */
  cluster: string
  reach: Reach
  is_cluster: boolean
}

const look_every_ms = 1_500
const patience_ms = 30_000
const shown_max = 8

export function Arrivals(props: ArrivalsProps) {
  const { since_ms, policy_id, cluster, reach, is_cluster } = props
  const asked = useAgents(look_every_ms)
  const { agents = [], refusals = [], now_ms = since_ms } = asked.answer ?? {}
  const refusal = refusals.find(({ time_ms }) => time_ms >= since_ms)
  const arrived = agents.filter(
    (one) =>
      one.policy_id === policy_id &&
      one.status !== 'unenrolled' &&
      (cluster === '' || one.cluster === cluster) &&
      one.enrolled_ms >= since_ms,
  )
  const sending = arrived.filter((one) => one.data_ms !== undefined)
  const isLate = now_ms - since_ms > patience_ms
  if (asked.fault !== undefined) return <FaultNote fault={asked.fault} retry={asked.refetch} />
  return (
    <div className={styles.stack} aria-live="polite">
      <Mark is_done={arrived.length > 0}>
        {arrived.length === 0
          ? t('fleet.arrivals.waiting')
          : t('fleet.arrivals.enrolled', { count: arrived.length })}
      </Mark>
      <Mark is_done={sending.length > 0 && sending.length === arrived.length}>
        {arrived.length === 0
          ? t('fleet.arrivals.no_data')
          : t('fleet.arrivals.data', { sending: sending.length, all: arrived.length })}
      </Mark>
      {arrived.length === 0 ? null : (
        <ul className={styles.lines}>
          {arrived.slice(0, shown_max).map((one) => (
            <li key={one.id} className={styles.line}>
              <StatusDot
                status={toneOf[one.status]}
                label={t(`fleet.status.${one.status}`)}
                quiet
              />
              <TextLink to="/agents" query={{ open: one.id }}>
                {one.name}
              </TextLink>
              <span className={styles.lineText}>
                {one.reason || <RelativeTime time_ms={one.enrolled_ms} />}
              </span>
            </li>
          ))}
        </ul>
      )}
      {arrived.length === 0 && refusal !== undefined ? (
        <p className={styles.callout} data-tone="bad">
          <strong>{t('fleet.arrivals.refused', { address: refusal.address })}</strong>{' '}
          {refusal.says}
        </p>
      ) : arrived.length === 0 && isLate ? (
        <Why reach={reach} is_cluster={is_cluster} />
      ) : sending.length < arrived.length && isLate ? (
        <p className={styles.note}>{t('fleet.arrivals.why_data', { ingest: reach.ingest })}</p>
      ) : null}
    </div>
  )
}

function Mark({ is_done, children }: { is_done: boolean; children: ReactNode }) {
  return (
    <p className={styles.mark} data-done={is_done}>
      {is_done ? (
        <IconCircleCheckFilled aria-hidden="true" />
      ) : (
        <IconLoader2 className={styles.turning} aria-hidden="true" />
      )}
      {children}
    </p>
  )
}

function Why({ reach, is_cluster }: { reach: Reach; is_cluster: boolean }) {
  return (
    <>
      <p className={styles.note}>{t('fleet.arrivals.why')}</p>
      <Loopback reach={reach} address={reach.address} />
      {is_cluster ? (
        <pre className={styles.command}>
          {'kubectl -n crowsnest get pods\nkubectl -n crowsnest logs daemonset/crowsnest-agent'}
        </pre>
      ) : null}
    </>
  )
}
