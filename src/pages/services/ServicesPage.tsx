/** All services: as a list with the troubled first, or as a map of who calls whom. */
import { percentile_error_ratio } from '../../model/duration-histogram.ts'
import { useAsk } from '../../ui/ask/ask.ts'
import { percent } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Segments } from '../../ui/parts/Tabs.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { oneOf, text } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import { serviceList, serviceMap } from './contract.ts'
import { mapGraph, serviceRows } from './prepare.ts'
import { ServiceMap } from './ServiceMap.tsx'
import styles from './ServicesPage.module.css'
import { ServicesTable } from './ServicesTable.tsx'

const views = ['list', 'map'] as const
const shape = { view: oneOf(views, 'list'), find: text(''), open: text('') }

export function ServicesPage() {
  const [url, setUrl] = useUrl(shape)
  const choices = views.map((value) => ({ value, label: t(`services.${value}`) }))
  return (
    <Page
      title={t('services.title')}
      question={t('services.question')}
      fill
      actions={
        <Segments
          label={t('services.view')}
          value={url.view}
          choices={choices}
          onChange={(view) => setUrl({ view: view === 'map' ? 'map' : 'list' })}
        />
      }
    >
      {url.view === 'map' ? (
        <MapPanel open={url.open} onOpen={(open) => setUrl({ open })} />
      ) : (
        <ListPanel find={url.find} onFind={(find) => setUrl({ find }, { replace: true })} />
      )}
    </Page>
  )
}

function ListPanel({ find, onFind }: { find: string; onFind: (text: string) => void }) {
  const range = useRangeAsk()
  const asked = useAsk(serviceList, range)
  return (
    <Panel
      asked={asked}
      is_empty={(answer) => answer.service.length === 0}
      empty={{ title: t('services.none'), do: t('services.none.do') }}
      flush
      grow
    >
      {(answer) => (
        <>
          <div className={styles.tools}>
            <TextInput
              label={t('services.find')}
              quiet_label
              value={find}
              onChange={onFind}
              type="search"
            />
            <p className={styles.note}>
              {t('services.accuracy', { percent: percent(percentile_error_ratio) })}
            </p>
          </div>
          <ServicesTable rows={serviceRows(answer, range.to_ms - range.from_ms, find)} />
        </>
      )}
    </Panel>
  )
}

function MapPanel({ open, onOpen }: { open: string; onOpen: (id: string) => void }) {
  const asked = useAsk(serviceMap, useRangeAsk())
  return (
    <Panel
      asked={asked}
      is_empty={(answer) => answer.service.length === 0}
      empty={{ title: t('services.map.none'), do: t('services.map.none.do') }}
      flush
      grow
    >
      {(answer) => <ServiceMap graph={mapGraph(answer)} open={open} onOpen={onOpen} />}
    </Panel>
  )
}
