/** The records of a trial: kept, dropped or failed, and folded below what changed in each. */
import { absolute, clock } from '../../ui/format/moment.ts'
import { t } from '../../ui/i18n/translate.ts'
import { useRange } from '../../ui/range/range.ts'
import type { PipelineSamples } from './contract.ts'
import type { Change } from './difference.ts'
import type { RecordOutcome } from './outcome.ts'
import styles from './Pipelines.module.css'

type RecordListProps = {
  samples: PipelineSamples
  records: readonly RecordOutcome[]
  onShow: (path: string) => void
}

export function RecordList({ samples, records, onShow }: RecordListProps) {
  const order = orderOf(records)
  // The first that says something stands open.
  const opened = order.find((at) => saysMore(records[at]!))
  return (
    <ul className={styles.records}>
      {order.map((at) => (
        <li key={`${String(samples.time_ms[at])} ${String(at)}`}>
          <details className={styles.record} open={at === opened}>
            <summary className={styles.recordHead}>
              <span className={styles.verdict} data-verdict={records[at]!.verdict}>
                {t(`pipelines.verdict.${records[at]!.verdict}`)}
              </span>
              <Time time_ms={samples.time_ms[at] ?? 0} />
              <span className={styles.message}>{samples.message[at]}</span>
              <Counts changes={records[at]!.changes} />
            </summary>
            <Became outcome={records[at]!} onShow={onShow} />
          </details>
        </li>
      ))}
    </ul>
  )
}

function saysMore({ changes, verdict }: RecordOutcome): boolean {
  return changes.length > 0 || verdict !== 'kept'
}

const ranks = { failed: 0, dropped: 1, kept: 2 } as const

/** What would be lost comes first, each in the order of time. */
function orderOf(records: readonly RecordOutcome[]): number[] {
  const places = records.map((_one, at) => at)
  return places.sort((a, b) => ranks[records[a]!.verdict] - ranks[records[b]!.verdict] || a - b)
}

function Time({ time_ms }: { time_ms: number }) {
  const { utc } = useRange()
  const whole = absolute(time_ms, { utc, ms: true })
  return (
    <span className={styles.time} title={whole}>
      {clock(time_ms, utc, false)}
    </span>
  )
}

const signs = { added: '+', changed: '~', removed: '−' } as const

function Counts({ changes }: { changes: readonly Change[] }) {
  const kinds = (['added', 'changed', 'removed'] as const).map(
    (kind) => [kind, changes.filter((one) => one.kind === kind).length] as const,
  )
  return (
    <span className={styles.counts}>
      {kinds
        .filter(([, count]) => count > 0)
        .map(([kind, count]) => (
          <span key={kind} data-kind={kind}>
            {signs[kind]}
            {count}
          </span>
        ))}
    </span>
  )
}

type BecameProps = { outcome: RecordOutcome; onShow: (path: string) => void }

function Became({ outcome, onShow }: BecameProps) {
  const { verdict, reason, at, changes } = outcome
  if (verdict === 'kept' && changes.length === 0) {
    return <p className={styles.became}>{t('pipelines.unchanged')}</p>
  }
  if (verdict !== 'kept') {
    return (
      <p className={styles.became} data-verdict={verdict}>
        {verdict === 'dropped' ? t('pipelines.dropped_by') : reason}{' '}
        {at === '' ? null : (
          <button type="button" className={styles.place} onClick={() => onShow(at)}>
            {at}
          </button>
        )}
      </p>
    )
  }
  return (
    <dl className={styles.changes}>
      {changes.map((change) => (
        <div key={change.path} className={styles.change} data-kind={change.kind}>
          <dt>
            <span className={styles.sign}>{signs[change.kind]}</span>
            <span className={styles.heard}>{t(`pipelines.change.${change.kind}`)}</span>
            {change.path}
          </dt>
          <dd>
            {change.kind === 'added' ? null : <del>{change.before}</del>}
            {change.kind === 'changed' ? <span className={styles.arrow}> → </span> : null}
            {change.kind === 'removed' ? null : <ins>{change.after}</ins>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
