/** What has come in from a source since this server started, and what was refused, with reasons. */
import { IconCircleCheckFilled, IconLoader2 } from '@tabler/icons-react'
import { exact } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { TextLink } from '../../ui/url/TextLink.tsx'
import { type DataIn, sumOf } from './data-in.ts'
import styles from './GetDataIn.module.css'
import type { Source } from './sources.ts'

export function Coming({ source, data }: { source: Source; data: DataIn }) {
  const { accepted, last_ms, rejected } = sumOf(data.received, source)
  const refused = data.refused.find(({ listener }) => listener === source.listener)
  const requests = Object.entries(refused?.refused ?? {})
  return (
    <div aria-live="polite">
      {accepted === 0 ? (
        <p className={styles.waiting}>
          <IconLoader2 className={styles.turning} aria-hidden />
          {t('data_in.waiting')}
        </p>
      ) : (
        <p className={styles.waiting} data-tone="ok">
          <IconCircleCheckFilled aria-hidden />
          <span>
            {t('data_in.received', { count: accepted, records: exact(accepted) })}{' '}
            <RelativeTime time_ms={last_ms} />
          </span>
          {source.find === undefined ? null : (
            <TextLink to="/logs" query={{ search: source.find }}>
              {t('data_in.show_records')}
            </TextLink>
          )}
        </p>
      )}
      {rejected.length === 0 && requests.length === 0 ? null : (
        <div className={styles.callout} data-tone="warn">
          <strong>{t('data_in.rejected')}</strong>
          <ul className={styles.reasons}>
            {rejected.map(([reason, count]) => (
              <li key={reason}>
                {t('data_in.rejected.records', { count, records: exact(count), reason })}
              </li>
            ))}
            {requests.map(([code, count]) => (
              <li key={code}>
                {t('data_in.rejected.requests', { count, requests: exact(count), reason: code })}
              </li>
            ))}
          </ul>
          <TextLink to="/logs" query={{ search: refusedSearch }}>
            {t('data_in.rejected.show')}
          </TextLink>
        </div>
      )}
    </div>
  )
}

const refusedSearch = 'event_name:crowsnest.ingest.*'
