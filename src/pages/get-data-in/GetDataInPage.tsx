/** Get data in: every shipper people already run, what to paste into it, and what arrives. */
import { useMemo, useState } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { StatusDot } from '../../ui/parts/Marks.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { text } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import { useDataIn } from './arrivals.ts'
import { type DataIn, sumOf } from './data-in.ts'
import styles from './GetDataIn.module.css'
import { SourceView } from './SourceView.tsx'
import { groups, type Source, sources } from './sources.ts'

const shape = { source: text('filebeat') }

export function GetDataInPage() {
  const [url, setUrl] = useUrl(shape)
  const [wanted, setWanted] = useState('')
  const asked = useDataIn()
  const found = useMemo(() => matching(wanted), [wanted])
  const source = sources.find(({ id }) => id === url.source) ?? sources[0]!
  return (
    <Page title={t('data_in.title')} question={t('data_in.question')}>
      <Panel asked={asked} skeleton_height={480}>
        {(data) => (
          <div className={styles.split}>
            <nav className={styles.list} aria-label={t('data_in.sources')}>
              <TextInput
                label={t('data_in.find')}
                value={wanted}
                onChange={setWanted}
                type="search"
              />
              {groups.map((group) => {
                const own = found.filter((one) => one.group === group)
                if (own.length === 0) return null
                return (
                  <section key={group}>
                    <h3 className={styles.group}>{t(`data_in.group.${group}`)}</h3>
                    <ul>
                      {own.map((one) => (
                        <li key={one.id}>
                          <button
                            type="button"
                            className={styles.source}
                            aria-current={one.id === source.id}
                            onClick={() => setUrl({ source: one.id })}
                          >
                            <span>{one.name}</span>
                            <Arriving source={one} data={data} />
                          </button>
                        </li>
                      ))}
                    </ul>
                  </section>
                )
              })}
              {found.length === 0 ? (
                <p className={styles.note}>{t('data_in.find.none', { wanted })}</p>
              ) : null}
            </nav>
            <SourceView key={source.id} source={source} data={data} />
          </div>
        )}
      </Panel>
    </Page>
  )
}

function matching(wanted: string): readonly Source[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean)
  return sources.filter(({ name, also = '' }) => {
    const said = `${name} ${also}`.toLowerCase()
    return words.every((word) => said.includes(word))
  })
}

const recently_ms = 60_000

/** A dot for what sent something within the last minute. */
function Arriving({ source, data }: { source: Source; data: DataIn }) {
  const { last_ms } = sumOf(data.received, source)
  if (last_ms === 0) return null
  const isNow = data.now_ms - last_ms < recently_ms
  const label = t(isNow ? 'data_in.arriving' : 'data_in.arrived_before')
  return <StatusDot status={isNow ? 'ok' : 'unknown'} label={label} quiet />
}
