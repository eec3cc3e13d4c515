/** One source: is it reachable, what to paste, and what has come in from it. */
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { Coming } from './Coming.tsx'
import type { DataIn } from './data-in.ts'
import styles from './GetDataIn.module.css'
import { type Reach, reachOf } from './reach.ts'
import { Snippet } from './Snippet.tsx'
import type { Source } from './sources.ts'
import { TokenStep } from './TokenStep.tsx'

export function SourceView({ source, data }: { source: Source; data: DataIn }) {
  const [token, setToken] = useState('')
  const reach = reachOf(source, data, token, window.location.origin)
  return (
    <article className={styles.view}>
      <h2 className={styles.name}>{source.name}</h2>
      <Coming source={source} data={data} />
      <ol className={styles.steps}>
        <li>
          <h3>{t('data_in.step.address')}</h3>
          <Address source={source} reach={reach} />
        </li>
        <li>
          <h3>{t('data_in.step.token')}</h3>
          <TokenStep name={source.id} is_open={data.is_open} token={token} onMade={setToken} />
        </li>
        <li>
          <h3>{t('data_in.step.configure')}</h3>
          {data.is_tls ? (
            <a className={styles.download} href="/api/get-data-in/ca.pem" download>
              <Button icon={<IconDownload />}>{t('data_in.ca')}</Button>
            </a>
          ) : null}
          {source.configs.map(({ title, text }) => (
            <Snippet key={title} title={title} text={text(reach)} />
          ))}
        </li>
      </ol>
    </article>
  )
}

function Address({ source, reach }: { source: Source; reach: Reach }) {
  if (reach.is_closed) {
    // Without TLS another address than loopback would be refused at the start.
    const host = reach.is_tls ? '0.0.0.0' : '127.0.0.1'
    const flag = `--listen.${source.listener}=${host}:${reach.port}`
    return (
      <>
        <p className={styles.callout} data-tone="warn">
          {t('data_in.closed')}
        </p>
        <Snippet title={t('data_in.open_with')} text={`npm start -- ${flag}`} />
      </>
    )
  }
  return (
    <>
      <p className={styles.address}>
        <code>{source.under === undefined ? `${reach.host}:${reach.port}` : reach.url}</code>
      </p>
      {reach.is_loopback ? (
        <p className={styles.callout} data-tone="warn">
          {t('data_in.loopback', { listener: source.listener })}
        </p>
      ) : null}
    </>
  )
}
