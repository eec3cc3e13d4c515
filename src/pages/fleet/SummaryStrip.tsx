/** The fleet in one line: how many are how, and what they send. A status filters the list. */
import type { ReactNode } from 'react'
import { duration, figure } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Count } from '../../ui/parts/Figures.tsx'
import { StatusDot } from '../../ui/parts/Marks.tsx'
import styles from './Fleet.module.css'
import { type Summary, toneOf } from './prepare.ts'

const shown = ['healthy', 'degraded', 'failed', 'offline'] as const

type StripProps = { summary: Summary; status: string; onStatus: (status: string) => void }

export function SummaryStrip({ summary, status, onStatus }: StripProps) {
  return (
    <div className={styles.strip}>
      <Sum name={t('fleet.sum.enrolled')}>
        <Count value={summary.enrolled} />
      </Sum>
      {shown.map((one) => (
        <button
          key={one}
          type="button"
          className={styles.sum}
          aria-pressed={status === one}
          onClick={() => onStatus(status === one ? '' : one)}
        >
          <span className={styles.figure} data-quiet={summary[one] === 0}>
            <Count value={summary[one]} />
          </span>
          <StatusDot status={toneOf[one]} label={t(`fleet.status.${one}`)} />
        </button>
      ))}
      <span className={styles.rule} />
      <Sum name={t('fleet.sum.outdated')}>
        <Count value={summary.outdated} />
      </Sum>
      {summary.older === 0 ? null : (
        <Sum name={t('fleet.sum.older')}>
          <Count value={summary.older} />
        </Sum>
      )}
      <Sum name={t('fleet.sum.rate')}>
        {summary.records_per_s === undefined ? '–' : figure(summary.records_per_s, '/s')}
      </Sum>
      <Sum name={t('fleet.sum.lag')}>{duration(summary.lag_s_max * 1e9)}</Sum>
    </div>
  )
}

function Sum({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.sum}>
      <span className={styles.figure}>{children}</span>
      <span>{name}</span>
    </div>
  )
}
