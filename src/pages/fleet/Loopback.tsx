/** Why agents elsewhere cannot reach this server, and how it is started so that they can. */
import { t } from '../../ui/i18n/translate.ts'
import type { Reach } from './contract.ts'
import styles from './Fleet.module.css'

/** Said before people wait in vain: nothing else reaches a loopback address. */
export function Loopback({ reach, address }: { reach: Reach; address: string }) {
  const isLocal = /\/\/(localhost|127\.|\[::1)/.test(address)
  if (!isLocal && !reach.is_loopback.ui && !reach.is_loopback.ingest && !reach.is_ingest_off) {
    return null
  }
  return (
    <div className={styles.callout} data-tone="warn">
      <p>
        <strong>{t('fleet.loopback')}</strong> {t('fleet.loopback.do')}
      </p>
      <pre className={styles.command}>
        {'--listen.ui=0.0.0.0:4300 --listen.otlp_http=0.0.0.0:4318'}
        {'\n--tls.cert_file=… --tls.key_file=…'}
      </pre>
    </div>
  )
}
