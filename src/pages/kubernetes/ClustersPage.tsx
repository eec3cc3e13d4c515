/** All clusters at a glance: capacity and use, health, what is in trouble, changes and warnings. */
import { useAsk } from '../../ui/ask/ask.ts'
import { exact } from '../../ui/format/figures.ts'
import { language, t } from '../../ui/i18n/translate.ts'
import { Columns } from '../../ui/panel/Columns.tsx'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Select } from '../../ui/parts/Select.tsx'
import { Segments } from '../../ui/parts/Tabs.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { useRangeAsk } from '../../ui/range/range.ts'
import { oneOf, text } from '../../ui/url/codec.ts'
import { href, useUrl } from '../../ui/url/location.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import { ChangeDrawer } from './ChangeDrawer.tsx'
import { ChangesTable } from './ChangesPage.tsx'
import { ClusterCard } from './ClusterCard.tsx'
import { clusterList, type ObjectList, objectList } from './contract.ts'
import { changeList, eventList } from './contract-history.ts'
import { EventsTable } from './EventsPage.tsx'
import { KubernetesNav } from './KubernetesNav.tsx'
import styles from './kubernetes.module.css'
import { ObjectDrawer } from './ObjectDrawer.tsx'
import { ObjectsTable } from './ObjectsPage.tsx'
import { objectRows } from './prepare.ts'
import { clusterRows, type Trouble, troubles, troublesOf } from './prepare-clusters.ts'
import { changeRows, eventRows } from './prepare-history.ts'

const shape = { trouble: oneOf(troubles, 'all'), open: text(''), change: text('') }
const lately_max = 50
const table_px = 300

export function ClustersPage() {
  const [url, setUrl] = useUrl(shape)
  const range = useRangeAsk()
  const clusters = useAsk(clusterList, range)
  const troubled = useAsk(objectList, { ...range, search: '', list: 'troubled' })
  return (
    <Page
      title={t('kubernetes.clusters.title')}
      question={t('kubernetes.clusters.question')}
      search={<KubernetesNav />}
    >
      <Panel
        asked={clusters}
        is_empty={(answer) => answer.cluster.length === 0}
        empty={{ title: t('kubernetes.none'), do: t('kubernetes.none.do') }}
        flush
      >
        {(answer) => (
          <div className={styles.clusters}>
            {clusterRows(answer).map((row) => (
              <ClusterCard key={row.cluster} row={row} />
            ))}
          </div>
        )}
      </Panel>
      <Panel
        title={troubleTitle(troubled.answer)}
        asked={troubled}
        actions={<Sorts value={url.trouble} onChange={(trouble) => setUrl({ trouble })} />}
        is_empty={(answer) => troublesOf(objectRows(answer), url.trouble).length === 0}
        empty={{ title: t('kubernetes.trouble.none'), do: t('kubernetes.trouble.none.do') }}
        capped={(answer) => ({ shown: answer.name.length, all: answer.total })}
        flush
      >
        {(answer) => {
          const rows = troublesOf(objectRows(answer), url.trouble)
          return (
            <>
              <ObjectsTable
                list="troubled"
                rows={rows}
                open={url.open}
                onOpen={({ id }) => setUrl({ open: id, change: '' })}
                height={Math.min(table_px, 36 + rows.length * 28)}
              />
              <ObjectDrawer
                row={rows.find(({ id }) => id === url.open)}
                onClose={() => setUrl({ open: '' })}
              />
            </>
          )
        }}
      </Panel>
      <Columns of={2}>
        <Changes open={url.change} onOpen={(change) => setUrl({ change, open: '' })} />
        <Warnings />
      </Columns>
      <ChangeDrawer id={url.change} onClose={() => setUrl({ change: '' })} />
    </Page>
  )
}

function troubleTitle(answer: ObjectList | undefined): string {
  const title = t('kubernetes.troubled.title')
  return answer === undefined ? title : `${title} · ${exact(answer.total, language())}`
}

function Sorts({ value, onChange }: { value: Trouble; onChange: (value: Trouble) => void }) {
  const Chooser = useIsPhone() ? Select : Segments
  return (
    <Chooser
      label={t('kubernetes.trouble')}
      value={value}
      choices={troubles.map((one) => ({ value: one, label: t(`kubernetes.trouble.${one}`) }))}
      onChange={(next) => onChange(troubles.find((one) => one === next) ?? 'all')}
    />
  )
}

function Changes({ open, onOpen }: { open: string; onOpen: (id: string) => void }) {
  const ask = { ...useRangeAsk(), search: '', what: 'meant', rows_max: lately_max } as const
  const asked = useAsk(changeList, ask)
  return (
    <Panel
      title={t('kubernetes.changes.lately')}
      asked={asked}
      actions={<TextLink to={href('/kubernetes/changes')}>{t('kubernetes.all')}</TextLink>}
      is_empty={(answer) => answer.total === 0}
      empty={{ title: t('kubernetes.changes.none'), do: t('kubernetes.changes.none.do') }}
      capped={(answer) => ({ shown: answer.name.length, all: answer.total })}
      flush
    >
      {(answer) => (
        <ChangesTable
          rows={changeRows(answer)}
          open={open}
          onOpen={({ id }) => onOpen(id)}
          height={table_px}
          is_short
        />
      )}
    </Panel>
  )
}

function Warnings() {
  const ask = { ...useRangeAsk(), search: 'type:Warning', rows_max: lately_max }
  const asked = useAsk(eventList, ask)
  const all = href('/kubernetes/events', { search: 'type:Warning' })
  return (
    <Panel
      title={t('kubernetes.events.warnings')}
      asked={asked}
      actions={<TextLink to={all}>{t('kubernetes.all')}</TextLink>}
      is_empty={(answer) => answer.total === 0}
      empty={{ title: t('kubernetes.events.none'), do: t('kubernetes.events.none.do') }}
      capped={(answer) => ({ shown: answer.name.length, all: answer.total })}
      flush
    >
      {(answer) => <EventsTable rows={eventRows(answer)} open="" height={table_px} is_short />}
    </Panel>
  )
}
